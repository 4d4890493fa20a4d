"""How much of a sample was copied rather than made."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.lab.exemplar import Exemplar
from studio.lab.matching import SIDE, drawn_patches, least_distance

Values = NDArray[np.float32]

PATCHES = 1000
THRESHOLD = 0.1
LEAST_CONTRAST = 0.02  # deviations of the exemplar; below, 8-bit rounding is all there is


def verbatim_share(
    samples: Values, texture: Exemplar, patches: int = PATCHES, seed: int = 0, threshold: float = THRESHOLD
) -> float:
    """Return the share of 19 x 19 patches that lie nearly unchanged in the half that was learned.

    A patch p is a copy when some patch q of the exemplar has
    `|p - q| < threshold * |p - mean(p)|`. With the default of 0.1 what differs
    has less than 1 % of the patch's own variance: rounding to 8 bits stays below it,
    a place where two copies were joined does not.

    Parameters
    ----------
    samples
        (n, H, W, C) in 0..1.
    """
    standard = texture.scale.apply(samples)
    cut = drawn_patches(standard, patches, np.random.default_rng(seed))
    distance = least_distance(cut, texture.learned)
    channels = cut.reshape(len(cut), texture.channels, SIDE * SIDE)
    contrast = np.linalg.norm(channels - channels.mean(axis=2, keepdims=True), axis=(1, 2))
    least = LEAST_CONTRAST * np.sqrt(cut.shape[1])
    return float(np.mean(distance < threshold * np.maximum(contrast, least)))
