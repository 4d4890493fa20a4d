"""Colours made independent: one mean colour and one transform of the channels, for pictures of any size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.moments import learned_pixels, moments
from studio.errors import DataError

Values = NDArray[np.float32]

# One grey level: a colour that varies less is rounding and compression, which nobody wants to learn.
LEAST_DEVIATION = 1 / 255


@dataclass(frozen=True, slots=True, eq=False)
class ColourTransform:
    """`matrix @ (colour - mean)` at each pixel: mean (C, 1, 1), matrix and inverse (C, C), all float32.

    For RGB the first channel is about the brightness, the others what colours
    differ in, by falling variance; for grey it is mean and deviation.
    """

    mean: Values
    matrix: Values
    inverse: Values

    def apply(self, pictures: Values, out: Values | None = None) -> Values:
        """Return independent channels of unit deviation of (..., C, H, W) pictures in 0..1."""
        values = np.subtract(pictures, self.mean, out=out, dtype=np.float32)
        return mixed(self.matrix, values)

    def invert(self, values: Values) -> Values:
        """Return (..., C, H, W) pictures in 0..1, clipped."""
        pictures = mixed(self.inverse, np.array(values, np.float32))
        pictures += self.mean
        return np.clip(pictures, 0, 1, out=pictures)

    def arrays(self) -> dict[str, Values]:
        return {"mean": self.mean, "matrix": self.matrix, "inverse": self.inverse}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Values]) -> ColourTransform:
        """Return the transform of saved arrays; raises DataError where they do not fit together."""
        try:
            mean, matrix, inverse = (np.asarray(arrays[name], np.float32) for name in ("mean", "matrix", "inverse"))
        except (KeyError, TypeError, ValueError):
            raise DataError("The saved scaling is incomplete.", "Train the model again.") from None
        count = len(mean) if mean.ndim else 0
        sound = count > 0 and mean.shape == (count, 1, 1) and matrix.shape == inverse.shape == (count, count)
        if not sound or not all(bool(np.isfinite(array).all()) for array in (mean, matrix, inverse)):
            raise DataError("The saved scaling is damaged.", "Train the model again.")
        if not np.allclose(matrix.astype(np.float64) @ inverse, np.eye(count), atol=1e-2):
            raise DataError("The saved scaling is damaged.", "Train the model again.")
        return cls(mean, matrix, inverse)

    @classmethod
    def fit(cls, images: ImageSet, indices: NDArray[np.int64] | None = None) -> ColourTransform:
        """Measure the colours that training uses: of the exemplars, else of the pictures at `indices`.

        The axes are the principal ones of the colour covariance, each turned so
        that its channels sum to more than nothing.
        """
        count, sums, products = moments(learned_pixels(images, indices))
        mean = sums / (255 * count)
        covariance = products / (255.0**2 * count) - np.outer(mean, mean)
        variances, axes = np.linalg.eigh(covariance)
        variances, axes = variances[::-1], axes[:, ::-1]
        axes = axes * np.where(axes.sum(axis=0) < 0, -1, 1)
        deviations = np.sqrt(np.maximum(variances, LEAST_DEVIATION**2))
        return cls(
            mean.astype(np.float32)[:, None, None],
            np.ascontiguousarray((axes / deviations).T, np.float32),
            np.ascontiguousarray(axes * deviations, np.float32),
        )


def mixed(matrix: Values, values: Values) -> Values:
    """Return `matrix` applied to the channels of (..., C, H, W) values; a single channel is scaled in place."""
    if matrix.shape == (1, 1):
        values *= matrix[0, 0]
        return values
    flat = values.reshape(*values.shape[:-2], values.shape[-2] * values.shape[-1])  # -1 cannot be told of no pictures
    return np.asarray(np.matmul(matrix, flat), np.float32).reshape(values.shape)
