"""Pictures cut into tiles at shifted origins, as stacks of planes that matrix products take without rearranging.

A picture is kept as n x n planes a channel: plane (r, c) holds, of every tile,
the pixel in row r and column c. Cutting tiles at an origin moved by (dy, dx)
then picks other planes, some of them one tile further on, in runs as long as
the picture has tiles: memory is copied, never walked through pixel by pixel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

Offset = tuple[int, int]  # rows, columns


@dataclass(frozen=True, slots=True)
class TileGrid:
    """`rows` x `columns` tiles of n x n pixels, in `batch` pictures.

    Planes are (n, n, channels, span): flat rows of tiles with the batch
    innermost and one further tile after each row and one row after the last,
    into which moved tiles reach (the far side's again, on a torus). Tiles are
    (offsets, n n C, cells), a cell for each tile of each picture.
    """

    tile: int
    channels: int
    rows: int
    columns: int
    batch: int = 1

    @property
    def run(self) -> int:
        """Cells of a row."""
        return self.columns * self.batch

    @property
    def pitch(self) -> int:
        """Numbers from a row of a plane to the next."""
        return self.run + self.batch

    @property
    def cells(self) -> int:
        """Tiles at each offset."""
        return self.rows * self.run

    @property
    def span(self) -> int:
        return (self.rows + 1) * self.pitch + self.batch

    @property
    def pixels(self) -> int:
        """Numbers of one tile."""
        return self.tile * self.tile * self.channels

    def empty(self, like: Tensor) -> Tensor:
        """Return planes of zeros: (n, n, channels, span)."""
        return like.new_zeros((self.tile, self.tile, self.channels, self.span))

    def laid_out(self, planes: Tensor) -> Tensor:
        """Return the planes as a view (n, n, channels, rows + 1, columns + 1, batch)."""
        whole = planes[..., : self.span - self.batch]
        return torch.unflatten(whole, 3, (self.rows + 1, self.columns + 1, self.batch))

    def starts(self, offset: Offset) -> Iterator[int]:
        """Yield where in the planes the first row of each number of a tile begins."""
        for row in range(offset[0], offset[0] + self.tile):
            for column in range(offset[1], offset[1] + self.tile):
                plane = (row % self.tile) * self.tile + column % self.tile
                moved = (row // self.tile) * self.pitch + (column // self.tile) * self.batch
                for channel in range(self.channels):
                    yield (plane * self.channels + channel) * self.span + moved


def cut(picture: Tensor, tile: int) -> Tensor:
    """Return (batch, C, H, W), sides multiples of the tile, as a view (n, n, C, rows, columns, batch)."""
    tiles: Tensor = torch.unflatten(torch.unflatten(picture, 3, (-1, tile)), 2, (-1, tile))
    return tiles.permute(3, 5, 1, 2, 4, 0)


def to_planes(picture: Tensor, tile: int) -> Tensor:
    """Return (batch, C, H, W), sides multiples of the tile, as (n, n, C, rows, columns, batch)."""
    return cut(picture, tile).contiguous()


def to_picture(planes: Tensor) -> Tensor:
    """Return (n, n, C, rows, columns, batch) as (batch, C, H, W)."""
    rows, columns, batch = planes.shape[3:]
    n, channels = planes.shape[1:3]
    picture = planes.new_empty((batch, channels, rows, n, columns, n))
    return picture.copy_(planes.permute(5, 2, 3, 0, 4, 1)).view(batch, channels, rows * n, columns * n)


def rolled(planes: Tensor, shift: Offset) -> Tensor:
    """Return planes (n, n, C, rows, columns, batch) of what they show moved down and right round the torus."""
    return to_planes(torch.roll(to_picture(planes), shift, (2, 3)), planes.shape[0])


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


def from_torus(grid: TileGrid, planes: Tensor, bias: Tensor, rows: Tensor) -> Tensor:
    """Write planes and a bias into rows (n, n, C, rows, columns, batch); returns what belongs to the row after them.

    With that row added where it belongs, the exact adjoint of `torus`.
    """
    source = grid.laid_out(planes)
    source[:, :, :, :, 0] += source[:, :, :, :, grid.columns]
    torch.add(source[:, :, :, : grid.rows, : grid.columns], bias, out=rows)
    return source[:, :, :, grid.rows, : grid.columns]


def crops(grid: TileGrid, pictures: Tensor, planes: Tensor) -> None:
    """Fill planes with pictures (batch, C, H, W) of rows * n pixels and at least n - 1 more; the rest is cut off.

    The tile after the last is a part of one, as far as the pictures reach.
    """
    n, target = grid.tile, grid.laid_out(planes)
    height, width = (grid.rows + 1) * n, (grid.columns + 1) * n
    short = (0, max(0, width - pictures.shape[3]), 0, max(0, height - pictures.shape[2]))
    target.copy_(cut(pad(pictures[:, :, :height, :width], short), n))
