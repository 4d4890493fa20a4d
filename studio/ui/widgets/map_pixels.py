"""Maps as pixels: all of a layer side by side, and one of them as light on the picture it was made of."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from studio.jobs.frames import LayerMaps

Values = NDArray[np.float32]

DARK = 0.35  # of the brightness of the picture, where a filter does not answer
STRONG = 99.5  # percent of all answers are no stronger than what is white: one at the border is not to dim all others


def map_bytes(maps: Values, white: float) -> NDArray[np.uint8]:
    """Return (K, rows, columns) as (K, rows, columns, 1) uint8, answers of `white` and stronger ones white."""
    pixels: NDArray[np.uint8] = np.rint(255 * brightness(maps, white)).astype(np.uint8)[..., None]
    return pixels


def white_of(maps: Values) -> float:
    """Return how strong an answer of a layer is white."""
    known = np.nan_to_num(maps)
    strong = float(np.percentile(known, STRONG)) if known.size else 0.0
    return strong if strong > 0 else float(known.max(initial=0))


def brightness(maps: Values, white: float) -> Values:
    """Return answers as an eye takes them in, 0..1: most are weak, and the square root tells those apart."""
    shares = np.nan_to_num(maps) / np.float32(white if white > 0 else 1)
    bright: Values = np.sqrt(np.clip(shares, 0, 1), dtype=np.float32)
    return bright


def smaller(picture: Values, side: int) -> tuple[Values, int]:
    """Return a picture (H, W, C) by the means of its blocks, about `side` pixels at most, and the side of a block."""
    height, width, channels = picture.shape
    block = max(1, max(height, width) // side)
    rows, columns = height // block, width // block
    if block == 1 or not rows or not columns:
        return picture, 1
    blocks = picture[: rows * block, : columns * block].reshape(rows, block, columns, block, channels)
    return blocks.mean(axis=(1, 3), dtype=np.float32), block


def lit(picture: Values, block: int, layer: LayerMaps, number: int, white: float) -> Values:
    """Return a picture whose pixels stand for `block` of them a side, bright where a filter answers.

    A unit lights what it sees, the stronger of two where both see the same.
    """
    found = brightness(layer.maps[number], white)
    for axis in (0, 1):
        found = spread(found, axis, picture.shape[axis], block, layer)
    light = DARK + (1 - DARK) * found
    bright: Values = np.multiply(picture, light[..., None], dtype=np.float32)
    return bright


def spread(values: Values, axis: int, length: int, block: int, layer: LayerMaps) -> Values:
    """Return one axis of a map at the pixels of a picture, each unit over what it sees: full in the middle half."""
    units, reach = values.shape[axis], layer.field / 2 / layer.stride
    at = ((np.arange(length) + 0.5) * block - layer.field / 2) / layer.stride
    nearest, furthest = np.rint(at).astype(np.intp), math.ceil(reach)
    across = (-1, 1) if axis == 0 else (1, -1)
    found = np.zeros([length if one == axis else side for one, side in enumerate(values.shape)], np.float32)
    for unit in (nearest + offset for offset in range(-furthest, furthest + 1)):
        weight = np.clip(2 - 2 * np.abs(at - unit) / reach, 0, 1) * ((unit >= 0) & (unit < units))
        seen = np.take(values, np.clip(unit, 0, units - 1), axis)
        np.maximum(found, seen * weight.astype(np.float32).reshape(across), out=found)
    return found
