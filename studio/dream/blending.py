"""How a filled hole meets what is around it: as it was dreamt, or brought to the light of its edge."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from studio.data.blur import blurred
from studio.data.lighting import surroundings

Values = NDArray[np.float32]
Mask = NDArray[np.bool_]

FEATHER = 3.0  # deviation in pixels of the neighbourhood in which both sides of an edge are compared
REACH = 2  # deviations from the edge at which nothing is changed any more
FAR = 0.02275  # of a neighbourhood that lies beyond an edge so far away: the normal distribution below -2


class Blend(StrEnum):
    """HARD leaves the dream as it is; FEATHERED evens out a step in brightness or colour at the edge of the hole."""

    HARD = "hard"
    FEATHERED = "feathered"


def blended(picture: Values, dreamt: Values, hole: Mask, blend: Blend) -> Values:
    """Return (H, W, C) in 0..1 with the hole (H, W) filled; the known pixels are exactly those of the picture.

    Feathered, the mean of the dream near the edge is brought to that of the
    known pixels beside it, less and less over `REACH` deviations into the hole.
    """
    filled = np.where(hole[..., None], dreamt, picture).astype(np.float32)
    if blend is Blend.HARD or hole.all() or not hole.any():
        return filled
    weight = np.clip((blurred((~hole).astype(np.float32), FEATHER) - FAR) / (0.5 - FAR), 0, 1)
    weight[weight < 1e-4] = 0  # rounding far from any edge
    for channel in range(filled.shape[2]):
        plane = filled[..., channel]
        step = surroundings(plane, ~hole, FEATHER) - surroundings(plane, hole, FEATHER)
        changed = np.clip(plane + weight * step, 0, 1)
        filled[..., channel] = np.where(hole & (weight > 0), changed, plane)
    return filled
