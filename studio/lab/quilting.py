"""Image quilting (Efros & Freeman, SIGGRAPH 2001): the baseline that copies blocks and hides where they meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.errors import DataError

Values = NDArray[np.float32]
Mask = NDArray[np.bool_]
Place = tuple[int, int]  # row and column of a block's upper left pixel

BLOCK = 36  # pixels
TOLERANCE = 0.1  # blocks within 10 % of the least error may be chosen


def quilt(source: Values, size: tuple[int, int], rng: np.random.Generator, block: int = BLOCK) -> Values:
    """Make a larger texture out of blocks of a smaller one.

    Parameters
    ----------
    source
        (H, W, C), any unit, at least one block.
    size
        Height and width of the result in pixels.
    block
        Side of a block; a sixth of it overlaps the block before.

    Returns
    -------
    (height, width, C).
    """
    patcher = Patcher(source, block)
    step = block - patcher.overlap
    rows, columns = (-(-max(side - block, 0) // step) for side in size)
    shape = (rows * step + block, columns * step + block)
    canvas = np.zeros((*shape, source.shape[2]), np.float32)
    known = np.zeros(shape, np.bool_)
    origins: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(rows + 1):
        for column in range(columns + 1):
            beside, above = origins.get((row, column - 1)), origins.get((row - 1, column))
            # The source's own next block always fits best: taking it would copy the source from end to end.
            next_ones = [(beside[0], beside[1] + step)] if beside else []
            next_ones += [(above[0] + step, above[1])] if above else []
            origins[row, column] = patcher.place(canvas, known, (row * step, column * step), rng, next_ones)
    return canvas[: size[0], : size[1]]


def quilted_hole(picture: Values, mask: Mask, source: Values, rng: np.random.Generator, block: int = BLOCK) -> Values:
    """Fill a hole by blocks of a source that agree with what surrounds it; known pixels stay as they are.

    Parameters
    ----------
    picture
        (H, W, C); what it holds inside the hole is not looked at.
    mask
        (H, W), true in the hole.
    source
        (h, w, C) in the picture's units.
    """
    if not mask.any():
        return picture.copy()
    block = min(block, *mask.shape)
    patcher = Patcher(source, block)
    step = block - patcher.overlap
    canvas, known = np.where(mask[..., None], 0, picture).astype(np.float32), ~mask
    places = []
    for axis in (0, 1):
        inside = np.flatnonzero(mask.any(axis=1 - axis))
        first, last = max(0, inside[0] - patcher.overlap), mask.shape[axis] - block
        places.append([min(start, last) for start in range(first, inside[-1] + 1, step)])
    for top in dict.fromkeys(places[0]):
        for left in dict.fromkeys(places[1]):
            if not known[top : top + block, left : left + block].all():
                patcher.place(canvas, known, (top, left), rng)
    return np.where(mask[..., None], canvas, picture)


class Patcher:
    """Finds blocks of a source that fit, and joins them along the path of least error."""

    def __init__(self, source: Values, block: int) -> None:
        if min(source.shape[:2]) < block:
            raise DataError(
                f"A picture of {source.shape[1]} x {source.shape[0]} px holds no block of {block} px to quilt with.",
                "Use a larger picture.",
            )
        self.source = source.astype(np.float64)
        self.block = block
        self.overlap = max(1, block // 6)
        self._transform = np.fft.rfft2(self.source, axes=(0, 1))
        squares = np.square(self.source).sum(axis=2)
        self._squares = np.fft.rfft2(squares)
        self._rounding = 1e-9 * float(squares.mean()) * block**2

    def place(
        self,
        canvas: Values,
        known: Mask,
        where: Place,
        rng: np.random.Generator,
        avoided: Sequence[Place] = (),
    ) -> Place:
        """Put a fitting block on the canvas (H, W, C), whose known pixels (H, W) it has to agree with.

        Returns the block's place in the source, which is none of those `avoided`
        unless there is no other.
        """
        top, left = where
        window = slice(top, top + self.block), slice(left, left + self.block)
        old, there = canvas[window], known[window]
        costs = self.costs(old.astype(np.float64), there)
        free = costs.copy()
        for row, column in avoided:
            if row < costs.shape[0] and column < costs.shape[1]:
                free[row, column] = np.inf
        costs = free if np.isfinite(free).any() else costs
        rows, columns = np.nonzero(costs <= costs.min() * (1 + TOLERANCE) + self._rounding)
        chosen = int(rng.integers(len(rows)))
        row, column = int(rows[chosen]), int(columns[chosen])
        new = self.source[row : row + self.block, column : column + self.block].astype(np.float32)
        fresh = self.fresh(np.square(old - new).sum(axis=2), there)
        canvas[window] = np.where(fresh[..., None], new, old)
        known[window] = True
        return row, column

    def costs(self, old: NDArray[np.float64], there: Mask) -> NDArray[np.float64]:
        """Return the squared difference on the known pixels for each block of the source: (H - b + 1, W - b + 1)."""
        shape = self.source.shape[:2]
        weights = np.fft.rfft2(there.astype(np.float64), shape)
        wanted = np.fft.rfft2(old * there[..., None], shape, axes=(0, 1))
        product = self._squares * weights.conj() - 2 * (self._transform * wanted.conj()).sum(axis=2)
        sums = np.fft.irfft2(product, shape) + np.square(old[there]).sum()
        return np.asarray(np.maximum(sums[: shape[0] - self.block + 1, : shape[1] - self.block + 1], 0))

    def fresh(self, errors: NDArray[np.float32], there: Mask) -> Mask:
        """Return where the new block shows: beyond the cuts through its left and upper overlap, and all unknown."""
        fresh = np.ones_like(there)
        if there[:, 0].any():
            cut = least_path(np.where(there, errors, 0)[:, : self.overlap])
            fresh &= np.arange(self.block)[None] >= cut[:, None]
        if there[0].any():
            cut = least_path(np.where(there, errors, 0)[: self.overlap].T)
            fresh &= np.arange(self.block)[:, None] >= cut[None]
        return fresh | ~there


def least_path(errors: Values) -> NDArray[np.int64]:
    """Return the column of the least-error path from the first row of (n, m) errors to the last: (n,).

    From row to row it moves by at most one column; dynamic programming.
    """
    sums = errors.astype(np.float64)
    for row in range(1, len(sums)):
        before = np.pad(sums[row - 1], 1, constant_values=np.inf)
        sums[row] += np.minimum(np.minimum(before[:-2], before[1:-1]), before[2:])
    path = np.zeros(len(sums), np.int64)
    path[-1] = sums[-1].argmin()
    for row in range(len(sums) - 2, -1, -1):
        first = max(0, path[row + 1] - 1)
        path[row] = first + sums[row, first : path[row + 1] + 2].argmin()
    return path
