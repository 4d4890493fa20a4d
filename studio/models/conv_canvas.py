"""Where a convolutional dream stands: a canvas of whole pooling blocks, beside the size that is shown of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from studio.models.chain import Controls, Size, State
from studio.models.conv_grid import Stack, Wrap, valid_size
from studio.models.torus import resampled


@dataclass(frozen=True, slots=True, eq=False)
class ConvState(State):
    """`visible` and `mean` are (n, C, H, W) of a size whose maps are whole blocks; `size` is what is shown.

    Along a side that wraps this is the nearest multiple of the block, and the
    picture is resampled round the torus. Along one that does not, the canvas
    ends where the last filter does, and what is more than `size` is cut off.
    """

    size: Size = (0, 0)
    wrap: Wrap = (True, True)
    known: Tensor | None = None
    mask: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Canvas:
    """How pictures of a shown size lie on the canvas that is sampled."""

    size: Size
    stack: Stack
    wrap: Wrap

    @property
    def whole(self) -> Size:
        """The size in pixels that is sampled."""
        return valid_size(self.size, self.stack, self.wrap)

    @property
    def inner(self) -> Size:
        """The part of it that is shown, before it is resampled."""
        (height, width), (rows, columns) = self.size, self.whole
        return rows if self.wrap[0] else height, columns if self.wrap[1] else width

    def shown(self, sampled: Tensor) -> Tensor:
        """Return what is shown of a sampled canvas (n, C, H, W)."""
        height, width = self.inner
        return resampled(sampled[:, :, :height, :width], self.size)

    def laid(self, picture: Tensor, mode: str = "replicate") -> Tensor:
        """Return a picture of the shown size on the canvas; its border is repeated beyond it, or 0 is put there."""
        inner, whole = self.inner, self.whole
        picture = resampled(picture.to(torch.float32), inner)
        beyond = (0, whole[1] - inner[1], 0, whole[0] - inner[0])
        return pad(picture, beyond, mode=mode) if any(beyond) else picture

    def clamps(self, controls: Controls, channels: int) -> tuple[Tensor, Tensor] | None:
        """Return the clamped values and where they are on the canvas; None when all is free."""
        if controls.known is None or controls.mask is None:
            return None
        known = self.laid(broadcast(controls.known, channels, self.size))
        return known, self.laid(broadcast(controls.mask, channels, self.size), "constant") > 0.5


def broadcast(picture: Tensor, channels: int, size: Size) -> Tensor:
    """Return anything that broadcasts to pictures as (1 or n, C, H, W)."""
    count = len(picture) if picture.dim() == 4 else 1
    return picture.expand(count, channels, *size)
