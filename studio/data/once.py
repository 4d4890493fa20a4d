"""What a model sees of whole pictures, made once: whitening them anew at each step costs as much as learning."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.transform import PictureTransform

Values = NDArray[np.float32]

MOST_BYTES = 256 << 20  # of pictures kept ready made


class Once:
    """Pictures as a transform makes them, each when it is first asked for."""

    def __init__(self, images: ImageSet, transform: PictureTransform) -> None:
        self._pixels = images.pixels
        self._transform = transform
        self._made = np.empty(images.pixels.shape, np.float32)  # takes up room where it is written
        self._there = np.zeros(len(images.pixels), np.bool_)

    def take(self, indices: NDArray[np.int64]) -> Values:
        """Return the pictures at these indices, (n, C, H, W), fresh and writeable."""
        for index in np.unique(indices[~self._there[indices]]):
            # One by one: what is made of a picture is not to depend on those it came with.
            values = np.multiply(self._pixels[index], np.float32(1 / 255), dtype=np.float32)
            self._made[index] = self._transform.apply(values, out=values)
        self._there[indices] = True
        return self._made.take(indices, axis=0)


def bytes_of(images: ImageSet) -> int:
    """How many bytes all pictures take once they are made."""
    return images.pixels.size * np.dtype(np.float32).itemsize
