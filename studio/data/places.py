"""Where crops may lie: anywhere in a part of a picture, but not over what is unknown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CELLS = 256  # along the longer side, when room is looked for
UNKNOWN_SHARE = 1 / 400  # of a crop's pixels may be unknown: the fringe of a hole, filled with what lies around it


class Places:
    """The corners at which a crop of (height, width) fits into a part of a picture, equally likely."""

    def __init__(self, known: NDArray[np.bool_], height: int, width: int) -> None:
        rows, columns = known.shape[0] - height + 1, known.shape[1] - width + 1
        self._columns = max(1, columns)
        self._corners: NDArray[np.int64] | None = None
        self.area = int(np.count_nonzero(known))
        self.count = max(0, rows) * max(0, columns)
        if self.count and self.area < known.size:
            sums = np.zeros((known.shape[0] + 1, known.shape[1] + 1), np.int32)
            np.cumsum(np.cumsum(~known, axis=0, dtype=np.int32), axis=1, out=sums[1:, 1:])
            missing = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
            self._corners = np.flatnonzero(missing <= height * width * UNKNOWN_SHARE)
            self.count = len(self._corners)

    def at(self, fractions: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the (top, left) that numbers in [0, 1) stand for."""
        chosen = (fractions * self.count).astype(np.int64)
        if self._corners is not None:
            chosen = self._corners[chosen]
        return np.divmod(chosen, self._columns)


def largest_known(known: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Return rows and columns of the largest rectangle in which all of (H, W) is known, to one part in 256."""
    if known.all():
        return slice(0, known.shape[0]), slice(0, known.shape[1])
    step = -(-max(known.shape) // CELLS)
    height, width = (side // step for side in known.shape)
    cells = np.asarray(known[: height * step, : width * step].reshape(height, step, width, step).all(axis=(1, 3)))
    best, found = 0, (0, 0, 0, 0)  # top, bottom, left, right
    tall = np.zeros(width, np.int64)  # how many cells up to this row are known
    for row in range(height):
        tall = np.where(cells[row], tall + 1, 0)
        growing: list[tuple[int, int]] = []  # left edges and heights of the rectangles that still widen
        for column, high in enumerate([*tall.tolist(), 0]):
            left = column
            while growing and growing[-1][1] >= high:
                left, above = growing.pop()
                if above * (column - left) > best:
                    best, found = above * (column - left), (row + 1 - above, row + 1, left, column)
            growing.append((left, high))
    top, bottom, left, right = (step * side for side in found)
    return slice(top, bottom), slice(left, right)
