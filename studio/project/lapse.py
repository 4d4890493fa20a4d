"""The time-lapse of training: weights at steps that lie ever further apart. No torch here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import SettingsError

MOST = 40  # steps kept
MEMORY = 32 * 2**20  # bytes of all of them
RATIO = 1.25  # of a step to the one before
STEPS = "steps"
LARGEST = float(np.finfo(np.float16).max)

Half = Mapping[str, NDArray[np.float16]]


@dataclass(frozen=True, slots=True, eq=False)
class Lapse:
    """Steps in their order, and the weights of each in half precision."""

    steps: tuple[int, ...] = ()
    weights: tuple[Half, ...] = ()

    def at(self, step: int) -> dict[str, NDArray[np.float32]]:
        """Return the weights of a step; raises SettingsError where it was not kept."""
        if step not in self.steps:
            raise SettingsError(f"Step {step:,} is not in the time-lapse of this model.", "Choose one that is.")
        half = self.weights[self.steps.index(step)]
        return {name: np.asarray(array, np.float32) for name, array in half.items()}

    def added(self, step: int, weights: Mapping[str, NDArray[Any]], most: int = MOST) -> Lapse:
        """Return it with one more step; what lies closest together goes, and the first and the last stay."""
        half = {name: np.clip(array, -LARGEST, LARGEST).astype(np.float16) for name, array in weights.items()}
        pairs = [*((old, kept) for old, kept in zip(self.steps, self.weights, strict=True) if old < step), (step, half)]
        while len(pairs) > max(2, most):
            steps = [number for number, _ in pairs]
            gaps = [(steps[place + 1] + 1) / (steps[place - 1] + 1) for place in range(1, len(steps) - 1)]
            del pairs[1 + gaps.index(min(gaps))]
        return Lapse(tuple(number for number, _ in pairs), tuple(kept for _, kept in pairs))

    @property
    def due(self) -> int:
        """The step from which on the next one should be kept."""
        return max(self.steps[-1] + 1, math.ceil(self.steps[-1] * RATIO)) if self.steps else 0


EMPTY = Lapse()


def fitting(bytes_each: int) -> int:
    """Return how many steps of a model fit; below 2 there is no time-lapse."""
    return min(MOST, MEMORY // max(1, bytes_each))


def to_arrays(lapse: Lapse) -> dict[str, NDArray[Any]]:
    """Return what a project keeps of it."""
    if not lapse.steps:
        return {}
    found: dict[str, NDArray[Any]] = {STEPS: np.array(lapse.steps, np.int64)}
    for number, weights in enumerate(lapse.weights):
        found |= {f"{number}.{name}": array for name, array in weights.items()}
    return found


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Lapse:
    """Return the time-lapse that a project kept; none where it does not hold together, since nothing depends on it."""
    steps = arrays.get(STEPS)
    if steps is None or steps.dtype != np.int64 or steps.ndim != 1 or not 0 < len(steps) <= MOST:
        return EMPTY
    if (np.diff(steps) <= 0).any() or steps[0] < 0:
        return EMPTY
    weights: list[dict[str, NDArray[np.float16]]] = [{} for _ in steps]
    for name, array in arrays.items():
        number, _, own = name.partition(".")
        if number.isdecimal() and len(number) < 4 and int(number) < len(steps) and array.dtype == np.float16:
            weights[int(number)][own] = array
    return Lapse(tuple(int(step) for step in steps), tuple(weights))
