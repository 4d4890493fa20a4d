"""The pictures that an RBM is judged by, as it sees them: those it learned, and those it did not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.batches import as_seen
from studio.data.imageset import ImageSet
from studio.data.spec import Binarise
from studio.errors import DataError, SettingsError
from studio.models.rbm import Rbm
from studio.project.cut_short import alike
from studio.project.looks import spread
from studio.project.trained import Trained

MOST_LEARNED = 10_000
AT_ONCE = 256
STREAM = 20  # of the seed, so that grey levels are not drawn by the noise of anything else


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Pictures as rows (n, visible): evenly spread ones that were learned, and unseen ones, of which there may be none.

    `drawn` says that grey levels were taken as probabilities, and drawn once, `count` how many were learned in all.
    """

    learned: Tensor
    unseen: Tensor
    drawn: bool = False
    count: int = 0

    @property
    def judging(self) -> Tensor:
        """The unseen pictures or, where there are none, those that were learned."""
        return self.unseen if len(self.unseen) else self.learned


def rbm_of(trained: Trained, name: str = "This project") -> Rbm:
    """Return the model; raises SettingsError where it is no RBM over pictures."""
    if not isinstance(trained.model, Rbm):
        raise SettingsError(f"{name} holds no plain RBM, and only of that the likelihood can be told.", "Leave it out.")
    return trained.model


def rows_at_hand(trained: Trained, images: ImageSet, seed: int = 0) -> Rows:
    """Return the pictures that the model learned from, and those held out."""
    learned = learned_rows(trained, images, seed)
    drawn = draws(trained, images) and in_grey(images)
    return Rows(learned, rows(trained, images, images.held_out, seed), drawn, len(images.training()))


def learned_rows(trained: Trained, images: ImageSet, seed: int) -> Tensor:
    """Return at most 10,000 of the pictures that were learned."""
    return rows(trained, images, spread(images.training(), MOST_LEARNED), seed)


def rows(trained: Trained, images: ImageSet, chosen: NDArray[np.int64], seed: int) -> Tensor:
    """Return pictures as the model sees them, on-off where its visibles are: (n, visible)."""
    generator = np.random.default_rng([seed, STREAM])
    values = as_seen(images.pixels[chosen], images.preprocess, trained.transform, generator)
    if draws(trained, images):
        values = (generator.random(values.shape, np.float32) < values).astype(np.float32)
    return torch.from_numpy(np.ascontiguousarray(values)).flatten(1).to(trained.device)


def draws(trained: Trained, images: ImageSet) -> bool:
    """Tell whether grey levels of these pictures have to be drawn, since the visibles are on-off."""
    return not rbm_of(trained).gaussian and images.preprocess.binarise is Binarise.NONE


def in_grey(images: ImageSet) -> bool:
    """Tell whether a picture has levels between black and white, looking at a few at a time."""
    some = range(0, len(images.pixels), AT_ONCE)
    return any(bool((images.pixels[first : first + AT_ONCE] % 255).any()) for first in some)


def check_own(trained: Trained, images: ImageSet | None) -> ImageSet:
    """Return the pictures where they are those that the model learned from; else raise DataError.

    Paths may have moved since: the names have to be the same.
    """
    hint = "Add the pictures of this model on the left."
    if images is None or not len(images):
        raise DataError("The model's pictures are not at hand, and most figures need them.", hint)
    recipe = trained.recipe
    same = images.preprocess == recipe.preprocess and alike(recipe.data, images.spec)
    if not same or images.shape != trained.model.shape:
        raise DataError("The pictures on the left are not those that this model learned from, as it saw them.", hint)
    return images
