"""What is shown of a canvas that is larger than any screen: the means of its blocks."""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn.functional import avg_pool2d

MOST_SHOWN = 1 << 22  # pixels of all chains: more are no longer shown dot for dot


def reduction(picture: Tensor, most: int = MOST_SHOWN) -> int:
    """Return the side of the blocks whose means are shown of (n, C, H, W); 1 shows every pixel."""
    count, _, height, width = picture.shape
    side = 1
    while count * math.ceil(height / side) * math.ceil(width / side) > most:
        side += 1
    return side


def reduced(picture: Tensor, side: int) -> Tensor:
    """Return the means of blocks of (n, C, H, W), of what there is of a block at the lower and right edges."""
    return picture if side == 1 else avg_pool2d(picture, side, ceil_mode=True, count_include_pad=False)
