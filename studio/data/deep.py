"""Grey of 16 bits or floating point to 8 bits, where Pillow's own conversion would clip to white."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.data.reading import UnreadableError

Box = tuple[int, int, int, int]
Scale = Callable[[Image.Image], Image.Image]


def scale_of(image: Image.Image, boxes: Iterable[Box]) -> Scale:
    """Return what brings any part of the image to mode L, by the range of all of it."""
    low, high = extremes(image, boxes)
    if image.mode == "F":
        if low < 0 or high > 255:
            raise UnreadableError(f"its values run from {low:.4g} to {high:.4g}, not 0 to 1 or 0 to 255")
        return lambda part: grey(np.rint(np.asarray(part) * 255 if high <= 1 else np.asarray(part)))
    if low < 0 or high > 65535:
        raise UnreadableError(f"its values run from {low:.0f} to {high:.0f}, not 0 to 65535")
    return lambda part: grey((np.asarray(part).astype(np.uint32) + 128) // 257)


def extremes(image: Image.Image, boxes: Iterable[Box]) -> tuple[float, float]:
    """Return the least and the largest value, looked for in one box after another."""
    found: list[float] = []
    for box in boxes:
        values = np.asarray(image.crop(box))
        if image.mode == "F" and not np.isfinite(values).all():
            raise UnreadableError("it holds values that are not numbers")
        found += [float(values.min()), float(values.max())]
    return min(found), max(found)


def grey(values: NDArray[Any]) -> Image.Image:
    return Image.fromarray(values.astype(np.uint8))
