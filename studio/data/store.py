"""The rows of an ImageSet while they come in: one array, reserved once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.data.imageset import ImageSet, Verdict
from studio.data.spec import DatasetSpec, Preprocess
from studio.errors import DataError

LARGEST_BYTES = 64 << 30
UNLABELLED = -1


Room = Callable[[int, Preprocess], NDArray[np.uint8]]  # where so many pictures (count, C, H, W) go


def in_memory(count: int, preprocess: Preprocess) -> NDArray[np.uint8]:
    """Return room for so many pictures in memory; raises DataError where there is none."""
    size = count * preprocess.channels * preprocess.height * preprocess.width
    if size > LARGEST_BYTES:
        raise refusal(count, size)
    try:
        return np.empty((count, *preprocess.shape), np.uint8)
    except MemoryError:
        raise refusal(count, size) from None


def refusal(count: int, size: int) -> DataError:
    return DataError(
        f"There is no room for {count:,} pictures of this size, which take {size / 1e9:,.1f} GB.",
        "Choose a smaller size or fewer pictures.",
    )


class Store:
    """Pixels, names and labels by slot; `verdicts` grow as sources are read."""

    def __init__(self, count: int, preprocess: Preprocess, room: Room) -> None:
        self.pixels = room(count, preprocess)
        self.names: list[str] = [""] * count
        self.labels = np.full(count, UNLABELLED, np.int64)
        self.filled = np.zeros(count, bool)
        self.verdicts: list[Verdict] = []

    def put(
        self,
        slots: NDArray[np.int64] | slice,
        pixels: NDArray[np.uint8],
        names: Sequence[str],
        labels: NDArray[np.int64] | None = None,
    ) -> None:
        """Write (k, C, H, W) pictures to their slots; one channel fills all."""
        self.pixels[slots] = pixels
        self.filled[slots] = True
        if labels is not None:
            self.labels[slots] = labels
        places = range(len(self.names))[slots] if isinstance(slots, slice) else slots.tolist()
        for place, name in zip(places, names, strict=True):
            self.names[place] = name

    def empty_slots(self) -> NDArray[np.int64]:
        return np.flatnonzero(~self.filled)

    def finish(self, spec: DatasetSpec, preprocess: Preprocess, held: NDArray[np.int64]) -> ImageSet:
        """Close the gaps that skipped pictures left and return the set; `held` are slots."""
        count = int(self.filled.sum())
        if count < len(self.filled):
            moved = np.cumsum(self.filled) - 1
            held = moved[held[self.filled[held]]]
            for place, slot in enumerate(np.flatnonzero(self.filled)):
                if place != slot:
                    self.pixels[place] = self.pixels[slot]
                    self.names[place] = self.names[slot]
                    self.labels[place] = self.labels[slot]
        labels = self.labels[:count].copy()
        return ImageSet(
            spec,
            preprocess,
            self.pixels[:count],
            tuple(self.names[:count]),
            labels if bool((labels != UNLABELLED).any()) else None,
            tuple(self.verdicts),
            np.asarray(held, np.int64),
        )
