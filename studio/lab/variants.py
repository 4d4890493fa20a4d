"""Labelled pictures as another hand would have made them, so that a few teach a classifier more.

Such virtual examples hold what is known of a class and is not in its label (Simard, Steinkraus & Platt 2003).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from studio.models.placing import placed

Pixels = NDArray[np.uint8]
Indices = NDArray[np.int64]
Alter = Callable[[Pixels, Indices], Pixels]  # pixels (n, C, H, W) of these pictures -> what stands for them

# At the most, either way.
TURN = math.radians(17)
SIZE = 0.17
STRETCH = 0.17  # of the width alone
SLANT = 0.28  # widths per height
SHIFT = 0.04  # of a side


def variant(count: int, number: int, seed: int) -> Alter:
    """Return what turns, sizes, stretches, slants and moves each of `count` pictures a little.

    It does the same to a picture whenever it is read; another number is another variant of all.
    """
    draws = np.random.default_rng([seed, 14, number]).uniform(-1, 1, (6, count)).astype(np.float32)

    def altered(pixels: Pixels, chosen: Indices) -> Pixels:
        turn, size, stretch, slant, across, down = torch.from_numpy(draws[:, chosen])
        made = placed(
            torch.from_numpy(pixels.astype(np.float32)),
            across=2 * SHIFT * across,
            down=2 * SHIFT * down,
            turn=TURN * turn,
            scale=1 + SIZE * size,
            stretch=1 + STRETCH * stretch,
            slant=SLANT * slant,
        )
        return made.round().to(torch.uint8).numpy()

    return altered
