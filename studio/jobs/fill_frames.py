"""What crosses from the compute thread of a canvas that is painted on; arrays are fresh, contiguous and read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class PaintFrame:
    """Which pixels of the canvas are held (H, W), None where nothing is."""

    known: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How close a filling is to the truth inside the hole: PSNR in decibels, SSIM in -1..1."""

    psnr: float
    ssim: float


@dataclass(frozen=True, slots=True, eq=False)
class FillFrame:
    """A hole and what is made of it: pictures (H, W, C) float32 in 0..1.

    `covered` is what the model is shown, `one_pass` what one upward pass
    makes of it, `mean` the mean over all chains, `spread` (H, W) how far they
    differ, a standard deviation, `variants` each of them. Scores are there where
    the truth is known. `seconds` is how long it took to look.
    """

    covered: NDArray[np.float32]
    one_pass: NDArray[np.float32]
    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    variants: tuple[NDArray[np.float32], ...]
    sweep: int
    seconds: float = 0.0
    score: Score | None = None
    score_one_pass: Score | None = None
