"""Small recipes and pictures for what goes from a recipe to a model and back."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from studio.data.imageset import ImageSet
from studio.data.spec import DatasetSpec, Preprocess, Scaling
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.models.spec import RbmSpec, Visible
from studio.project.job import prepare
from studio.project.prepared import Prepared
from studio.project.recipe import Recipe
from studio.training.run import RunResult, run
from studio.training.settings import TrainSettings

TRAINING = TrainSettings(batch=8, chains=10, steps=20, learning_rate=0.05, threads=1, seed=5)


def recipe(gaussian: bool = False, training: dict[str, Any] | None = None, **preprocess: Any) -> Recipe:
    """Return a recipe for 5x4 pictures."""
    scaling = Scaling.STANDARDISE if gaussian else Scaling.NONE
    visible = Visible.GAUSSIAN if gaussian else Visible.BERNOULLI
    return Recipe(
        preprocess=Preprocess(**{"height": 4, "width": 5, "scaling": scaling, **preprocess}),
        model=RbmSpec(6, visible),
        training=dataclasses.replace(TRAINING, **(training or {})),
    )


def pictures(wanted: Recipe, count: int = 30, held_out: int = 6) -> ImageSet:
    """Return blotchy pictures, the last few of them held out."""
    generator = np.random.default_rng(2)
    coarse = generator.integers(0, 256, (count, 1, 2, 5), np.uint8)
    pixels = np.ascontiguousarray(np.repeat(coarse, 2, axis=2))
    names = tuple(f"picture {number}" for number in range(count))
    return ImageSet(
        DatasetSpec(("here",)), wanted.preprocess, pixels, names, held_out=np.arange(count - held_out, count)
    )


def trained(wanted: Recipe, images: ImageSet | None = None) -> tuple[Prepared, RunResult]:
    """Return what a whole run leaves."""
    prepared = prepare(wanted, images or pictures(wanted), "cpu")
    return prepared, run(prepared.plan, RunControl(), Feed())
