"""Gaussian blur of any width, mirrored at the borders."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]

REACH = 4  # deviations of a Gaussian that matter
BLOCK = 1 << 21


def blurred(values: Values, deviation: float) -> Values:
    """Return (..., H, W) values blurred by a Gaussian of `deviation` pixels, as float32."""
    result = np.empty(values.shape, np.float32)
    planes, target = values.reshape(-1, *values.shape[-2:]), result.reshape(-1, *values.shape[-2:])
    for plane, out in zip(planes, target, strict=True):
        along_last(plane, deviation, out)
        along_last(out.T, deviation, out.T)
    return result


def along_last(plane: Values, deviation: float, out: Values) -> None:
    """Blur along the last axis, a few rows at a time; `out` may be `plane`."""
    length = plane.shape[1]
    border = int(np.ceil(REACH * deviation))
    padded = fast_length(length + 2 * border)
    shape = np.exp(-2 * (np.pi * deviation * np.fft.rfftfreq(padded)) ** 2).astype(np.float32)
    rows = max(1, BLOCK // padded)
    for top in range(0, len(plane), rows):
        block = np.pad(plane[top : top + rows], ((0, 0), (border, padded - length - border)), mode="symmetric")
        spectrum = np.fft.rfft(block.astype(np.float32, copy=False))
        out[top : top + rows] = np.fft.irfft(spectrum * shape, padded)[:, border : border + length]


def fast_length(length: int) -> int:
    """Return the next length whose only prime factors are 2, 3 and 5, which transforms quickly."""
    while True:
        rest = length
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return length
        length += 1
