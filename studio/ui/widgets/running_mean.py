"""The calm view of a flickering chain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MEMORY = 16


class RunningMean:
    """Averages pictures over about the last `MEMORY` of them.

    A pixel that flips at random from frame to frame then varies by about a tenth
    around its mean, below the step in brightness that counts as a flash.
    """

    def __init__(self) -> None:
        self._mean: NDArray[np.float32] | None = None
        self._count = 0

    def add(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the mean with `pictures` in it; other shapes start anew. The result is reused by the next call."""
        if self._mean is None or self._mean.shape != pictures.shape:
            self._mean, self._count = np.array(pictures, np.float32), 1
            return self._mean
        self._count = min(self._count + 1, MEMORY)
        # A picture with NaN must not stay in the mean for ever.
        np.nan_to_num(self._mean, copy=False, nan=0.5)
        self._mean += (pictures - self._mean) / np.float32(self._count)
        return self._mean

    def clear(self) -> None:
        self._mean = None
        self._count = 0
