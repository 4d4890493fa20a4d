"""Two pictures as one: parted by a line, their difference, or side by side."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from studio.ui.widgets.canvas import SURROUND

Pixels = NDArray[np.uint8]
GAP = 4


class Way(StrEnum):
    """How two pictures are compared; FLICKER shows one after the other, LOUPE both enlarged at one place."""

    SLIDER = "slider"
    FLICKER = "flicker"
    DIFFERENCE = "difference"
    BESIDE = "beside"
    LOUPE = "loupe"


def alike(one: Pixels, other: Pixels) -> tuple[Pixels, Pixels]:
    """Return two pictures (H, W, C) at one size and number of channels; what one does not cover is grey."""
    height, width = (max(pair) for pair in zip(one.shape[:2], other.shape[:2], strict=True))
    channels = max(one.shape[2], other.shape[2])
    return laid(one, height, width, channels), laid(other, height, width, channels)


def laid(picture: Pixels, height: int, width: int, channels: int) -> Pixels:
    if picture.shape == (height, width, channels):
        return picture
    canvas = np.full((height, width, channels), SURROUND.red(), np.uint8)
    canvas[: picture.shape[0], : picture.shape[1]] = picture  # one grey channel spreads over three
    return canvas


def composed(one: Pixels, other: Pixels, way: Way, share: float, second: bool = False) -> Pixels:
    """Return what is shown of two pictures (H, W, C), parted at `share` of the width, or the `second` in its turn."""
    one, other = alike(one, other)
    if way is Way.SLIDER:
        column = round(share * one.shape[1])
        return np.concatenate((one[:, :column], other[:, column:]), 1)
    if way in (Way.FLICKER, Way.LOUPE):
        return other if second else one
    if way is Way.DIFFERENCE:
        difference: Pixels = np.abs(one.astype(np.int16) - other).astype(np.uint8)
        return difference
    between = np.full((one.shape[0], GAP, one.shape[2]), SURROUND.red(), np.uint8)
    return np.concatenate((one, between, other), 1)
