"""Labelled pictures as a model sees them: which are learned from and which judge."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.cli.subject import Subject
from studio.data.batches import as_seen
from studio.data.imageset import ImageSet
from studio.data.labels import Labels, chosen_evenly, labels_of
from studio.data.load import load, load_test
from studio.data.spec import Binarise, Preprocess
from studio.data.store import UNLABELLED
from studio.data.transform import PictureTransform
from studio.errors import DataError

if TYPE_CHECKING:
    from torch import Tensor

    from studio.lab.variants import Alter

Indices = NDArray[np.int64]
Read = Callable[[Indices], "Tensor"]

HELD_OUT = 0.1


class View(Protocol):
    """What gives pictures as a machine sees them, altered first where that is wanted."""

    def __call__(self, subject: Subject, images: ImageSet, /, alter: Alter | None = None) -> Read: ...


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Pictures, the classes of each, and the indices of those that are learned from, (n,)."""

    images: ImageSet
    labels: Labels
    learning: Indices

    @property
    def classes(self) -> Indices:
        """The classes of what is learned from, (n,)."""
        return self.labels.values[self.learning]


@dataclass(frozen=True, slots=True, eq=False)
class Judges:
    """Pictures that judge: a set, which of it, (n,), and the classes of those, (n,)."""

    images: ImageSet
    chosen: Indices
    classes: Indices


def labelled(subject: Subject) -> Labelled:
    """Return --data as whole pictures of the model's size, and --labels of those that training may use.

    Where a test set judges, the pictures held out are learned from, too.
    """
    images = load(subject.data, whole(subject), subject.telling("pictures"))
    labels = labels_of(images)
    among = np.arange(len(images), dtype=np.int64) if subject.asked.final else images.training()
    return Labelled(images, labels, chosen_evenly(labels, among, subject.asked.labels, subject.asked.seed))


def judging(subject: Subject, known: Labelled) -> Judges:
    """Return the pictures that judge: those held out or, with --final, those of a test set.

    Raises
    ------
    DataError
        When none of them has a label that was learned.
    """
    if subject.asked.final:
        images = load_test(subject.data, whole(subject))
        found = labels_of(images)
        places = {name: index for index, name in enumerate(known.labels.names)}
        known_places = np.array([places.get(name, UNLABELLED) for name in found.names])
        values = np.where(found.values == UNLABELLED, UNLABELLED, known_places[found.values])
        chosen = np.arange(len(images), dtype=np.int64)
    else:
        images, chosen = known.images, known.images.held_out
        values = known.labels.values
    chosen = chosen[values[chosen] != UNLABELLED]
    if not len(chosen):
        raise DataError("None of the pictures kept from training has a label.", "Use more labelled pictures.")
    return Judges(images, chosen, values[chosen])


def whole(subject: Subject) -> Preprocess:
    """Return the recipe's preprocess for pictures that are not cut, some of them held out."""
    recipe = subject.trained.recipe.preprocess
    if not recipe.held_out and not subject.asked.final:
        subject.line.say("nothing was held out in training: the model has seen the pictures that judge, unlabelled")
    return dataclasses.replace(recipe, crops=False, patches=0, flatten=0.0, held_out=recipe.held_out or HELD_OUT)


def seen(subject: Subject, images: ImageSet, alter: Alter | None = None) -> Read:
    """Return what gives pictures as the model sees them, (n, C, H, W); where it draws pixels, their probabilities."""
    preprocess = images.preprocess
    if preprocess.binarise is Binarise.STOCHASTIC:
        preprocess = dataclasses.replace(preprocess, binarise=Binarise.NONE)
    return reading(images, preprocess, subject.trained.transform, subject.trained.device, alter)


def grey_levels(_subject: Subject, images: ImageSet, alter: Alter | None = None) -> Read:
    """Return what gives the bare pixels in 0..1, (n, C, H, W), the same beside every model."""
    return reading(images, dataclasses.replace(images.preprocess, binarise=Binarise.NONE), None, "cpu", alter)


def reading(
    images: ImageSet, preprocess: Preprocess, transform: PictureTransform | None, device: str, alter: Alter | None
) -> Read:
    import torch

    unused = np.random.default_rng(0)  # nothing is drawn

    def read(chosen: Indices) -> Tensor:
        pixels = images.pixels[chosen] if alter is None else alter(images.pixels[chosen], chosen)
        return torch.from_numpy(as_seen(pixels, preprocess, transform, unused)).to(device)

    return read
