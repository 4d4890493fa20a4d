"""A plan: the stages of a run, in order, and what a look at each of them shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.jobs.feed import Point
from studio.training.settings import TrainSettings
from studio.training.trainer import Trainer


@dataclass(frozen=True, slots=True)
class Stage:
    """One part to train: a trainer, its settings, and how it is measured and shown.

    `measure(step)` returns points; `frames` maps a kind of picture to what draws
    it for the given step; `pictures` is the number of training pictures.
    `judge(step, seconds)`, where there is one, does a small part of a slow
    judgement, and returns points whenever one is complete.
    """

    name: str
    trainer: Trainer
    settings: TrainSettings
    pictures: int
    measure: Callable[[int], list[Point]]
    frames: dict[str, Callable[[int], object]]
    judge: Callable[[int, float], list[Point]] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Stages in order, on one device; `first` is the number of the first of them where a run before did some.

    `settings` are those of the whole run, where its stages learn by others; `done` those of the stages before in
    the same run, which was cut short, in `epochs_done`.
    """

    stages: tuple[Stage, ...]
    device: str
    threads: int
    first: int = 0
    settings: TrainSettings | None = None
    done: tuple[TrainSettings, ...] = ()
    epochs_done: float = 0.0

    @property
    def several(self) -> bool:
        return self.first + len(self.stages) > 1

    @property
    def steps(self) -> int:
        """The steps that all stages have taken."""
        return sum(stage.trainer.steps for stage in self.stages)

    @property
    def reached(self) -> int:
        """The step of the whole run, those of stages done before it was cut short among them."""
        return self.steps + sum(settings.steps for settings in self.done)

    @property
    def current(self) -> int:
        """The number of the stage that learns, or has learned last."""
        return max(place for place, stage in enumerate(self.stages) if place == 0 or stage.trainer.steps > 0)
