"""Where a tiled dream stands: whole tiles on a torus, beside the size that is shown of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from studio.models.chain import Controls, Size, State
from studio.models.tiles import to_picture, to_planes
from studio.models.torus import resampled

Wrap = tuple[bool, bool]


@dataclass(frozen=True, slots=True, eq=False)
class TiledState(State):
    """`visible` and `mean` are planes (n, n, C, rows, columns, batch) of whole tiles; `size` is what is shown.

    Along a side that wraps, the tiles are those of the nearest multiple, and
    the picture is resampled round the torus. Along one that does not, they are
    one more than the size needs, and the rest is cut off: what was shown meets
    itself nowhere. `known` and `mask` are the clamped pixels as they were given.
    """

    size: Size = (0, 0)
    wrap: Wrap = (True, True)
    known: Tensor | None = None
    mask: Tensor | None = None


def tiles_for(size: Size, tile: int, wrap: Wrap) -> tuple[int, int]:
    """Return rows and columns of tiles that a canvas of this size is sampled with."""
    rows, columns = (
        max(1, round(side / tile)) if meets else -(-side // tile) + 1 for side, meets in zip(size, wrap, strict=True)
    )
    return rows, columns


def canvas_size(size: Size, tile: int, wrap: Wrap) -> Size:
    """Return the size in pixels that a canvas is sampled at."""
    rows, columns = tiles_for(size, tile, wrap)
    return rows * tile, columns * tile


def shown(planes: Tensor, size: Size, wrap: Wrap) -> Tensor:
    """Return planes as pictures (batch, C, H, W) of the shown size."""
    n, (rows, columns) = len(planes), planes.shape[3:5]
    height = rows * n if wrap[0] else size[0]
    width = columns * n if wrap[1] else size[1]
    return resampled(to_picture(planes)[:, :, :height, :width], size)


def laid(picture: Tensor, size: Size, tile: int, wrap: Wrap) -> Tensor:
    """Return a picture (batch, C, H, W) of the shown size as planes; what a cut-off margin holds is 0."""
    whole = canvas_size(size, tile, wrap)
    inner = (whole[0] if wrap[0] else size[0], whole[1] if wrap[1] else size[1])
    picture = resampled(picture.to(torch.float32), inner)
    return to_planes(pad(picture, (0, whole[1] - inner[1], 0, whole[0] - inner[0])), tile)


def clamps(controls: Controls, size: Size, channels: int, tile: int, wrap: Wrap) -> tuple[Tensor, Tensor] | None:
    """Return the clamped values and where they are, as planes with a batch of 1 or of all; None when all is free."""
    if controls.known is None or controls.mask is None:
        return None
    known = laid(broadcast(controls.known, channels, size), size, tile, wrap)
    mask = laid(broadcast(controls.mask, channels, size), size, tile, wrap)
    return known, mask > 0.5


def broadcast(picture: Tensor, channels: int, size: Size) -> Tensor:
    """Return anything that broadcasts to pictures as (1 or n, C, H, W)."""
    count = len(picture) if picture.dim() == 4 else 1
    return picture.expand(count, channels, *size)
