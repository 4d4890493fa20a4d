"""What the whole tiles of a crop count, so that every offset speaks of the same part of it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from studio.models.tiles import Offset, TileGrid


def window_of(grid: TileGrid, offsets: Sequence[Offset]) -> Tensor:
    """Return what each tile of a crop counts at each offset, 1 in the mean: (offsets, 1, cells).

    Tiles of one offset cover a torus as those of any other do, so that on it all offsets have one mean. Whole tiles
    of a crop do not: those moved by d lie d pixels further down, and where a picture grows darker downwards they
    are darker. No torus is so, and the weights at the first and the last offset would grow for ever, until each
    tile could be seen. Therefore the first row of tiles counts (d + 1/2)/n and the last 1 - (d + 1/2)/n: then
    the middle of what is counted is the crop's at every offset, as with B-splines, which cover lines alike wherever
    they begin. Columns likewise.
    """
    rows, columns = (
        torch.tensor([ramp(offset[axis], grid.tile, count) for offset in offsets])
        for axis, count in ((0, grid.rows), (1, grid.columns))
    )
    every = rows[:, :, None, None] * columns[:, None, :, None]
    return every.expand(-1, -1, -1, grid.batch).reshape(len(offsets), 1, grid.cells)


def ramp(moved: int, tile: int, count: int) -> list[float]:
    """Return what each of `count` tiles in a row counts when they are moved by some pixels; a single one counts 1."""
    if count == 1:
        return [1.0]
    first = (moved + 0.5) / tile
    return [weight * count / (count - 1) for weight in (first, *[1.0] * (count - 2), 1 - first)]
