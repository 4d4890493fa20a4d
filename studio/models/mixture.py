"""Filters are shared, biases belong to a texture (Kivinen & Williams 2012): the biases of several, and mixtures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from studio.models.tiles import Offset


class Biases(Protocol):
    """What hidden and visible biases are on some rows of tiles of a canvas."""

    def hidden_at(self, of: slice, first: int, rows: int) -> Tensor:
        """Return b of the tiles at some offsets, broadcast to (offsets, filters, rows, columns, batch)."""

    def visible_at(self, first: int, rows: int) -> Tensor:
        """Return c of the pixels, broadcast to planes (n, n, C, rows, columns, batch)."""


@dataclass(frozen=True, slots=True, eq=False)
class EvenBiases:
    """The same biases everywhere on a picture, of one texture or of a mixture of them.

    `hidden` is (offsets, filters, batch or 1), `visible` (C, batch or 1).
    """

    hidden: Tensor
    visible: Tensor

    def hidden_at(self, of: slice, _first: int, _rows: int) -> Tensor:
        return self.hidden[of, :, None, None]

    def visible_at(self, _first: int, _rows: int) -> Tensor:
        return self.visible[None, None, :, None, None]


@dataclass(frozen=True, slots=True, eq=False)
class MappedBiases:
    """Biases mixed anew at each place of a canvas of `rows` x `columns` tiles, as a map says.

    `hidden` is (T, offsets, filters), `visible` (T, C), `lean` (T, H, W): the
    share of each texture at each shown pixel. A tile takes the mixture at its
    centre, a pixel the one it lies on. Along sides that wrap, the map is
    stretched over the torus as the picture is; along others, what lies beyond
    the map is as its edge.
    """

    hidden: Tensor
    visible: Tensor
    lean: Tensor
    offsets: Sequence[Offset]
    tile: int
    rows: int
    columns: int
    wrap: tuple[bool, bool]

    def hidden_at(self, of: slice, first: int, rows: int) -> Tensor:
        centre = (self.tile - 1) / 2
        moved = torch.tensor(self.offsets[of], dtype=torch.float64) + centre
        down = moved[:, :1] + self.tile * torch.arange(first, first + rows)
        across = moved[:, 1:] + self.tile * torch.arange(self.columns)
        shares = self._shares(down[:, :, None], across[:, None, :])  # (T, offsets, rows, columns)
        return mixed(shares[:, :, None], self.hidden[:, of, :, None, None])[..., None]

    def visible_at(self, first: int, rows: int) -> Tensor:
        within = torch.arange(self.tile, dtype=torch.float64)[:, None]
        down = within + self.tile * torch.arange(first, first + rows)
        across = within + self.tile * torch.arange(self.columns)
        shares = self._shares(down[:, None, :, None], across[None, :, None, :])  # (T, n, n, rows, columns)
        return mixed(shares[:, :, :, None], self.visible[:, None, None, :, None, None])[..., None]

    def _shares(self, down: Tensor, across: Tensor) -> Tensor:
        """Return the map at pixels of the canvas, linear between its own: (T, ...)."""
        sides = zip((down, across), self.lean.shape[1:], (self.rows, self.columns), self.wrap, strict=True)
        (top, bottom, lower), (left, right, further) = (
            (part.to(self.lean.device) for part in neighbours(places, side, count * self.tile, meets))
            for places, side, count, meets in sides
        )
        # In this form a map of one value stays that value, to the bit.
        above, below = (between(self.lean[:, row, left], self.lean[:, row, right], further) for row in (top, bottom))
        return between(above, below, lower)


def mixed(shares: Tensor, values: Tensor) -> Tensor:
    """Return the sum of values (T, ...) in shares (T, ...), added in their order."""
    total = shares[0] * values[0]
    for share, value in zip(shares[1:], values[1:], strict=True):
        total = total + share * value
    return total


def neighbours(places: Tensor, side: int, canvas: int, meets: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Return a map's pixels before and after each place on a side of a canvas, and how far it lies on the way."""
    places = places % canvas
    if meets:
        at = (places + 0.5) * side / canvas - 0.5
        first = at.floor()
        return first.long() % side, (first.long() + 1) % side, (at - first).float()
    at = places.clamp(max=side - 1)
    first = at.floor()
    return first.long(), (first.long() + 1).clamp(max=side - 1), (at - first).float()


def between(first: Tensor, second: Tensor, fraction: Tensor) -> Tensor:
    return first + fraction * (second - first)
