"""Alterations of a model as plain JSON and as words of a command, and back from whatever a file or a person says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from studio.errors import SettingsError
from studio.models.altered import (
    EVERYWHERE,
    UNALTERED,
    Altered,
    Fade,
    FadeWay,
    Glitch,
    GlitchKind,
    Operation,
    Transplant,
)

GLITCH = "GLITCH:AMOUNT:SEED[:WHERE]"
FADE = "PROJECT:SHARE[:weights|energies]"
TRANSPLANT = "PROJECT:FILTERS[=THEIRS]"
MOST_UNITS = 65_536


def to_record(altered: Altered, *, names_only: bool = False) -> list[list[Any]]:
    """Return alterations as lists; with `names_only`, other projects without their folders."""

    def named(path: str) -> str:
        return PurePath(path).name if names_only else path

    found: list[list[Any]] = [] if altered.step is None else [["step", altered.step]]
    for one in altered.operations:
        if isinstance(one, Glitch):
            found.append(["glitch", str(one.kind), one.amount, one.seed, one.part, list(one.units)])
        else:
            found.append(["transplant", named(one.path), list(one.units), list(one.sources)])
    fade = altered.fade
    return found if fade is None else [*found, ["fade", named(fade.path), fade.share, str(fade.way)]]


def from_record(record: object) -> Altered:
    """Read what `to_record` wrote; raises SettingsError on anything else."""
    try:
        return read(record)
    except (TypeError, ValueError, OverflowError):
        raise SettingsError("What was done to the model cannot be read.", "It is played as it was learned.") from None


def or_unaltered(record: object) -> Altered:
    """Return the alterations that a project kept; none where they cannot be read."""
    try:
        return UNALTERED if record is None else from_record(record)
    except SettingsError:
        return UNALTERED


def read(record: Any) -> Altered:
    operations: list[Operation] = []
    fade = step = None
    if not isinstance(record, list):
        raise TypeError
    for kind, *rest in record:
        if kind == "glitch":
            name, amount, seed, part, units = rest
            operations.append(Glitch(GlitchKind(name), float(amount), int(seed), int(part), numbers(units)))
        elif kind == "transplant":
            path, units, sources = rest
            operations.append(Transplant(str(path), numbers(units), numbers(sources)))
        elif kind == "step" and step is None:
            (step,) = (int(value) for value in rest)
        elif kind == "fade" and fade is None:
            path, share, way = rest
            fade = Fade(str(path), float(share), FadeWay(way))
        else:
            raise ValueError(kind)
    return Altered(tuple(operations), fade, step)


def numbers(values: Sequence[Any]) -> tuple[int, ...]:
    if not isinstance(values, list) or len(values) > MOST_UNITS:
        raise TypeError
    return tuple(int(value) for value in values)


def words(altered: Altered) -> list[str]:
    """Return the options of `harmonium dream` that alter a model so."""
    found = [] if altered.step is None else ["--step", str(altered.step)]
    for one in altered.operations:
        if isinstance(one, Transplant):
            theirs = "=" + listed(one.sources) if one.sources else ""
            found += ["--transplant", f"{one.path}:{listed(one.units)}{theirs}"]
        else:
            where = f":{listed(one.units)}" if one.units else ""
            where = where or (f":part{one.part}" if one.part != EVERYWHERE else "")
            found += ["--glitch", f"{one.kind}:{one.amount!r}:{one.seed}{where}"]
    fade = altered.fade
    if fade is not None:
        way = f":{fade.way}" if fade.way is not FadeWay.WEIGHTS else ""
        found += ["--fade", f"{fade.path}:{fade.share!r}{way}"]
    return found


def listed(units: Sequence[int]) -> str:
    """Return numbers with runs of them written as 3-7."""
    runs: list[list[int]] = []
    for unit in units:
        if runs and unit == runs[-1][-1] + 1:
            runs[-1].append(unit)
        else:
            runs.append([unit])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def units_in(text: str) -> tuple[int, ...]:
    """Read numbers such as 3,5-7; raises SettingsError on anything else."""
    found: list[int] = []
    try:
        for part in text.split(","):
            first, dash, last = part.strip().partition("-")
            run = range(int(first), int(last) + 1 if dash else int(first) + 1)
            if not run or len(run) + len(found) > MOST_UNITS:
                raise ValueError(text)
            found += run
    except ValueError:
        raise SettingsError(f"{text[:40]!r} does not name filters.", "Write them as 3,5-7.") from None
    return tuple(found)


def read_glitch(text: str) -> Glitch:
    """Read quantise:0.3:7, with :part1 or :3,5-7 behind; raises SettingsError on anything else."""
    kind, amount, seed, where = ([*text.split(":"), "", "", ""])[:4]
    try:
        if text.count(":") > 3:
            raise ValueError(text)
        part = int(where.removeprefix("part")) if where.startswith("part") else EVERYWHERE
        units = units_in(where) if where and part == EVERYWHERE else ()
        size, number = float(amount), int(seed or "0")
    except ValueError:
        raise SettingsError(f"--glitch cannot read {text[:60]!r}.", f"Write {GLITCH}, as in quantise:0.3:7.") from None
    return Glitch(GlitchKind(kind) if kind in list(GlitchKind) else refused(kind), size, number, part, units)


def refused(kind: str) -> GlitchKind:
    raise SettingsError(f"A glitch cannot be {kind[:30]!r}.", f"Choose one of {', '.join(GlitchKind)}.")


def read_transplant(text: str) -> Transplant:
    """Read PROJECT:3,5-7 or PROJECT:3,4=8,9; raises SettingsError on anything else."""
    path, colon, filters = text.rpartition(":")
    mine, equals, theirs = filters.partition("=")
    if not colon or not path:
        raise SettingsError(f"--transplant cannot read {text[:60]!r}.", f"Write {TRANSPLANT}, as in b.harmonium:3,5-7.")
    return Transplant(path, units_in(mine), units_in(theirs) if equals else ())


def read_fade(text: str) -> Fade:
    """Read PROJECT:0.5 or PROJECT:0.5:energies; raises SettingsError on anything else."""
    rest, way = text, FadeWay.WEIGHTS
    head, colon, tail = text.rpartition(":")
    if colon and tail in list(FadeWay):
        rest, way = head, FadeWay(tail)
    path, colon, share = rest.rpartition(":")
    try:
        if not colon or not path:
            raise ValueError(text)
        return Fade(path, float(share), way)
    except ValueError:
        raise SettingsError(f"--fade cannot read {text[:60]!r}.", f"Write {FADE}, as in b.harmonium:0.5.") from None
