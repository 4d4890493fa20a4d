"""Pictures cut into tiles at shifted origins, as stacks of planes that matrix products take without rearranging.

A picture is kept as n x n planes a channel: plane (r, c) holds, of every tile,
the pixel in row r and column c. Cutting tiles at an origin moved by (dy, dx)
then picks other planes, some of them one tile further on, in runs as long as
the picture has tiles: memory is copied, never walked through pixel by pixel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

AT_ONCE = 1 << 22  # numbers of tiles gathered at once

Offset = tuple[int, int]  # rows, columns


@dataclass(frozen=True, slots=True)
class TileGrid:
    """`rows` x `columns` tiles of n x n pixels, in `batch` pictures.

    Planes are (n, n, channels, span): flat rows of tiles with the batch
    innermost and one further tile after each row and one row after the last,
    into which moved tiles reach (the far side's again, on a torus). Tiles are
    (offsets, n, n, channels, cells); their last column of cells is no tile.
    """

    tile: int
    channels: int
    rows: int
    columns: int
    batch: int = 1

    @property
    def pitch(self) -> int:
        """Cells of a row."""
        return (self.columns + 1) * self.batch

    @property
    def cells(self) -> int:
        return self.rows * self.pitch

    @property
    def span(self) -> int:
        return (self.rows + 1) * self.pitch + self.batch

    @property
    def pixels(self) -> int:
        """Numbers of one tile."""
        return self.tile * self.tile * self.channels

    @property
    def count(self) -> int:
        """Tiles at each offset."""
        return self.rows * self.columns * self.batch

    def empty(self, like: Tensor) -> Tensor:
        """Return planes of zeros: (n, n, channels, span)."""
        return like.new_zeros((self.tile, self.tile, self.channels, self.span))

    def laid_out(self, planes: Tensor) -> Tensor:
        """Return the planes as a view (n, n, channels, rows + 1, columns + 1, batch)."""
        whole = planes[..., : self.span - self.batch]
        return torch.unflatten(whole, 3, (self.rows + 1, self.columns + 1, self.batch))

    def starts(self, offset: Offset) -> Iterator[int]:
        """Yield where in the planes the run of each number of a tile begins."""
        for row in range(offset[0], offset[0] + self.tile):
            for column in range(offset[1], offset[1] + self.tile):
                plane = (row % self.tile) * self.tile + column % self.tile
                moved = (row // self.tile) * self.pitch + (column // self.tile) * self.batch
                for channel in range(self.channels):
                    yield (plane * self.channels + channel) * self.span + moved

    def without_last(self, values: Tensor) -> Tensor:
        """Set what stands where there is no tile to 0, in place: (..., cells)."""
        torch.unflatten(values, -1, (self.rows, self.columns + 1, self.batch))[..., self.columns, :] = 0
        return values


class Cutter:
    """Cuts planes into tiles at every offset and lays them back, in memory that is used again at each step.

    `planes` is filled by its user; `tiles` (offsets, n n C, cells) and `hidden`
    (offsets, filters, cells) hold the latest result. For one thread.
    """

    def __init__(self, grid: TileGrid, offsets: Sequence[Offset], filters: int, like: Tensor) -> None:
        self.grid = grid
        self.planes = grid.empty(like)
        step = max(1, AT_ONCE // (grid.pixels * grid.cells))
        self.parts = [slice(start, start + step) for start in range(0, len(offsets), step)]
        self.hidden = like.new_empty((len(offsets), filters, grid.cells))
        self._tiles = like.new_empty((min(step, len(offsets)), grid.pixels, grid.cells))
        starts = torch.tensor([list(grid.starts(offset)) for offset in offsets], dtype=torch.int64)
        self._rows = [starts[part].flatten().to(like.device) for part in self.parts]
        # Every run of cells as a row of one overlapping view: a single call gathers the tiles of all offsets.
        self._runs = self.planes.as_strided((self.planes.numel() - grid.cells + 1, grid.cells), (1, 1))
        self._pairs = [
            [pair for k, offset in enumerate(offsets[part]) for pair in self._views(k, offset)] for part in self.parts
        ]

    def tiles(self, part: int) -> Tensor:
        """The memory of a part's tiles: (offsets, n n C, cells)."""
        return self._tiles[: len(self._rows[part]) // self.grid.pixels]

    def gather(self, part: int) -> Tensor:
        """Copy the tiles at some of the offsets out of the planes."""
        tiles = self.tiles(part)
        torch.index_select(self._runs, 0, self._rows[part], out=tiles.view(-1, self.grid.cells))
        return tiles

    def scatter(self, part: int) -> None:
        """Add the tiles to the planes where `gather` takes them from: its exact adjoint."""
        for tiles, planes in self._pairs[part]:
            planes.add_(tiles)

    def _views(self, place: int, offset: Offset) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield views of tiles beside the planes they come from, for tiles within and beyond each edge."""
        (dy, dx), n, grid = offset, self.grid.tile, self.grid
        tiles = torch.unflatten(self._tiles[place], 0, (n, n, grid.channels))
        for row, source_row, down in ((slice(0, n - dy), slice(dy, n), 0), (slice(n - dy, n), slice(0, dy), 1)):
            for column, source_column, right in (
                (slice(0, n - dx), slice(dx, n), 0),
                (slice(n - dx, n), slice(0, dx), 1),
            ):
                if (dy or not down) and (dx or not right):
                    start = down * grid.pitch + right * grid.batch
                    yield tiles[row, column], self.planes[source_row, source_column, :, start : start + grid.cells]


def cut(picture: Tensor, tile: int) -> Tensor:
    """Return (batch, C, H, W), sides multiples of the tile, as a view (n, n, C, rows, columns, batch)."""
    tiles: Tensor = torch.unflatten(torch.unflatten(picture, 3, (-1, tile)), 2, (-1, tile))
    return tiles.permute(3, 5, 1, 2, 4, 0)


def to_planes(picture: Tensor, tile: int) -> Tensor:
    """Return (batch, C, H, W), sides multiples of the tile, as (n, n, C, rows, columns, batch)."""
    return cut(picture, tile).contiguous()


def to_picture(planes: Tensor) -> Tensor:
    """Return (n, n, C, rows, columns, batch) as (batch, C, H, W)."""
    return planes.permute(5, 2, 3, 0, 4, 1).flatten(4, 5).flatten(2, 3).contiguous()


def torus(grid: TileGrid, canvas: Tensor, first: int, planes: Tensor) -> Tensor:
    """Fill planes with `rows` tile rows of a canvas from row `first` on, and with what follows them on the torus.

    `canvas` is (n, n, C, all rows, columns, batch).
    """
    target, height = grid.laid_out(planes), canvas.shape[3]
    last = first + grid.rows
    target[:, :, :, : grid.rows, : grid.columns] = canvas[:, :, :, first:last]
    target[:, :, :, grid.rows, : grid.columns] = canvas[:, :, :, last % height]
    target[:, :, :, :, grid.columns] = target[:, :, :, :, 0]
    return planes


def add_to_torus(grid: TileGrid, planes: Tensor, first: int, canvas: Tensor) -> None:
    """Add planes to the rows they came from: the exact adjoint of `torus`."""
    source, height = grid.laid_out(planes), canvas.shape[3]
    last = first + grid.rows
    source[:, :, :, :, 0] += source[:, :, :, :, grid.columns]
    canvas[:, :, :, first:last] += source[:, :, :, : grid.rows, : grid.columns]
    canvas[:, :, :, last % height] += source[:, :, :, grid.rows, : grid.columns]


def crops(grid: TileGrid, pictures: Tensor, planes: Tensor) -> None:
    """Fill planes with pictures (batch, C, H, W) of rows * n pixels and at least n - 1 more; the rest is cut off.

    The tile after the last is a part of one, as far as the pictures reach.
    """
    n, target = grid.tile, grid.laid_out(planes)
    height, width = (grid.rows + 1) * n, (grid.columns + 1) * n
    short = (0, max(0, width - pictures.shape[3]), 0, max(0, height - pictures.shape[2]))
    target.copy_(cut(pad(pictures[:, :, :height, :width], short), n))
