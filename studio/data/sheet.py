"""Sheets of many small pictures, and weights as pictures."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
Mode = Literal["grey", "diverging", "rgb"]

# Blue below zero, near black at zero, orange above: strokes glow, and nothing is red against green.
STOPS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
COLOURS = np.array([[0.72, 0.88, 1.00], [0.18, 0.45, 0.78], [0.07, 0.07, 0.07], [0.80, 0.38, 0.10], [1.00, 0.88, 0.62]])


def grid(pictures: Values, columns: int | None = None, gap: int = 1, background: float = 0.5) -> Values:
    """Lay (n, H, W, C) pictures side by side, row after row, as one (H', W', C).

    `columns` is about the square root of n when not given; `gap` pixels of
    `background` lie between pictures and around them.
    """
    count, height, width, channels = pictures.shape
    across = max(1, min(columns or math.ceil(math.sqrt(count)), max(count, 1)))
    down = max(1, math.ceil(count / across))
    sheet = np.full((down * (height + gap) + gap, across * (width + gap) + gap, channels), background, np.float32)
    for index, picture in enumerate(pictures):
        row, column = divmod(index, across)
        top, left = gap + row * (height + gap), gap + column * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def filter_pictures(filters: Values, mode: Mode = "grey") -> Values:
    """Return (n, H, W, C) weights as (n, H, W, 3) colours in 0..1, each filter scaled by its own largest magnitude.

    Zero is mid-grey in grey and rgb, near black in diverging. Filters of
    another count than three channels cannot be rgb and are shown grey.
    """
    flat = np.abs(filters).reshape(len(filters), -1)
    largest = flat.max(axis=1, initial=0)
    scaled = filters / np.where(largest > 0, largest, 1)[:, None, None, None]
    if mode == "rgb" and filters.shape[3] == 3:
        return np.asarray(0.5 + 0.5 * scaled, np.float32)
    single = scaled.mean(axis=3)
    if mode == "diverging":
        return diverging(single)
    return np.asarray(np.repeat((0.5 + 0.5 * single)[..., None], 3, axis=3), np.float32)


def diverging(values: Values) -> Values:
    """Return values in -1..1 as colours in 0..1, with one more axis of 3."""
    parts = [np.interp(values, STOPS, COLOURS[:, channel]) for channel in range(3)]
    return np.stack(parts, axis=-1).astype(np.float32)
