"""What one step of a time-lapse looks like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class LapsePicture:
    """The filters of a step as a sheet and a dream from a fixed seed, (H, W, C) uint8; None where it cannot dream."""

    step: int
    filters: NDArray[np.uint8]
    dream: NDArray[np.uint8] | None = None
