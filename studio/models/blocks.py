"""Pictures and the means of their 2 x 2 blocks: one step of a pyramid, up and down."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d


def block_means(picture: Tensor) -> Tensor:
    """Return the means of 2 x 2 blocks of (n, C, H, W), sides even: (n, C, H/2, W/2)."""
    return avg_pool2d(picture, 2)


def spread(means: Tensor) -> Tensor:
    """Return (n, C, h, w) with each value in all four pixels of its block: four times the adjoint of `block_means`."""
    return means.repeat_interleave(2, 2).repeat_interleave(2, 3)


def with_means(picture: Tensor, means: Tensor) -> Tensor:
    """Return the picture nearest to (n, C, H, W) whose block means are the given ones.

    For independent Gaussian pixels of one deviation a channel this turns a
    draw into a draw given its block means, exactly: what is added is constant
    in each block, and what stays is independent of it.
    """
    return picture + spread(means - block_means(picture))


def wholly_known(mask: Tensor) -> Tensor:
    """Return for (n, C, H, W) of zeros and ones which blocks are ones only: booleans (n, C, H/2, W/2)."""
    return block_means(mask.to(torch.float32)) == 1
