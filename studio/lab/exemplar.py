"""One texture, cut into the half that is learned from and the half that judges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.errors import DataError

Values = NDArray[np.float32]

LEAST_DEVIATION = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """`(pictures - mean) @ matrix`: (C,) and (C, C); the channels come out uncorrelated, each of deviation 1."""

    mean: Values
    matrix: Values

    def apply(self, pictures: Values) -> Values:
        """Return (..., H, W, C) pictures in 0..1 in standard units, first the channel that varies most."""
        return np.asarray((pictures - self.mean) @ self.matrix, np.float32)

    def spread(self, values: Values) -> Values:
        """Return (..., H, W, C) values in standard units as pictures, not clipped."""
        return np.asarray(values @ np.linalg.inv(self.matrix) + self.mean, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Exemplar:
    """A texture as the lab sees it.

    `learning` and `judging` are the part that is learned from and the part
    that is not, by protocol its upper and lower half: (H, W, C) in 0..1.
    `learned` and `judge` are the same in standard units: the channels
    decorrelated as in the learning half, each half by its own mean and
    deviation. Samples are standardised by the learning half's scale.
    """

    learning: Values
    judging: Values
    learned: Values
    judge: Values
    scale: Scale

    @property
    def channels(self) -> int:
        return int(self.learning.shape[2])


def halved(picture: Values) -> Exemplar:
    """Cut an (H, W, C) picture in 0..1: its upper half learns, its lower half judges; see `exemplar`."""
    half = len(picture) // 2
    return exemplar(picture[:half], picture[len(picture) - half :])


def exemplar(learning: Values, judging: Values) -> Exemplar:
    """Return two parts of one texture, (H, W, C) in 0..1; raises DataError where one of them is of one colour."""
    scale = fitted(learning)
    judge = scale.apply(judging)
    mean, deviation = judge.mean(axis=(0, 1)), judge.std(axis=(0, 1))
    checked(float(deviation[0]))
    judge = (judge - mean) / np.maximum(deviation, LEAST_DEVIATION)
    return Exemplar(learning, judging, scale.apply(learning), np.asarray(judge, np.float32), scale)


def fitted(picture: Values) -> Scale:
    """Return the scale of an (H, W, C) picture: its mean, and the axes of its colours each divided by their spread."""
    pixels = picture.reshape(-1, picture.shape[2]).astype(np.float64)
    mean = pixels.mean(axis=0)
    variances, axes = np.linalg.eigh(np.atleast_2d(np.cov(pixels.T, bias=True)))
    deviations = np.sqrt(np.maximum(variances, 0))[::-1]
    axes = axes[:, ::-1] * np.where(axes[:, ::-1].sum(axis=0) < 0, -1, 1)  # brighter is more
    checked(float(deviations[0]))
    # A grey picture in three channels has two that are empty: they stay as small as they are.
    matrix = axes / np.where(deviations > LEAST_DEVIATION, deviations, 1)
    return Scale(mean.astype(np.float32), matrix.astype(np.float32))


def checked(deviation: float) -> None:
    if deviation <= LEAST_DEVIATION:
        raise DataError(
            "Half of the picture is of one colour, so there is no texture to compare with.", "Choose another picture."
        )
