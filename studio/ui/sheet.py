"""Which pictures stand for a set on its contact sheet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.data.describe import sheet_indices
from studio.data.imageset import ImageSet


def sheet_choice(images: ImageSet | None, count: int) -> tuple[list[NDArray[np.uint8]], list[str]]:
    """Return at most `count` pictures (H, W, C), evenly spread over the set, and their names."""
    if images is None or not len(images):
        return [], []
    indices = sheet_indices(images, count)
    return [images.pixels[index].transpose(1, 2, 0) for index in indices], [images.names[index] for index in indices]
