"""Pictures on a torus brought to another size, so that what was seamless stays so."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.models.doubles import home_of_doubles

TAPS = 4
BAND = 1 << 20  # numbers of the result at once: what is added up stays near the processor


def resampled(picture: Tensor, size: tuple[int, int]) -> Tensor:
    """Return (n, C, H, W) at another size, by cubic interpolation round the torus (Keys 1981)."""
    for dimension, length in ((2, size[0]), (3, size[1])):
        if picture.shape[dimension] != length:
            picture = along(picture, dimension, length)
    return picture


def along(picture: Tensor, dimension: int, length: int) -> Tensor:
    """Resample one dimension: four neighbours of each new place, weighted."""
    before = picture.shape[dimension]
    home = home_of_doubles(picture.device)
    place = (torch.arange(length, dtype=torch.float64, device=home) + 0.5) * before / length - 0.5
    first = place.floor()
    fraction = (place - first).to(torch.float32).to(picture.device)
    shape = [1, 1, 1, 1]
    shape[dimension] = length
    weights = [cubic(fraction - (tap - 1)).view(shape) for tap in range(TAPS)]
    begin = first.to(torch.int64).to(picture.device)
    indices = [(begin + tap - 1) % before for tap in range(TAPS)]
    size = list(picture.shape)
    size[dimension] = length
    result = picture.new_empty(size)
    rows = max(1, BAND // (result.numel() // size[2]))
    for top in range(0, size[2], rows):
        band = slice(top, top + rows)
        for tap, (weight, index) in enumerate(zip(weights, indices, strict=True)):
            if dimension == 2:
                part = picture.index_select(2, index[band]).mul_(weight[:, :, band])
            else:
                part = picture[:, :, band].index_select(3, index).mul_(weight)
            if tap == 0:
                result[:, :, band] = part
            else:
                result[:, :, band] += part
    return result


def cubic(x: Tensor) -> Tensor:
    """Keys' kernel with a = -1/2: exact for parabolas, sums to one."""
    x = x.abs()
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x <= 1, near, torch.where(x < 2, far, torch.zeros_like(x)))
