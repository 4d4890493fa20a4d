"""Which class each picture belongs to: by its labels, or by the folder it lies in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.store import UNLABELLED
from studio.errors import DataError

ARCHIVE = ".npz"

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The class of each picture, (n,) from 0, or -1 where it has none; `names` are those of the classes."""

    values: Indices
    names: tuple[str, ...]

    def of_class(self, chosen: Indices) -> list[Indices]:
        """Return the chosen pictures that are of each class."""
        return [chosen[self.values[chosen] == index] for index in range(len(self.names))]


def labels_of(images: ImageSet) -> Labels:
    """Return the classes of a set of pictures.

    Labels that came with the pictures count; else pictures in a folder
    of their own are a class, and those that lie beside such folders have none.

    Raises
    ------
    DataError
        When there are no labels, or all pictures are of one class.
    """
    if images.labels is not None:
        labels = images.labels
        known = np.unique(labels[labels != UNLABELLED])
        names = tuple(str(value) for value in known.tolist())
        values = np.where(labels == UNLABELLED, UNLABELLED, np.searchsorted(known, labels)).astype(np.int64)
    else:
        folders = [folder_of(name) for name in images.names]
        names = tuple(folder for folder in dict.fromkeys(folders) if folder != ".")
        places = {name: index for index, name in enumerate(names)}
        values = np.array([places.get(folder, UNLABELLED) for folder in folders], np.int64)
    if not names:
        raise DataError(
            "These pictures have no labels.", "Use IDX or .npz files with labels, or a folder with one folder a class."
        )
    if len(names) == 1:
        raise DataError(f"All labelled pictures are of one class, {names[0]}.", "Use pictures of two classes or more.")
    return Labels(values, names)


def folder_of(name: str) -> str:
    """Return the folder that a picture lies in; an archive of arrays is a file, though its name comes before theirs."""
    folder = PurePosixPath(name).parent
    return str(folder.parent if folder.suffix.lower() == ARCHIVE else folder)


def chosen_evenly(labels: Labels, among: Indices, count: int | None, seed: int) -> Indices:
    """Return `count` of the labelled pictures `among`, as many of each class as there are; all for None.

    Raises
    ------
    DataError
        When a class has fewer than two pictures, or there are fewer than `count`.
    """
    rng = np.random.default_rng([seed, 7])
    groups = [rng.permutation(group) for group in labels.of_class(among)]
    few = [name for name, group in zip(labels.names, groups, strict=True) if len(group) < 2]
    if few:
        raise DataError(
            f"Class {few[0]} has fewer than two pictures to learn from.", "Add pictures, or leave that class out."
        )
    total = sum(map(len, groups))
    if count is None:
        return np.sort(np.concatenate(groups))
    if count > total:
        raise DataError(f"There are {total:,} labelled pictures to learn from, not {count:,}.", "Ask for fewer.")
    if count < 2 * len(groups):
        raise DataError(
            f"{count:,} labelled pictures are too few for {len(groups)} classes.",
            f"Ask for {2 * len(groups):,} or more: two of each class.",
        )
    # One of each class in turn, so that classes differ by one picture where all have enough.
    ranks = np.concatenate([np.arange(len(group)) for group in groups])
    order = np.argsort(ranks, kind="stable")
    return np.sort(np.concatenate(groups)[order[:count]])
