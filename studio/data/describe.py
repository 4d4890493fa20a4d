"""What people are told about their pictures: mean, histogram, memory, which are looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.data.imageset import ImageSet

BLOCK = 1 << 22


def mean_picture(images: ImageSet, chosen: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
    """Return the mean of all pictures, or of the chosen ones, as (H, W, C) float32 in 0..1."""
    count = len(images) if chosen is None else len(chosen)
    sums = np.zeros(images.shape, np.uint64)
    for block in blocks(images) if chosen is None else (images.pixels[index][None] for index in chosen):
        sums += block.sum(axis=0, dtype=np.uint64)
    return np.ascontiguousarray((sums / (255.0 * max(1, count))).transpose(1, 2, 0), np.float32)


def histogram(images: ImageSet, bins: int = 64) -> NDArray[np.int64]:
    """Return how many pixel values fall into each of `bins` equal parts of 0..1, all channels together."""
    levels = np.zeros(256, np.int64)
    for block in blocks(images):
        levels += np.bincount(block.ravel(), minlength=256)
    places = np.minimum(np.arange(256) * bins // 255, bins - 1)
    return np.bincount(places, weights=levels, minlength=bins).astype(np.int64)


def memory_bytes(images: ImageSet) -> int:
    """Return about how much memory the set takes: pixels where they are not read from disk, labels and names."""
    labels = 0 if images.labels is None else images.labels.nbytes
    names = sum(56 + len(name) for name in set(images.names)) + 8 * len(images)
    large = sum(exemplar.nbytes for exemplar in images.exemplars)
    return large + (0 if images.note else images.pixels.nbytes) + labels + images.held_out.nbytes + names


def sheet_indices(images: ImageSet, count: int) -> NDArray[np.int64]:
    """Return the indices of at most `count` pictures, evenly spread over the set."""
    return np.unique(np.linspace(0, max(0, len(images) - 1), min(count, len(images))).round().astype(np.int64))


def blocks(images: ImageSet) -> list[NDArray[np.uint8]]:
    """Return views of a few pictures each."""
    rows = max(1, BLOCK // int(np.prod(images.shape)))
    return [images.pixels[start : start + rows] for start in range(0, len(images), rows)]
