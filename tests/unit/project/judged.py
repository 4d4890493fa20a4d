"""A good, an overfitted and a diverged RBM, made on purpose, each with the pictures it learned from."""

from __future__ import annotations

import copy
from functools import cache

import numpy as np
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.spec import Binarise, DatasetSpec, Preprocess
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec
from studio.project.recipe import Recipe
from studio.project.trained import Trained
from studio.training.settings import TrainSettings
from tests.unit.project.small_runs import trained

SIDE = 6
PREPROCESS = Preprocess(height=SIDE, width=SIDE, binarise=Binarise.THRESHOLD)
Judged = tuple[Trained, ImageSet]


def few_patterns(count: int) -> NDArray[np.bool_]:
    """Draw pictures of four patterns, one pixel in twenty turned round."""
    generator = np.random.default_rng(1)
    patterns = generator.random((4, 1, SIDE, SIDE)) < 0.5
    chosen = patterns[generator.integers(4, size=count)]
    found: NDArray[np.bool_] = chosen ^ (generator.random(chosen.shape) < 0.05)
    return found


def images_of(on: NDArray[np.bool_], learned: int) -> ImageSet:
    names = tuple(f"picture {number}" for number in range(len(on)))
    pixels = on.astype(np.uint8) * np.uint8(255)
    return ImageSet(DatasetSpec(("here",)), PREPROCESS, pixels, names, held_out=np.arange(learned, len(on)))


def run(hidden: int, on: NDArray[np.bool_], learned: int, steps: int) -> Judged:
    settings = TrainSettings(batch=20, chains=40, steps=steps, learning_rate=0.1, threads=1, seed=1)
    images = images_of(on, learned)
    return trained(Recipe(images.spec, PREPROCESS, RbmSpec(hidden), settings), images)[0].trained, images


def good(hidden: int = 8) -> Judged:
    """Many pictures of few patterns, few hidden units."""
    model, images = learned_once(hidden)
    return copy.deepcopy(model), images


@cache
def learned_once(hidden: int) -> Judged:
    return run(hidden, few_patterns(900), 600, 500)


def overfitted() -> Judged:
    """Twenty pictures of noise learned by heart."""
    on = np.random.default_rng(3).random((320, 1, SIDE, SIDE)) < 0.5
    return run(16, on, 20, 1500)


def diverged(scale: float = 20.0) -> Judged:
    """Weights that have run away to somewhere."""
    model, images = good()
    assert isinstance(model.model, Rbm)
    weights = model.model.weights
    weights.copy_(Noise(5).normal(tuple(weights.shape)) * scale)
    return model, images
