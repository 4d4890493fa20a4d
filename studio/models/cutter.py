"""The tiles of planes at every offset, gathered for products and laid back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import torch
from torch import Tensor

from studio.models.tile_window import window_of
from studio.models.tiles import Offset, TileGrid

AT_ONCE = 1 << 21  # numbers of tiles gathered at once: fewer, larger operations


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
        self._offsets, self._device = offsets, like.device
        starts = torch.tensor([list(grid.starts(offset)) for offset in offsets], dtype=torch.int64)
        rows = starts[..., None] + torch.arange(grid.rows) * grid.pitch
        self._rows = [rows[part].flatten().to(like.device) for part in self.parts]
        # Every row of cells as a row of one overlapping view: a single call gathers the tiles of a part.
        self._runs = self.planes.as_strided((self.planes.numel() - grid.run + 1, grid.run), (1, 1))
        self._pairs = [
            [pair for k, offset in enumerate(offsets[part]) for pair in self._views(k, offset)] for part in self.parts
        ]

    @cached_property
    def window(self) -> Tensor:
        """What the tiles count where the planes are those of crops, see `window_of`: (offsets, 1, cells)."""
        return window_of(self.grid, self._offsets).to(self._device)

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
