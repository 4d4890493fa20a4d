"""Filled holes held against the truth: NCC and MSSIM of 54 x 54 pixels in pictures of 76 x 76."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from studio.errors import DataError
from studio.lab.exemplar import Exemplar
from studio.lab.quilting import quilted_hole
from studio.lab.texture import Score, score

Values = NDArray[np.float32]
Mask = NDArray[np.bool_]
Fill = Callable[[Values, Mask], Values]  # pictures (n, H, W, C) in 0..1, hole (H, W) -> the pictures, filled

PICTURE = 76
HOLE = 54
WINDOW = 11
COUNT = 20
QUILTED = 24  # pixels a block: of 18 to 76 the best on regular weaves, near the best on strokes


@dataclass(frozen=True, slots=True)
class HoleScores:
    """Normalised cross correlation and structural similarity inside the hole, over the pictures."""

    ncc: Score
    mssim: Score


def hole_mask() -> Mask:
    """Return the hole: (76, 76), true in the 54 x 54 pixels in the middle."""
    mask = np.zeros((PICTURE, PICTURE), np.bool_)
    edge = (PICTURE - HOLE) // 2
    mask[edge : edge + HOLE, edge : edge + HOLE] = True
    return mask


def judged_pictures(texture: Exemplar, count: int = COUNT, seed: int = 0) -> Values:
    """Cut random pictures from the half that was not learned: (count, 76, 76, C) in 0..1."""
    height, width = texture.judging.shape[:2]
    if min(height, width) < PICTURE:
        raise DataError(
            f"Half of the picture is {width} x {height} px; filled holes are judged in {PICTURE} x {PICTURE} px.",
            "Use a larger picture.",
        )
    rng = np.random.default_rng(seed)
    tops = rng.integers(height - PICTURE + 1, size=count)
    lefts = rng.integers(width - PICTURE + 1, size=count)
    cuts = [texture.judging[y : y + PICTURE, x : x + PICTURE] for y, x in zip(tops, lefts, strict=True)]
    return np.stack(cuts)


def hole_scores(texture: Exemplar, fill: Fill, count: int = COUNT, seed: int = 0) -> HoleScores:
    """Let `fill` complete pictures it has not seen and compare with what was there.

    NCC is un-centred, `a.b / (|a| |b|)`, on all 54 x 54 pixels in the learning
    half's standard units (first decorrelated channel). MSSIM is Wang et al. (2004) with a
    uniform 11 x 11 window, on levels of 0..1 (mean of the channels), of windows that lie in the
    hole. Protocol of Kivinen & Williams (2012).

    Raises
    ------
    DataError
        When the half is smaller than 76 x 76 pixels.
    """
    truth, mask = judged_pictures(texture, count, seed), hole_mask()
    hidden = np.where(mask[..., None], np.float32(0), truth)  # nobody can look the answer up
    filled = fill(hidden, mask)
    pairs = [(inside(real), inside(made)) for real, made in zip(truth, filled, strict=True)]
    return HoleScores(
        ncc=score(np.array([ncc(texture, real, made) for real, made in pairs])),
        mssim=score(np.array([mssim(real, made) for real, made in pairs])),
    )


def inside(picture: Values) -> Values:
    edge = (PICTURE - HOLE) // 2
    return picture[edge : edge + HOLE, edge : edge + HOLE]


def ncc(texture: Exemplar, real: Values, made: Values) -> float:
    """Return the un-centred normalised correlation of two (H, W, C) pictures in standard units: -1 to 1."""
    first, second = (texture.scale.apply(picture)[..., 0].ravel() for picture in (real, made))
    return float(first @ second / max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-12))


def mssim(real: Values, made: Values) -> float:
    """Return the mean structural similarity of two (H, W, C) pictures in 0..1."""
    value = structural_similarity(  # type: ignore[no-untyped-call]  # scikit-image says nothing of its types
        real, made, win_size=WINDOW, data_range=1.0, channel_axis=2
    )
    return float(value)


def quilting_filler(texture: Exemplar, seed: int = 0) -> Fill:
    """Return a `Fill` that quilts blocks of the learning half."""

    def fill(pictures: Values, mask: Mask) -> Values:
        rng = np.random.default_rng(seed)
        block = min(QUILTED, *texture.learning.shape[:2])
        return np.stack([quilted_hole(picture, mask, texture.learning, rng, block) for picture in pictures])

    return fill
