"""Many pictures of one size that lie in one array, given out a few at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.errors import DataError

ENDING = r"([.-]idx\d-ubyte)?(\.gz|\.npy|\.npz)?$"
BLOCK_BYTES = 1 << 20
LARGEST_PIXELS = 120_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """`count` pictures of (height, width, channels) with 1, 3 or 4 channels; `blocks()` yields (k, H, W, C) uint8.

    `row_name` names one picture; the last `tail` pictures are kept from training.
    """

    name: str
    count: int
    height: int
    width: int
    channels: int
    blocks: Callable[[], Iterator[NDArray[np.uint8]]]
    labels: NDArray[np.int64] | None = None
    tail: int = 0

    def row_name(self, index: int) -> str:
        """Return a short name that stays the same while the file keeps its own."""
        return f"{re.sub(ENDING, '', self.name)} {index + 1}"


def rows_per_block(picture_bytes: int) -> int:
    """Return how many pictures make one block of bounded size."""
    return max(1, BLOCK_BYTES // max(1, picture_bytes))


def check_sides(name: str, height: int, width: int) -> None:
    """Refuse pictures too large to handle one at a time."""
    if not 0 < height * width <= LARGEST_PIXELS:
        raise DataError(f"{name} holds pictures of {width} x {height} px.", "Use pictures of up to 120 megapixels.")
