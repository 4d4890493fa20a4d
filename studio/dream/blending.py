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
RIM = 12.0  # pixels beside a hole whose light it is given
LEAST = 1e-3  # deviation of a filling that is nearly of one colour
MOST_CONTRAST = 3.0
FAR = 0.02275  # of a neighbourhood that lies beyond an edge so far away: the normal distribution below -2


class Blend(StrEnum):
    """How a dream is brought to the light of what is known.

    HARD leaves it as it is. FEATHERED evens out a step in brightness or colour
    at the edge of the hole. MATCHED gives all of the hole the mean and the
    contrast of what is known beside it.
    """

    HARD = "hard"
    FEATHERED = "feathered"
    MATCHED = "matched"


def blended(picture: Values, dreamt: Values, hole: Mask, blend: Blend) -> Values:
    """Return (H, W, C) in 0..1 with the hole (H, W) filled; the known pixels are exactly those of the picture.

    Feathered, the mean of the dream near the edge is brought to that of the
    known pixels beside it, less and less over `REACH` deviations into the hole.
    Matched, mean and deviation of the whole filling become, channel by channel,
    those of the known pixels within `RIM` of its edge.
    """
    filled = np.where(hole[..., None], dreamt, picture).astype(np.float32)
    if blend is Blend.HARD or hole.all() or not hole.any():
        return filled
    if blend is Blend.MATCHED:
        return _matched(filled, hole)
    weight = np.clip((blurred((~hole).astype(np.float32), FEATHER) - FAR) / (0.5 - FAR), 0, 1)
    weight[weight < 1e-4] = 0  # rounding far from any edge
    for channel in range(filled.shape[2]):
        plane = filled[..., channel]
        step = surroundings(plane, ~hole, FEATHER) - surroundings(plane, hole, FEATHER)
        changed = np.clip(plane + weight * step, 0, 1)
        filled[..., channel] = np.where(hole & (weight > 0), changed, plane)
    return filled


def _matched(filled: Values, hole: Mask) -> Values:
    beside = ~hole & (blurred(hole.astype(np.float32), RIM / REACH) > FAR)
    if not beside.any():
        return filled
    inside, around = filled[hole], filled[beside]
    contrast = np.minimum(around.std(0) / np.maximum(inside.std(0), LEAST), MOST_CONTRAST)
    filled[hole] = np.clip((inside - inside.mean(0)) * contrast + around.mean(0), 0, 1)
    return filled
