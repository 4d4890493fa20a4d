"""Sums over the pixels that training uses, exact and in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.errors import DataError

Pixels = NDArray[np.uint8]

BLOCK = 1 << 20


def learned_pixels(images: ImageSet, indices: NDArray[np.int64] | None = None) -> Iterator[Pixels]:
    """Yield the known training pixels as (C, n) blocks: of the exemplars, or where there are none of `indices`."""
    for index in range(len(images.exemplars)):
        pixels, known = images.learned(index)
        rows = max(1, BLOCK // pixels.shape[2])
        for top in range(0, pixels.shape[1], rows):
            block, sure = pixels[:, top : top + rows], known[top : top + rows]
            yield block.reshape(len(block), -1) if sure.all() else block[:, sure]
    if not images.exemplars:
        chosen = images.training() if indices is None else indices
        count = max(1, BLOCK // int(np.prod(images.shape[1:])))
        for start in range(0, len(chosen), count):
            block = images.pixels[chosen[start : start + count]]
            yield np.moveaxis(block, 1, 0).reshape(block.shape[1], -1)


def moments(blocks: Iterable[Pixels]) -> tuple[int, NDArray[np.float64], NDArray[np.float64]]:
    """Return how many pixels there are, their sum (C,) and the sum of their products (C, C), in grey levels."""
    count = 0
    sums: NDArray[np.float64] | None = None
    products: NDArray[np.float64] | None = None
    for block in blocks:
        values = block.astype(np.float64)
        count += values.shape[1]
        sums = values.sum(axis=1) + (0 if sums is None else sums)
        products = values @ values.T + (0 if products is None else products)
    if sums is None or products is None or count == 0:
        raise DataError("There are no pictures to measure.", "Lower the held-out share or include more pictures.")
    return count, sums, products
