"""The filter that whitens natural pictures, its damped inverse on a torus, and contrast around each pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.data.blur import blurred, fast_length

Values = NDArray[np.float32]
Wrap = tuple[bool, bool]  # bottom meets top, right meets left

REACH = 128  # mirrored pixels beyond an end when the filter is undone; its inverse hardly reaches further
BORDER = 32  # mirrored pixels around a picture; the filter hardly reaches further


def response(height: int, width: int, shape: Values) -> Values:
    """Return rho exp(-(rho / cutoff)^steepness) at the frequencies of a real transform, (height, width // 2 + 1)."""
    rho = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    return np.asarray(rho * np.exp(-((rho / shape[0]) ** shape[1])), np.float32)


def strength(shape: Values) -> float:
    """Return about which deviation the filter leaves of white noise of deviation 1."""
    return float(np.sqrt(np.mean(np.square(response(2 * BORDER, 2 * BORDER, shape)))))


def filtered(planes: Values, shape: Values) -> Values:
    """Return (..., H, W) planes with a flat spectrum, mirrored at their borders."""
    height, width = planes.shape[-2:]
    tall, wide = fast_length(height + 2 * BORDER), fast_length(width + 2 * BORDER)
    borders = [(BORDER, tall - height - BORDER), (BORDER, wide - width - BORDER)]
    gains = response(tall, wide, shape)
    result = np.empty(planes.shape, np.float32)
    flat, out = planes.reshape(-1, height, width), result.reshape(-1, height, width)
    for plane, target in zip(flat, out, strict=True):
        spectrum = np.fft.rfft2(np.pad(plane, borders, mode="symmetric"))
        spectrum *= gains
        target[...] = np.fft.irfft2(spectrum, (tall, wide))[BORDER : BORDER + height, BORDER : BORDER + width]
    return result


def unfiltered(planes: Values, shape: Values, wrap: Wrap = (True, True)) -> Values:
    """Return what (..., H, W) planes were before the filter, as far as it let it through, of mean 0.

    Wiener's inverse r / (r^2 + damping^2) leaves out what the filter all but removed.
    It reaches far: where bottom and top, or right and left, do not meet, planes are mirrored there.
    """
    top, left = planes.shape[-2:]
    for axis, meets in ((-2, wrap[0]), (-1, wrap[1])):
        if not meets:
            planes = np.take(planes, mirrored(planes.shape[axis]), axis)
    height, width = planes.shape[-2:]
    gains = response(height, width, shape)
    gains /= np.square(gains) + shape[3] ** 2
    spectrum = np.fft.rfft2(planes.astype(np.float32, copy=False))
    spectrum *= gains
    return np.asarray(np.fft.irfft2(spectrum, (height, width))[..., :top, :left], np.float32)


def mirrored(side: int) -> NDArray[np.int64]:
    """Return the places of a side, then of its mirror image behind its end and before its beginning, on a circle."""
    room = min(side, 2 * REACH)
    behind, before = room - room // 2, room // 2
    places = np.arange(side)
    return np.concatenate([places, places[::-1][:behind], places[:before][::-1]])


def local_deviation(planes: Values, shape: Values) -> Values:
    """Return the root mean square around each pixel of (..., H, W) planes of mean 0."""
    squares = blurred(np.square(planes), float(shape[2]))
    return np.sqrt(np.maximum(squares, 0, out=squares), out=squares)
