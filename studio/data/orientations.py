"""The eight ways a picture can lie, and where a crop of it then is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.data.spec import Flips, Preprocess

MIRRORED = 4  # orientation = quarter turns to the left, after mirroring where 4 is added


def allowed(preprocess: Preprocess) -> NDArray[np.int64]:
    """Return the orientations that random flips and quarter turns lead to, equally likely."""
    found = {0}
    if preprocess.flips in (Flips.HORIZONTAL, Flips.BOTH):
        found |= {MIRRORED}
    if preprocess.flips in (Flips.VERTICAL, Flips.BOTH):
        found |= {MIRRORED | 2} | ({2} if preprocess.flips is Flips.BOTH else set())
    if preprocess.quarter_turns:
        found = {item & MIRRORED | turn for item in found for turn in range(4)}
    return np.array(sorted(found), np.int64)


def oriented(picture: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return a view of (C, H, W) as it lies in this orientation."""
    seen = picture[:, :, ::-1] if orientation & MIRRORED else picture
    return np.rot90(seen, orientation & 3, (1, 2))


def corners(
    tops: NDArray[np.int64], lefts: NDArray[np.int64], room: NDArray[np.int64], orientations: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where square-turned or mirrored crops lie in the oriented pictures.

    `room` (2, n) is how far each corner may move down and right in the picture
    as it is. A mirrored crop of any shape keeps its rows; quarter turns want
    square crops.
    """
    down, right = room
    lefts = np.where(orientations & MIRRORED, right - lefts, lefts)
    for turn in (1, 2, 3):
        turned = (orientations & 3) >= turn
        tops, lefts = np.where(turned, right - lefts, tops), np.where(turned, tops, lefts)
        down, right = np.where(turned, right, down), np.where(turned, down, right)
    return tops, lefts
