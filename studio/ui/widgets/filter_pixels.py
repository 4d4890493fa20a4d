"""Filters as pixels, quickly enough for a sheet of two thousand of them while the model learns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.data.sheet import diverging, filter_pictures
from studio.ui.images import to_bytes


def filter_bytes(filters: NDArray[np.float32], mode: str) -> NDArray[np.uint8]:
    """Return (n, H, W, C) weights as (n, H, W, 1 or 3) uint8; "rgb" falls back to grey without three channels."""
    if mode == "rgb" and filters.shape[3] == 3:
        return to_bytes(filter_pictures(filters, "rgb"))
    grey = to_bytes(filter_pictures(filters, "grey")[..., :1])
    if mode != "diverging":
        return grey
    # 256 colours looked up cost a fraction of as many interpolations as there are weights.
    colours = to_bytes(diverging(np.linspace(-1, 1, 256, dtype=np.float32))[np.newaxis])[0]
    return np.ascontiguousarray(colours[grey[..., 0]])
