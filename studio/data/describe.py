"""What people are told about their pictures: mean, histogram, memory, a contact sheet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.data.imageset import ImageSet

BLOCK = 1 << 22
SURROUND = 46


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


def sheet_thumbnails(images: ImageSet, count: int, side: int) -> NDArray[np.uint8]:
    """Return (n, side, side, C) thumbnails of the pictures at `sheet_indices`, whole, on dark grey."""
    indices = sheet_indices(images, count)
    channels, height, width = images.shape
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    # Small pictures keep their pixels: what the model sees should be told from what a smoother resampling makes up.
    method = Image.Resampling.BOX if scale >= 1 else Image.Resampling.LANCZOS
    result = np.full((len(indices), side, side, channels), SURROUND, np.uint8)
    for place, index in enumerate(indices):
        pixels = images.pixels[index]
        picture = Image.fromarray(np.ascontiguousarray(pixels[0] if channels == 1 else pixels.transpose(1, 2, 0)))
        small = np.asarray(picture.resize(size, method)).reshape(size[1], size[0], channels)
        result[place, top : top + size[1], left : left + size[0]] = small
    return result


def blocks(images: ImageSet) -> list[NDArray[np.uint8]]:
    """Return views of a few pictures each."""
    rows = max(1, BLOCK // int(np.prod(images.shape)))
    return [images.pixels[start : start + rows] for start in range(0, len(images), rows)]
