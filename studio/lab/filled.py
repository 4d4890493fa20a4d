"""How close a filled hole is to what was there: PSNR and SSIM inside it, and what plain inpainting makes of it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.errors import DataError

Values = NDArray[np.float32]
Mask = NDArray[np.bool_]

WINDOW = 7
LARGEST_HOLE = 1 << 19  # pixels; the equations of biharmonic inpainting take minutes beyond
MOST = 100.0  # decibels of a perfect filling


@dataclass(frozen=True, slots=True)
class Closeness:
    """Peak signal-to-noise ratio in decibels, and structural similarity (-1 to 1)."""

    psnr: float
    ssim: float


def make_ready() -> None:
    """Load what `closeness` compares with: once, and for a second or more."""
    importlib.import_module("skimage.metrics")


def closeness(truth: Values, filled: Values, hole: Mask) -> Closeness:
    """Compare a filling with the truth, both (H, W, C) in 0..1, inside the hole (H, W) alone.

    PSNR is 10 log10(1 / mean squared error) over the pixels of the hole, at
    most 100. SSIM is the mean over the hole of scikit-image's map (Wang et al.
    2004, uniform window of 7 pixels), whose windows reach out of the hole.

    Raises
    ------
    DataError
        When the picture is smaller than a window of 3 pixels.
    """
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    side = min(WINDOW, *(side if side % 2 else side - 1 for side in hole.shape))
    if side < 3:
        raise DataError("The picture is too small to be compared.", "Use one of at least 3 x 3 px.")
    with np.errstate(divide="ignore"):  # of a perfect filling
        psnr = peak_signal_noise_ratio(  # type: ignore[no-untyped-call]  # scikit-image says nothing of its types
            truth[hole], filled[hole], data_range=1.0
        )
    _, similar = structural_similarity(  # type: ignore[no-untyped-call]  # nor here
        truth, filled, win_size=side, data_range=1.0, channel_axis=2, full=True
    )
    return Closeness(min(float(psnr), MOST), float(similar[hole].mean()))


def biharmonic(picture: Values, hole: Mask) -> Values:
    """Return the picture (H, W, C) with the hole filled by scikit-image's biharmonic inpainting.

    Raises
    ------
    DataError
        When the hole is too large for it.
    """
    if np.count_nonzero(hole) > LARGEST_HOLE:
        raise DataError(
            f"Biharmonic inpainting takes too long for a hole of {np.count_nonzero(hole):,} px.", "Use a smaller hole."
        )
    from skimage.restoration import inpaint_biharmonic

    hidden = np.where(hole[..., None], np.float32(0), picture)  # nobody can look the answer up
    return np.asarray(np.clip(inpaint_biharmonic(hidden, hole, channel_axis=-1), 0, 1), np.float32)
