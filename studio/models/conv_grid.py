"""Patches of pictures for convolutions by matrix products, one patch for each pooling block.

A block of B x B detection units sees (k + B - 1)^2 pixels. Cutting one patch a
block, not one a unit, moves B x B times less memory for hardly more
operations, and puts the units of a block into rows of their own. Pictures are
kept as B x B planes a channel (every B-th pixel of every B-th row), in which the
numbers of neighbouring patches lie side by side: patches are copied in long runs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

Wrap = tuple[bool, bool]  # bottom meets top, right meets left
Size = tuple[int, int]  # height, width
Stack = tuple[tuple[int, int], ...]  # side of the filters and of the pooling blocks of each layer


@dataclass(frozen=True, slots=True)
class ConvGrid:
    """`rows` x `columns` pooling blocks, part of a canvas of `height` rows, in `batch` pictures.

    Planes are (B, B, C, height + reach, (columns + reach) * batch), where reach is
    how many blocks further a filter sees; patches (span, span, C, rows, columns * batch).
    """

    side: int
    block: int
    channels: int
    height: int
    columns: int
    batch: int
    rows: int

    @property
    def reach(self) -> int:
        return reach(self.side, self.block)

    @property
    def span(self) -> int:
        """Side of a patch in pixels."""
        return self.side + self.block - 1

    @property
    def pixels(self) -> int:
        """Numbers of a patch."""
        return self.span * self.span * self.channels

    @property
    def run(self) -> int:
        return self.columns * self.batch

    @property
    def pitch(self) -> int:
        return (self.columns + self.reach) * self.batch

    @property
    def cells(self) -> int:
        """Pooling blocks of a filter in the strip."""
        return self.rows * self.run

    def starts(self) -> Iterator[int]:
        """Yield where in the planes the run of each number of a patch begins, row by row of blocks."""
        plane = (self.height + self.reach) * self.pitch
        for down in range(self.span):
            for right in range(self.span):
                first = (down % self.block * self.block + right % self.block) * self.channels
                moved = down // self.block * self.pitch + right // self.block * self.batch
                for channel in range(self.channels):
                    for row in range(self.rows):
                        yield (first + channel) * plane + moved + row * self.pitch


class ConvCutter:
    """Cuts a strip of patches out of planes and adds them back, in memory that is used again at each step.

    `patches` is (span span C + 1, cells), its last row always 1, so that a
    product adds the bias; `total` is (B B, filters, cells). For one thread.
    """

    def __init__(self, grid: ConvGrid, filters: int, like: Tensor) -> None:
        self.grid = grid
        self.patches = like.new_ones((grid.pixels + 1, grid.cells))
        self.total = like.new_empty((grid.block**2, filters, grid.cells))
        self._starts = torch.tensor(list(grid.starts()), dtype=torch.int64, device=like.device)
        self._moved = like.new_empty((grid.span, grid.block, grid.channels, grid.rows, grid.pitch))

    def gather(self, planes: Tensor, first: int) -> None:
        """Copy the patches of the blocks from row `first` on into `patches`."""
        grid, offset = self.grid, first * self.grid.pitch
        # Every run of numbers as a row of one overlapping view: a single call gathers all.
        runs = planes.as_strided((planes.numel() - offset - grid.run + 1, grid.run), (1, 1), offset)
        torch.index_select(runs, 0, self._starts, out=self.patches[:-1].view(-1, grid.run))

    def scatter(self, planes: Tensor, first: int) -> None:
        """Add `patches` to the planes where `gather` takes them from: its exact adjoint."""
        grid, moved, n = self.grid, self._moved, self.grid.batch
        patches = self.patches[:-1].view(grid.span, grid.span, grid.channels, grid.rows, grid.run)
        moved.zero_()
        # First along rows, then down: twice as many copies as a patch has rows, not one for each of its pixels.
        for far in range(grid.reach + 1):
            near = slice(grid.block * far, min(grid.block * (far + 1), grid.span))
            moved[:, : near.stop - near.start, :, :, far * n : far * n + grid.run] += patches[:, near]
        target = planes.view(grid.block, grid.block, grid.channels, -1, grid.pitch)
        for far in range(grid.reach + 1):
            near = slice(grid.block * far, min(grid.block * (far + 1), grid.span))
            target[: near.stop - near.start, :, :, first + far : first + far + grid.rows] += moved[near]


def reach(side: int, block: int) -> int:
    """Return how many blocks beyond its own a filter of `side` pixels sees."""
    return -(-(side - 1) // block)


def blocks_of(size: Size, side: int, block: int, wrap: Wrap) -> tuple[int, int]:
    """Return rows and columns of pooling blocks over a canvas; whole where it wraps, what filters cover where not."""
    rows, columns = (
        (length if meets else length - side + 1) // block for length, meets in zip(size, wrap, strict=True)
    )
    return rows, columns


def valid_size(size: Size, stack: Stack, wrap: Wrap) -> Size:
    """Return the nearest size, not smaller where it does not wrap, with whole blocks in every layer."""
    height, width = (valid_length(length, stack, meets) for length, meets in zip(size, wrap, strict=True))
    return height, width


def valid_length(length: int, stack: Stack, meets: bool) -> int:
    """Return the nearest length, not smaller unless it meets itself, that `stack` fits."""
    if meets:
        multiple = math.prod(block for _, block in stack)
        return max(1, round(length / multiple)) * multiple
    for side, block in stack:
        length = max(1, -(-(length - side + 1) // block))
    for side, block in reversed(stack):
        length = length * block + side - 1
    return length


def to_planes(picture: Tensor, side: int, block: int, wrap: Wrap) -> Tensor:
    """Return pictures (batch, C, H, W) of a valid size as planes (B, B, C, rows, columns, batch).

    Planes go on as far as a filter sees: round the torus where sides meet, elsewhere with zeros that no filter sees.
    """
    rows, columns = blocks_of((picture.shape[2], picture.shape[3]), side, block, wrap)
    further = reach(side, block)
    for dimension, blocks in ((2, rows), (3, columns)):
        length, wanted = picture.shape[dimension], (blocks + further) * block
        if wrap[dimension - 2]:
            around = torch.arange(wanted, device=picture.device) % length
            picture = picture.index_select(dimension, around)
        else:
            beyond = wanted - length
            picture = pad(picture, (0, beyond) if dimension == 3 else (0, 0, 0, beyond))
    cut: Tensor = torch.unflatten(torch.unflatten(picture, 3, (-1, block)), 2, (-1, block))
    return cut.permute(3, 5, 1, 2, 4, 0).contiguous()


def to_picture(planes: Tensor, size: Size, wrap: Wrap) -> Tensor:
    """Return planes as pictures (batch, C, H, W), what lies beyond added where it meets: the adjoint of `to_planes`."""
    picture = planes.permute(5, 2, 3, 0, 4, 1).flatten(4, 5).flatten(2, 3)
    for dimension, length in ((2, size[0]), (3, size[1])):
        whole = picture.narrow(dimension, 0, length).clone()
        if wrap[dimension - 2]:
            for start in range(length, picture.shape[dimension], length):
                part = min(length, picture.shape[dimension] - start)
                whole.narrow(dimension, 0, part).add_(picture.narrow(dimension, start, part))
        picture = whole
    return picture.contiguous()


def to_maps(total: Tensor, grid: ConvGrid) -> Tensor:
    """Return (B B, filters, cells) as maps (batch, filters, rows B, columns B)."""
    apart = total.view(grid.block, grid.block, -1, grid.rows, grid.columns, grid.batch)
    return apart.permute(5, 2, 3, 0, 4, 1).flatten(4, 5).flatten(2, 3)


def from_maps(maps: Tensor, grid: ConvGrid) -> Tensor:
    """Return maps (batch, filters, rows B, columns B) as (B B, filters, cells)."""
    apart = torch.unflatten(torch.unflatten(maps, 3, (-1, grid.block)), 2, (-1, grid.block))
    return apart.permute(3, 5, 1, 2, 4, 0).reshape(grid.block**2, maps.shape[1], grid.cells)
