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

AT_ONCE = 1 << 21  # numbers of tiles gathered at once: fewer, larger operations

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


class Cutter:
    """Cuts planes into tiles at every offset and lays them back, in memory that is used again at each step.

    `planes` is filled by its user, `sums` gathers what `scatter` adds. The
    offsets are worked in `parts`; tiles and hiddens hold the latest part. A
    `rounded` one cuts tiles of bfloat16, which is half the memory to move. For
    one thread.
    """

    def __init__(
        self, grid: TileGrid, offsets: Sequence[Offset], filters: int, like: Tensor, rounded: bool = False
    ) -> None:
        self.grid = grid
        self.rounded = rounded
        cut = like.to(torch.bfloat16) if rounded else like
        self.planes, self.sums = grid.empty(cut), grid.empty(like)
        step = max(1, min(len(offsets), AT_ONCE // (grid.pixels * grid.cells)))
        self.parts = [slice(start, min(start + step, len(offsets))) for start in range(0, len(offsets), step)]
        self._hidden = like.new_empty((step, filters, grid.cells))
        self._drawn = torch.empty_like(self._hidden)
        self._tiles = like.new_empty((step, grid.pixels, grid.cells))
        self._cut = cut.new_empty(self._tiles.shape) if rounded else self._tiles
        self._factor = cut.new_empty(self._hidden.shape) if rounded else self._hidden
        starts = torch.tensor([list(grid.starts(offset)) for offset in offsets], dtype=torch.int64)
        rows = starts[..., None] + torch.arange(grid.rows) * grid.pitch
        self._rows = [rows[part].flatten().to(like.device) for part in self.parts]
        # Every row of cells as a row of one overlapping view: a single call gathers the tiles of a part.
        self._runs = self.planes.as_strided((self.planes.numel() - grid.run + 1, grid.run), (1, 1))
        self._pairs = [
            [pair for k, offset in enumerate(offsets[part]) for pair in self._views(k, offset)] for part in self.parts
        ]

    def tiles(self, part: int) -> Tensor:
        """The memory of a part's tiles on their way back into the sums: (offsets, n n C, cells)."""
        return self._tiles[: self.parts[part].stop - self.parts[part].start]

    def cut(self, part: int) -> Tensor:
        """The tiles that were gathered last, in the same memory unless it is rounded: (offsets, n n C, cells)."""
        return self._cut[: self.parts[part].stop - self.parts[part].start]

    def factor(self, part: int) -> Tensor:
        """Memory for a part's hiddens as a factor of products with cut tiles; that of `hidden` unless it is rounded."""
        return self._factor[: self.parts[part].stop - self.parts[part].start]

    def hidden(self, part: int) -> Tensor:
        """The memory of a part's hiddens: (offsets, filters, cells)."""
        return self._hidden[: self.parts[part].stop - self.parts[part].start]

    def drawn(self, part: int) -> Tensor:
        """Memory for what is drawn of a part's hiddens, as large as they are."""
        return self._drawn[: self.parts[part].stop - self.parts[part].start]

    def gather(self, part: int) -> Tensor:
        """Copy the tiles at some of the offsets out of the planes."""
        tiles = self.cut(part)
        torch.index_select(self._runs, 0, self._rows[part], out=tiles.view(-1, self.grid.run))
        return tiles

    def scatter(self, part: int) -> None:
        """Add the tiles to the sums where `gather` takes them from the planes: its exact adjoint."""
        for tiles, sums in self._pairs[part]:
            sums.add_(tiles)

    def _views(self, place: int, offset: Offset) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield views of tiles beside the sums they belong to, for tiles within and beyond each edge."""
        (dy, dx), n, grid = offset, self.grid.tile, self.grid
        tiles = torch.unflatten(self._tiles[place].view(n, n, grid.channels, -1), 3, (grid.rows, grid.run))
        for row, source_row, down in ((slice(0, n - dy), slice(dy, n), 0), (slice(n - dy, n), slice(0, dy), 1)):
            for column, source_column, right in (
                (slice(0, n - dx), slice(dx, n), 0),
                (slice(n - dx, n), slice(0, dx), 1),
            ):
                if (dy or not down) and (dx or not right):
                    start = down * grid.pitch + right * grid.batch
                    rows = self.sums[source_row, source_column, :, start : start + grid.rows * grid.pitch]
                    yield tiles[row, column], torch.unflatten(rows, 3, (grid.rows, grid.pitch))[..., : grid.run]


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
