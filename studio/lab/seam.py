"""Whether a picture that claims to repeat without a seam does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]

AT_ONCE = 64  # lines of a large picture in double precision
INSIDE = (5.0, 95.0)  # percentiles of the interior lines


@dataclass(frozen=True, slots=True)
class Seam:
    """One wrap line: its mean gradient over that of the interior lines, and whether it could be one of them."""

    score: float
    inside: bool


def seam(picture: Values, axis: int) -> Seam:
    """Judge the line where a picture meets its own copy.

    The mean absolute difference of the first and the last line against that of
    all neighbouring lines inside. A seam that cannot be seen is one line among
    the others, so it is held against their spread: inside their 5th to 95th
    percentile, in which nine of ten true lines lie.

    Parameters
    ----------
    picture
        (H, W, C), any unit.
    axis
        0 for the line between the lowest and the highest row (seamless in y),
        1 for the one between the last and the first column (seamless in x).

    Returns
    -------
    Seam; the score has no unit and is 1 when the wrap line is as rough as the mean line.
    """
    lines = np.moveaxis(picture, axis, 0)
    interior = np.concatenate(
        [steps(lines[first : first + AT_ONCE + 1]) for first in range(0, len(lines) - 1, AT_ONCE)] or [np.zeros(0)]
    )
    wrap = float(steps(lines[[-1, 0]])[0])
    low, high = np.percentile(interior, INSIDE)
    mean = float(interior.mean())
    if mean == 0:
        return Seam(1.0 if wrap == 0 else np.inf, wrap == 0)
    return Seam(wrap / mean, bool(low <= wrap <= high))


def steps(lines: Values) -> NDArray[np.float64]:
    """Return the mean absolute difference of each line (lines, ...) from the one before."""
    flat = lines.astype(np.float64).reshape(len(lines), -1)
    means: NDArray[np.float64] = np.abs(np.diff(flat, axis=0)).mean(axis=1)
    return means


@dataclass(frozen=True, slots=True)
class Seams:
    """Many wrap lines: mean and deviation of the scores, share of those inside, how many were looked at."""

    score: float
    deviation: float
    inside: float
    count: int


def seams(pictures: Iterable[Values], axes: tuple[int, ...] = (0, 1)) -> Seams:
    """Judge the wrap lines of several (H, W, C) pictures along these axes."""
    found = [seam(picture, axis) for picture in pictures for axis in axes]
    scores = np.array([one.score for one in found])
    inside = float(np.mean([one.inside for one in found]))
    return Seams(float(scores.mean()), float(scores.std()), inside, len(found))
