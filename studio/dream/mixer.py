"""The mixer: what each filter or hidden unit of a model takes part in a dream with. No torch here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.errors import SettingsError
from studio.models.parts import Part

LOUDEST = 4.0
COLDEST, HOTTEST = 0.1, 5.0
LONGEST_NAME = 40

Units = frozenset[int]
NONE: Units = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """Some filters or hidden units under one name, to be turned together."""

    name: str
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PartMix:
    """Factors of the temperature and of the gain of all units of one part of the model."""

    temperature: float = 1.0
    gain: float = 1.0

    def __post_init__(self) -> None:
        if not COLDEST <= self.temperature <= HOTTEST:
            raise SettingsError(
                f"A layer's temperature cannot be {self.temperature:g}.", f"Choose {COLDEST:g} to {HOTTEST:g}."
            )
        check_gain(self.gain)


@dataclass(frozen=True, slots=True)
class Levels:
    """A mixer as the model takes it: gain and hold of each unit, None where all are 1 and 0; part temperatures."""

    gain: NDArray[np.float32] | None = None
    hold: NDArray[np.float32] | None = None
    temperatures: tuple[float, ...] = ()

    @property
    def neutral(self) -> bool:
        return self.gain is None and self.hold is None and not self.temperatures


@dataclass(frozen=True, slots=True)
class Mixer:
    """Which units are muted, heard alone or held on, their gains where those are not 1, groups, and the parts' mixes.

    Units are counted over all parts of the model. `gains` is sorted by unit; `parts` may end early, or be empty.
    """

    muted: Units = NONE
    solo: Units = NONE
    held: Units = NONE
    gains: tuple[tuple[int, float], ...] = ()
    groups: tuple[Group, ...] = ()
    parts: tuple[PartMix, ...] = ()

    @property
    def neutral(self) -> bool:
        """Whether the model plays as it is; groups alone change nothing."""
        return replace(self, groups=()) == Mixer()

    def gain(self, unit: int) -> float:
        return dict(self.gains).get(unit, 1.0)

    def part(self, number: int) -> PartMix:
        return self.parts[number] if number < len(self.parts) else PartMix()

    def with_muted(self, units: Iterable[int], on: bool) -> Mixer:
        return replace(self, muted=changed(self.muted, units, on))

    def with_solo(self, units: Iterable[int], on: bool) -> Mixer:
        return replace(self, solo=changed(self.solo, units, on))

    def with_held(self, units: Iterable[int], on: bool) -> Mixer:
        return replace(self, held=changed(self.held, units, on))

    def with_gain(self, units: Iterable[int], gain: float) -> Mixer:
        """Turn units to a gain; raises SettingsError on one beyond 0 to `LOUDEST`."""
        check_gain(gain)
        turned = dict(self.gains) | dict.fromkeys(units, gain)
        return replace(self, gains=tuple(sorted((unit, value) for unit, value in turned.items() if value != 1)))

    def with_part(self, number: int, mix: PartMix) -> Mixer:
        parts = [*self.parts, *(PartMix() for _ in range(number + 1 - len(self.parts)))]
        parts[number] = mix
        while parts and parts[-1] == PartMix():
            parts.pop()
        return replace(self, parts=tuple(parts))

    def with_group(self, name: str, units: Iterable[int]) -> Mixer:
        """Add a group, or give the one of this name other units; without any it goes. Raises SettingsError."""
        name = name.strip()
        if not name or len(name) > LONGEST_NAME:
            raise SettingsError("A group needs a name.", f"Type one of at most {LONGEST_NAME} letters.")
        made = Group(name, tuple(sorted(set(units))))
        groups = {group.name: group for group in self.groups} | {name: made}
        return replace(self, groups=tuple(group for group in groups.values() if group.units))

    def group(self, name: str) -> tuple[int, ...]:
        """Return the units of a group, none where there is none of this name."""
        return next((group.units for group in self.groups if group.name == name), ())

    def reset(self) -> Mixer:
        """Return the mixer with nothing turned; groups stay."""
        return Mixer(groups=self.groups)

    def silent(self, parts: tuple[Part, ...]) -> Units:
        """Return the units that are not heard: muted ones, and those of parts of which others are heard alone."""
        found = set(self.muted)
        for part in parts:
            if any(unit in part.units for unit in self.solo):
                found |= set(part.units) - self.solo
        return frozenset(found)


def levels(mixer: Mixer, parts: tuple[Part, ...], pressed: Units = NONE) -> Levels:
    """Return a mixer as the model takes it; `pressed` units are held on, and heard, whatever the mixer says."""
    if mixer.neutral and not pressed:
        return Levels()
    count = sum(part.count for part in parts)
    gain, hold = np.ones(count, np.float32), np.zeros(count, np.float32)
    for number, part in enumerate(parts):
        own = slice(part.first, part.first + part.count)
        alone = [unit for unit in mixer.solo if unit in part.units]
        if alone:
            gain[own] = 0
            gain[alone] = 1
        gain[own] *= mixer.part(number).gain
    for unit, value in mixer.gains:
        gain[unit : unit + 1] *= value
    gain[within(mixer.muted, count)] = 0
    sounding = within(pressed, count)
    hold[[*within(mixer.held, count), *sounding]] = 1
    gain[[unit for unit in sounding if gain[unit] == 0]] = 1
    temperatures = tuple(mixer.part(number).temperature for number in range(len(parts)))
    return Levels(
        gain if (gain != 1).any() else None,
        hold if hold.any() else None,
        temperatures if any(value != 1 for value in temperatures) else (),
    )


def within(units: Units, count: int) -> list[int]:
    return sorted(unit for unit in units if 0 <= unit < count)


def changed(before: Units, units: Iterable[int], on: bool) -> Units:
    return before | frozenset(units) if on else before - frozenset(units)


def check_gain(gain: float) -> None:
    """Raise SettingsError where a gain cannot be."""
    if not 0 <= gain <= LOUDEST:
        raise SettingsError(f"A gain cannot be {gain:g}.", f"Choose 0 to {LOUDEST:g}.")
