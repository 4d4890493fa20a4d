"""A run small enough for a test: bars and stripes, a handful of hidden units, a clock that obeys."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from studio.data.batches import Batches
from studio.data.imageset import ImageSet
from studio.data.spec import DatasetSpec, Preprocess
from studio.models.build import weights_of
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec, Visible
from studio.training.metrics import Metrics
from studio.training.plan import Plan, Stage
from studio.training.rule_choice import rule_of
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import TrainSettings
from studio.training.trainer import Trainer

BASE = TrainSettings(batch=10, chains=12, steps=40, learning_rate=0.1, threads=1, seed=3)


class Clock:
    """Time that moves on by `tick` whenever it is looked at."""

    def __init__(self, tick: float = 0.001) -> None:
        self.tick = tick
        self.now = 0.0

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


def bars_and_stripes(side: int = 3) -> NDArray[np.uint8]:
    """Return every picture whose rows or whose columns are each of one colour: (2 * 2**side - 2, 1, side, side)."""
    found = {}
    for bits in itertools.product((0, 255), repeat=side):
        rows = np.repeat(np.array(bits, np.uint8)[:, None], side, axis=1)
        for picture in (rows, rows.T):
            found[picture.tobytes()] = np.ascontiguousarray(picture)
    return np.stack(list(found.values()))[:, None]


def bar_images(side: int = 3) -> ImageSet:
    pixels = bars_and_stripes(side)
    preprocess = Preprocess(height=side, width=side, held_out=0)
    return ImageSet(DatasetSpec(("bars",)), preprocess, pixels, tuple(map(str, range(len(pixels)))))


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Small:
    """A plan of one stage, with its parts at hand."""

    plan: Plan
    model: Rbm
    trainer: Trainer
    rule: ContrastiveDivergence

    def bits(self) -> dict[str, bytes]:
        """Return the exact weights."""
        return {name: array.tobytes() for name, array in weights_of(self.model).items()}


def small(settings: TrainSettings = BASE, spec: RbmSpec | None = None, side: int = 3) -> Small:
    """Return a fresh run with these settings; the same settings give the same run."""
    spec = spec or RbmSpec(6)
    images = bar_images(side)
    model = Rbm(spec, images.shape)
    noise = Noise(settings.seed)
    seen = torch.from_numpy(images.pixels / np.float32(255)).flatten(1)
    mean = seen.mean(0)
    model.initialise(mean, noise)
    rule = rule_of(model, settings, mean, noise)
    batches = Batches(images, images.training(), settings.batch, settings.seed)
    trainer = Trainer(model.learned(), rule, settings, batches, noise)
    metrics = Metrics(model, seen, seen[:4], settings.seed)
    frames: dict[str, Callable[[int], object]] = {"filters": lambda step: (step, model.filters().clone())}
    stage = Stage("RBM", trainer, settings, len(images), metrics.measure, frames)
    return Small(Plan((stage,), "cpu", 1), model, trainer, rule)


def gaussian(**changes: object) -> RbmSpec:
    return dataclasses.replace(RbmSpec(5, Visible.GAUSSIAN, learn_deviation=True), **changes)  # type: ignore[arg-type]  # any field
