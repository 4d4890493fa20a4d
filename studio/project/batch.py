"""Many dreams at once: every seed at every temperature, by one model or several; nothing here needs torch."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.dream.settings import DreamSettings
from studio.errors import SettingsError

MOST = 4096  # dreams in a batch


@dataclass(frozen=True, slots=True)
class Batch:
    """Seeds x temperatures, each dreamt for so many sweeps with settings that are alike in all else."""

    seeds: tuple[int, ...]
    temperatures: tuple[float, ...]
    sweeps: int
    settings: DreamSettings

    def __post_init__(self) -> None:
        if not self.seeds or not self.temperatures:
            raise SettingsError("A batch needs a seed and a temperature at least.", "Write seeds such as 1-8.")
        if len(self.seeds) * len(self.temperatures) > MOST:
            raise SettingsError(f"A batch has {MOST:,} dreams at most.", "Choose fewer seeds or temperatures.")
        if self.sweeps < 1:
            raise SettingsError(f"sweeps cannot be {self.sweeps}.", "Choose 1 or more.")
        self.dreams()  # each is checked

    def dreams(self) -> tuple[DreamSettings, ...]:
        """The settings of each dream: the seeds at the first temperature, then at the next."""
        return tuple(
            dataclasses.replace(self.settings, seed=seed, temperature=temperature)
            for temperature, seed in itertools.product(self.temperatures, self.seeds)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Dreamt:
    """One dream of a batch, (H, W, C) in 0..1, with its recipe as text; `number` counts from 0 over all of them."""

    number: int
    model: str
    settings: DreamSettings
    pixels: NDArray[np.float32]
    text: Mapping[str, str]


def seeds_in(text: str) -> tuple[int, ...]:
    """Return the seeds that somebody wrote, such as 1-8 or 3, 7, 12-14; raises SettingsError for anything else."""
    found: list[int] = []
    for part in text.replace(";", ",").split(","):
        first, dash, last = (piece.strip() for piece in part.strip().partition("-"))
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise SettingsError(f"{text!r} names no seeds.", "Write them as 1-8, or 3,7,12.")
        begin, end = int(first), int(last if dash else first)
        if not begin <= end < 2**63 or end - begin >= MOST:
            raise SettingsError(f"{part.strip()} are no seeds.", f"Begin with the smaller, {MOST:,} at most.")
        found += range(begin, end + 1)
    return tuple(dict.fromkeys(found))


def temperatures_in(text: str) -> tuple[float, ...]:
    """Return the temperatures that somebody wrote, such as .8,1,1.2; raises SettingsError for anything else."""
    try:
        return tuple(dict.fromkeys(float(part) for part in text.replace(";", ",").split(",")))
    except ValueError:
        raise SettingsError(f"{text!r} names no temperatures.", "Write them as .8,1,1.2.") from None


def unique_names(names: Sequence[str]) -> list[str]:
    """Return names of which none comes twice: wall, wall-2, wall-3."""
    found: list[str] = []
    for name in names:
        tries = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
        found.append(next(one for one in tries if one not in found))
    return found
