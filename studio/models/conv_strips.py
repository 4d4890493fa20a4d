"""The strips in which a convolutional layer works over a canvas, and its filters as matrices for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.conv_grid import ConvCutter, ConvGrid, Size, Wrap, blocks_of

STRIP_CELLS = 8_192  # blocks a filter worked on at once: enough to share out, few enough to stay near the processor
GPU_CELLS = 1 << 20
MOST_CUTTERS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Blocks from row `first` on; strip `index` of its canvas."""

    index: int
    first: int
    cutter: ConvCutter

    @property
    def rows(self) -> slice:
        """Rows of pooling units."""
        return slice(self.first, self.first + self.cutter.grid.rows)

    @property
    def units(self) -> slice:
        """Rows of detection units."""
        block = self.cutter.grid.block
        return slice(self.first * block, (self.first + self.cutter.grid.rows) * block)


class Strips:
    """The cutters of a layer with `filters` filters of side x side pixels, made when they are asked for."""

    def __init__(self, side: int, block: int, channels: int, filters: int) -> None:
        self.side, self.block, self.channels, self.filters = side, block, channels, filters
        self.parts = 1  # in which the pictures of a sweep are worked on: the strips are those of all of them together
        self._cutters: dict[tuple[ConvGrid, torch.device], ConvCutter] = {}

    def strip_numbers(self, cells: int) -> int:
        """How many numbers a processor holds for a strip of so many cells, as many as it takes at once at most."""
        span = self.side + self.block - 1
        return min(cells, STRIP_CELLS) * (span * (span + self.block) * self.channels + self.block**2 * self.filters)

    def over(self, size: Size, batch: int, wrap: Wrap, like: Tensor) -> Iterator[Strip]:
        """Yield the strips of pictures of this size, which their width and number alone decide.

        A cutter's memory is overwritten by whoever asks next. Raises SettingsError where no block fits.
        """
        rows, columns = blocks_of(size, self.side, self.block, wrap)
        if min(rows, columns) < 1:
            raise SettingsError(
                f"A picture of {size[1]} x {size[0]} px has no room for filters of {self.side} px.",
                f"Choose at least {self.side + self.block - 1} px, or smaller filters.",
            )
        most = STRIP_CELLS if like.device.type == "cpu" else GPU_CELLS
        height = max(1, min(rows, most // (columns * batch * self.parts)))
        for index, first in enumerate(range(0, rows, height)):
            part = min(height, rows - first)
            grid = ConvGrid(self.side, self.block, self.channels, rows, columns, batch, part)
            yield Strip(index, first, self.cutter(grid, like))

    def products(self, planes: Tensor, size: Size, matrix: Tensor, wrap: Wrap) -> Iterator[Strip]:
        """Yield the strips of planes that stand for pictures of this size, matrix times patches in each `total`."""
        for strip in self.over(size, planes.shape[5], wrap, planes):
            strip.cutter.gather(planes, strip.first)
            torch.mm(matrix, strip.cutter.patches, out=strip.cutter.total.view(len(matrix), -1))
            yield strip

    def cutter(self, grid: ConvGrid, like: Tensor) -> ConvCutter:
        key = (grid, like.device)
        if key not in self._cutters:
            if len(self._cutters) >= MOST_CUTTERS:
                self._cutters.clear()
            self._cutters[key] = ConvCutter(grid, self.filters, like)
        return self._cutters[key]

    def workspace(self) -> tuple[ConvCutter, ...]:
        """The cutters that are there."""
        return tuple(self._cutters.values())

    def empty(self, size: Size, batch: int, wrap: Wrap, like: Tensor) -> Tensor:
        """Return planes of zeros for pictures of this size."""
        rows, columns = blocks_of(size, self.side, self.block, wrap)
        further = -(-(self.side - 1) // self.block)
        return like.new_zeros((self.block, self.block, self.channels, rows + further, columns + further, batch))

    def spread(self, weights: Tensor) -> Tensor:
        """Filters (K, C, k, k) as each unit of a block sees its patch: (B B K, span span C)."""
        block, k, span = self.block, self.side, self.side + self.block - 1
        spread = weights.new_zeros((block, block, self.filters, span, span, self.channels))
        for y in range(block):
            for x in range(block):
                spread[y, x, :, y : y + k, x : x + k] = weights.permute(0, 2, 3, 1)
        return spread.view(block * block * self.filters, -1)

    def gathered(self, spread: Tensor) -> Tensor:
        """The adjoint of `spread`: (K, C, k, k)."""
        block, k, span = self.block, self.side, self.side + self.block - 1
        apart = spread.reshape(block, block, self.filters, span, span, self.channels)
        parts = [apart[y, x, :, y : y + k, x : x + k] for y in range(block) for x in range(block)]
        return torch.stack(parts).sum(0).permute(0, 3, 1, 2).contiguous()

    def upward(self, weights: Tensor, bias: Tensor, gain: float | Tensor) -> Tensor:
        """What patches and their 1 are multiplied with for gain (corr(v, W) + b): (B B K, span span C + 1)."""
        column = bias.repeat(self.block**2)[:, None]
        return torch.cat((self.spread(weights), column), 1).mul_(gain)

    def downward(self, weights: Tensor) -> Tensor:
        """What hiddens are multiplied with for full_conv(h, W): (span span C, B B K)."""
        return self.spread(weights).t().contiguous()
