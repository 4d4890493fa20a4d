"""What a run measured as it went: curves that grow, and the record of each run of a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from studio.jobs.feed import Point
from studio.project.looks_done import METRIC
from studio.training.settings import TrainSettings

FIRST_CAPACITY = 256


class Curve:
    """Steps and values of one metric in arrays that double when full."""

    def __init__(self) -> None:
        self._steps = np.zeros(FIRST_CAPACITY, np.int64)
        self._values = np.zeros(FIRST_CAPACITY, np.float64)
        self._count = 0

    def append(self, step: int, value: float) -> None:
        if self._count == len(self._steps):
            self._steps = np.concatenate([self._steps, np.zeros_like(self._steps)])
            self._values = np.concatenate([self._values, np.zeros_like(self._values)])
        self._steps[self._count] = step
        self._values[self._count] = value
        self._count += 1

    @property
    def steps(self) -> NDArray[np.int64]:
        return self._steps[: self._count]

    @property
    def values(self) -> NDArray[np.float64]:
        return self._values[: self._count]

    def __len__(self) -> int:
        return self._count

    def copy(self) -> Curve:
        made = Curve()
        made._steps, made._values, made._count = self._steps.copy(), self._values.copy(), self._count
        return made


class Curves:
    """The curves of one run, by metric name."""

    def __init__(self) -> None:
        self._curves: dict[str, Curve] = {}

    def extend(self, points: Iterable[Point]) -> None:
        for name, step, value in points:
            self._curves.setdefault(name, Curve()).append(step, value)

    def names(self) -> tuple[str, ...]:
        return tuple(self._curves)

    def get(self, name: str) -> Curve | None:
        return self._curves.get(name)

    def last(self, name: str) -> float | None:
        curve = self._curves.get(name)
        return float(curve.values[-1]) if curve and len(curve) else None

    @property
    def latest(self) -> int:
        """The last step of which anything was measured, 0 where nothing was."""
        return max((int(curve.steps[-1]) for curve in self._curves.values() if len(curve)), default=0)

    def copy(self) -> Curves:
        made = Curves()
        made._curves = {name: curve.copy() for name, curve in self._curves.items()}
        return made

    def to_dict(self) -> dict[str, list[list[float]]]:
        return {
            name: [curve.steps.tolist(), [float(value) for value in curve.values]]
            for name, curve in self._curves.items()
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, list[list[float]]]) -> Curves:
        curves = cls()
        for name, (steps, values) in value.items():
            curves.extend((name, int(step), float(item)) for step, item in zip(steps, values, strict=True))
        return curves


@dataclass(slots=True)
class RunRecord:
    """One run: its number in the project, when it began, how it learned, what it measured, the steps it took."""

    number: int
    started: str
    settings: TrainSettings
    device: str = ""
    steps: int = 0
    seconds: float = 0.0
    images_per_second: float = 0.0
    curves: Curves = field(default_factory=Curves)
    changes: list[tuple[int, str, float]] = field(default_factory=list)  # step, live setting, value

    def copy(self) -> RunRecord:
        """Return the record as it stands, for a thread that writes it down while the run goes on."""
        return replace(self, curves=self.curves.copy(), changes=list(self.changes))

    @property
    def looks_done(self) -> float | None:
        """Seconds of training after which a texture looked done, None where it did not."""
        return self.curves.last(METRIC)
