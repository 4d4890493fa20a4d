"""Batches of random crops of a few large pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from studio.data.batches import MISPLACED, MISPLACED_HINT, Batches, as_seen, restore_generator, saved_generator
from studio.data.imageset import ImageSet
from studio.data.orientations import allowed, corners, oriented
from studio.data.places import Places
from studio.data.spec import Binarise
from studio.data.transform import PictureTransform
from studio.data.whitening import Whitening
from studio.errors import DataError

Pixels = NDArray[np.uint8]
Values = NDArray[np.float32]

QUICK_BYTES = 256 << 20  # up to here pictures are kept ready made, in every orientation
WHOLE_BYTES = 1 << 30  # whitened pictures are kept in single precision up to here, above it in half
LARGEST_BYTES = 4 << 30


class BatchSource(Protocol):
    """What training asks of any kind of batches."""

    @property
    def epoch(self) -> float: ...

    @property
    def steps_per_epoch(self) -> float: ...

    def next(self) -> Values: ...

    def state(self) -> dict[str, Any]: ...

    def restore(self, state: Mapping[str, Any]) -> None: ...


def batches_for(
    images: ImageSet,
    indices: NDArray[np.int64],
    batch: int,
    seed: int,
    transform: PictureTransform | None = None,
) -> BatchSource:
    """Return crops of the exemplars where the preprocess asks for them, else the pictures at `indices`."""
    if images.exemplars:
        return CropBatches(images, batch, seed, transform)
    return Batches(images, indices, batch, seed, transform)


class CropBatches:
    """Crops at random places of the exemplars' training parts, flipped and turned as the preprocess asks.

    An exemplar is drawn as often as its area says. An epoch is as many crops
    as the image set has training previews. Pictures are whitened once, whole,
    and crops are cut from the result. Where exemplars are materials of their
    own, `evenly` deals crops out to them in turn; `labels` (batch,) says which
    exemplar each crop of the latest batch is from.
    """

    def __init__(
        self,
        images: ImageSet,
        batch: int,
        seed: int,
        transform: PictureTransform | None = None,
        evenly: bool = False,
    ) -> None:
        self._preprocess = images.preprocess
        self._batch = batch
        self._transform = transform
        self._rng = np.random.default_rng(seed)
        self._drawn = 0
        self._evenly = evenly
        self.labels = np.zeros(batch, np.int64)
        self._epoch = max(1, len(images.training()))
        _, height, width = images.shape
        parts = [images.learned(index) for index in range(len(images.exemplars))]
        every = [Places(known, height, width) for _, known in parts]
        kept = [index for index, places in enumerate(every) if places.count]
        if not kept or (evenly and len(kept) < len(every)):
            raise DataError(
                f"No crop of {width} x {height} px fits into {'each picture' if evenly else 'the pictures'}.",
                "Choose smaller crops, a larger scale (patch_scale) or a smaller held-out share.",
            )
        self._kept = np.array(kept, np.int64)
        self._places = [every[index] for index in kept]
        areas = np.array([places.area for places in self._places], np.float64)
        self._shares = np.cumsum(areas) / areas.sum()
        self._orientations = allowed(images.preprocess)
        self._sources = self._ready([parts[index][0] for index in kept])
        room = [np.subtract(parts[index][1].shape, (height, width)) for index in kept]
        self._room = np.stack(room, axis=1).astype(np.int64)

    def _ready(self, pictures: list[Pixels]) -> list[list[NDArray[Any]]]:
        """Return each picture in each orientation, as the model sees it where memory allows or whitening needs it."""
        copies = 4 * sum(picture.size for picture in pictures) * len(self._orientations)
        quick, sources = copies <= QUICK_BYTES, cast(list[NDArray[Any]], pictures)
        if isinstance(self._transform, Whitening):
            sources = whitened(pictures, self._transform)
        elif quick and self._preprocess.binarise is Binarise.NONE:
            sources = [as_seen(picture, self._preprocess, self._transform, self._rng) for picture in pictures]
        ways = [[oriented(source, way) for way in self._orientations.tolist()] for source in sources]
        return [[np.ascontiguousarray(way) if quick else way for way in source] for source in ways]

    @property
    def epoch(self) -> float:
        """How many crops were given out, in epochs."""
        return self._drawn / self._epoch

    @property
    def steps_per_epoch(self) -> float:
        return self._epoch / self._batch

    def next(self) -> Values:
        """Return the next (batch, C, h, w) float32, fresh and writeable."""
        raw = self._sources[0][0].dtype == np.uint8
        crops = np.empty((self._batch, *self._preprocess.shape), np.uint8 if raw else np.float32)
        self._cut(crops)
        return as_seen(crops, self._preprocess, self._transform, self._rng) if raw else crops

    def _cut(self, crops: NDArray[Any]) -> None:
        count, (_, height, width) = self._batch, self._preprocess.shape
        draws = self._rng.random((3, count))
        if self._evenly:
            chosen = np.arange(self._drawn, self._drawn + count) % len(self._sources)
        else:
            chosen = np.searchsorted(self._shares, draws[0], side="right").clip(max=len(self._sources) - 1)
        self.labels = self._kept[chosen]
        ways = (draws[1] * len(self._orientations)).astype(np.int64)
        tops, lefts = np.empty((2, count), np.int64)
        for source in np.unique(chosen).tolist():
            mine = chosen == source
            tops[mine], lefts[mine] = self._places[source].at(draws[2, mine])
        tops, lefts = corners(tops, lefts, self._room[:, chosen], self._orientations[ways])
        rows = zip(chosen.tolist(), ways.tolist(), tops.tolist(), lefts.tolist(), strict=True)
        for place, (source, way, top, left) in enumerate(rows):
            crops[place] = self._sources[source][way][:, top : top + height, left : left + width]
        self._drawn += count

    def state(self) -> dict[str, Any]:
        """Return everything `restore` needs, as arrays and whole numbers."""
        return {"drawn": self._drawn, "generator": saved_generator(self._rng)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from a state; raises DataError when it belongs to other pictures."""
        if "drawn" not in state or int(state["drawn"]) < 0:
            raise DataError(MISPLACED, MISPLACED_HINT)
        restore_generator(self._rng, state["generator"])
        self._drawn = int(state["drawn"])


def whitened(pictures: list[Pixels], whitening: Whitening) -> list[NDArray[Any]]:
    """Return whitened copies of (C, H, W) pictures, in half precision where they are many."""
    count = 4 * sum(picture.size for picture in pictures)
    if count > 2 * LARGEST_BYTES:
        raise DataError(
            f"Whitened, these pictures take {count / 2e9:,.1f} GB of memory.",
            "Lower the scale (patch_scale), or choose fewer pictures.",
        )
    kind = np.float32 if count <= WHOLE_BYTES else np.float16
    return [
        whitening.apply(np.multiply(picture, np.float32(1 / 255), dtype=np.float32)).astype(kind, copy=False)
        for picture in pictures
    ]
