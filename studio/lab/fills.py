"""Fillings of the same hole in many pictures, beside what needs no model: are they the best that is known?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.lab.filled import Closeness

Values = NDArray[np.float32]
Mask = NDArray[np.bool_]

CHAINS = 8  # whose mean is our filling
OURS = "our"


@dataclass(frozen=True, slots=True)
class Judged:
    """Medians over pictures of PSNR and SSIM inside the hole, of each way to fill it, and where ours is best."""

    medians: Mapping[str, Closeness]
    share_best: float


def judged(pictures: Sequence[Mapping[str, Closeness]], ours: str) -> Judged:
    """Return medians over pictures, each with what every way to fill it came to.

    `share_best` is the share of pictures in which `ours` has the highest PSNR of all.
    """
    medians = {
        name: Closeness(
            float(np.median([one[name].psnr for one in pictures])),
            float(np.median([one[name].ssim for one in pictures])),
        )
        for name in pictures[0]
    }
    best = [all(one[ours].psnr >= found.psnr for found in one.values()) for one in pictures]
    return Judged(medians, float(np.mean(best)))


def mirrored(picture: Values, hole: Mask, mean: Values) -> Values:
    """Return the picture (H, W, C) with the hole filled by its mirror image, or the mean where that is hidden too.

    A hole whose mirror image from left to right is hidden is mirrored from top to bottom.
    """
    for axis in (1, 0):
        other = np.flip(hole, axis)
        if (hole & ~other).any():
            return np.where(hole[..., None], np.where(other[..., None], mean, np.flip(picture, axis)), picture)
    return np.where(hole[..., None], mean, picture)
