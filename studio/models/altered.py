"""What is done to a copy of a model before it is played: glitches, transplants, a fade into another. No torch here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePath

from studio.errors import SettingsError
from studio.models.parts import Part, parts_of
from studio.models.spec import CodeSpec, ModelSpec

EVERYWHERE = -1
MOST_OPERATIONS = 64
LARGEST_SEED = 2**31 - 1


class GlitchKind(StrEnum):
    """What is done to the weights."""

    QUANTISE = "quantise"
    SHUFFLE = "shuffle"
    FLIPS = "flips"
    GAIN = "gain"


class FadeWay(StrEnum):
    """Between the weights of two models, or between their energies."""

    WEIGHTS = "weights"
    ENERGIES = "energies"


@dataclass(frozen=True, slots=True)
class Glitch:
    """One operation on weights: how much of it, from which seed, on which part of the model and which of its units.

    `part` is EVERYWHERE or a number in `alterable`; `units` are counted over all
    parts, none for all. A unit gets the same glitch whichever others are chosen.
    """

    kind: GlitchKind
    amount: float
    seed: int = 0
    part: int = EVERYWHERE
    units: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "kind", GlitchKind(self.kind))
        except ValueError:
            raise SettingsError(
                f"A glitch cannot be {str(self.kind)[:30]!r}.", f"Choose one of {', '.join(GlitchKind)}."
            ) from None
        check_share("The amount of a glitch", self.amount)
        if not 0 <= self.seed <= LARGEST_SEED:
            raise SettingsError(f"The seed of a glitch cannot be {self.seed}.", f"Choose 0 to {LARGEST_SEED:,}.")
        check_units(self.units)


@dataclass(frozen=True, slots=True)
class Transplant:
    """Filters of another project's model, weights and hidden bias, in place of some of this one.

    `sources` are their numbers there, in the same order; none for the same numbers.
    """

    path: str
    units: tuple[int, ...]
    sources: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_units(self.units)
        check_units(self.sources)
        if not self.units:
            raise SettingsError("No filters are chosen to be replaced.", "Choose some in the sheet of filters.")
        if self.sources and len(self.sources) != len(self.units):
            raise SettingsError(
                f"{len(self.units)} filters cannot be replaced by {len(self.sources)}.", "Name as many as are chosen."
            )

    @property
    def taken(self) -> tuple[int, ...]:
        """Numbers of the filters in the other model."""
        return self.sources or self.units


@dataclass(frozen=True, slots=True)
class Fade:
    """How far to go over to the model of another project: 0 is this model, 1 the other."""

    path: str
    share: float
    way: FadeWay = FadeWay.WEIGHTS

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "way", FadeWay(self.way))
        except ValueError:
            raise SettingsError(
                f"A fade cannot be between {str(self.way)[:30]!r}.", f"Choose one of {', '.join(FadeWay)}."
            ) from None
        check_share("The share of a fade", self.share)


Operation = Glitch | Transplant


@dataclass(frozen=True, slots=True)
class Altered:
    """Operations in their order, and the fade after all of them.

    With a `step` they begin with the weights of then, from the time-lapse of training.
    """

    operations: tuple[Operation, ...] = ()
    fade: Fade | None = None
    step: int | None = None

    def __post_init__(self) -> None:
        if len(self.operations) > MOST_OPERATIONS:
            raise SettingsError(f"A model cannot be altered more than {MOST_OPERATIONS} times.", "Remove some first.")

    @property
    def neutral(self) -> bool:
        """Whether the model is as it was learned."""
        return not self.operations and self.fade is None and self.step is None

    @property
    def joined(self) -> bool:
        """Whether the units of two models are played side by side."""
        return self.fade is not None and self.fade.way is FadeWay.ENERGIES and self.fade.share > 0

    @property
    def others(self) -> tuple[str, ...]:
        """Paths of the other projects that it takes from."""
        paths = [one.path for one in self.operations if isinstance(one, Transplant)]
        return tuple(dict.fromkeys([*paths, *([self.fade.path] if self.fade is not None else [])]))

    def added(self, operation: Operation) -> Altered:
        return replace(self, operations=(*self.operations, operation))

    def without(self, index: int) -> Altered:
        return replace(self, operations=self.operations[:index] + self.operations[index + 1 :])

    def turned(self, index: int, amount: float) -> Altered:
        """Return it with another amount of one glitch."""
        one = self.operations[index]
        if isinstance(one, Transplant):
            return self
        changed = replace(one, amount=amount)
        return replace(self, operations=(*self.operations[:index], changed, *self.operations[index + 1 :]))

    def words(self, parts: Sequence[Part]) -> list[str]:
        """Return each thing that is done, in a few words."""
        found = [] if self.step is None else [f"as of step {self.step:,}"]
        fade = () if self.fade is None else (self.fade,)
        return [*found, *(words_of(one, parts) for one in (*self.operations, *fade))]


UNALTERED = Altered()


def alterable(spec: ModelSpec) -> tuple[Part, ...]:
    """Return the parts whose weights can be glitched; of an autoencoder that is its decoder, which draws."""
    parts = parts_of(spec)
    if isinstance(spec, CodeSpec):
        return replace(parts[0], name="decoder"), *parts[1:]
    return parts


def words_of(operation: Operation | Fade, parts: Sequence[Part]) -> str:
    """Return what is done, in a few words."""
    if isinstance(operation, Fade):
        return f"Fade of {operation.way} to {PurePath(operation.path).stem}"
    if isinstance(operation, Transplant):
        return f"{counted(operation.units)} of {PurePath(operation.path).stem}"
    where = ""
    if operation.units:
        where = f", {counted(operation.units)}"
    elif 0 <= operation.part < len(parts) and len(parts) > 1:
        where = f", {parts[operation.part].name}"
    return f"{NAMES[operation.kind]}{where}, seed {operation.seed}"


NAMES = {
    GlitchKind.QUANTISE: "Quantise",
    GlitchKind.SHUFFLE: "Shuffle",
    GlitchKind.FLIPS: "Bit flips",
    GlitchKind.GAIN: "Gain noise",
}


def counted(units: Sequence[int]) -> str:
    return f"filter {units[0]}" if len(units) == 1 else f"{len(units)} filters"


def check_share(what: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise SettingsError(f"{what} cannot be {value:g}.", "Choose 0 to 1.")


def check_units(units: Sequence[int]) -> None:
    if any(unit < 0 for unit in units):
        raise SettingsError("Filters are counted from 0.", "Name them by the numbers that the sheet shows.")
