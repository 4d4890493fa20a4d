"""From pictures in 0..1 to standardised values and back, as Gaussian visibles want them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.moments import learned_pixels, moments
from studio.data.spec import Flips
from studio.errors import DataError

Values = NDArray[np.float32]

BLOCK = 1 << 22
LEAST_DEVIATION = 1e-3


class PictureTransform(Protocol):
    """What every scaling of pictures answers; arrays are (..., C, H, W) float32."""

    def apply(self, pictures: Values, out: Values | None = None) -> Values:
        """Return what a model sees of pictures in 0..1; `out` may be the pictures themselves."""
        ...

    def invert(self, values: Values) -> Values:
        """Return pictures in 0..1, clipped."""
        ...

    def arrays(self) -> dict[str, Values]:
        """Return all there is to save; the names tell the kind."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Transform:
    """`(pictures - mean) / deviation`: mean (C, H, W), or (C, 1, 1) for any size; deviation (1,) or (C, 1, 1).

    Where what is shown is of another size than the mean picture, its mean colour stands for it.
    """

    mean: Values
    deviation: Values

    def apply(self, pictures: Values, out: Values | None = None) -> Values:
        """Return standardised values of (..., C, H, W) pictures in 0..1, written to `out` where it is given."""
        values = np.subtract(pictures, self.mean_for(pictures), out=out, dtype=np.float32)
        return np.divide(values, self.deviation, out=values)

    def invert(self, values: Values) -> Values:
        """Return pictures in 0..1 of standardised values, clipped."""
        return np.asarray(np.clip(values * self.deviation + self.mean_for(values), 0, 1), np.float32)

    def mean_for(self, values: Values) -> Values:
        """Return the mean that pictures of this size (..., C, H, W) lie about: (C, H, W) or (C, 1, 1)."""
        if self.mean.shape[1:] in ((1, 1), values.shape[-2:]):
            return self.mean
        colour: Values = self.mean.mean((1, 2), keepdims=True)
        return colour

    def arrays(self) -> dict[str, Values]:
        return {"mean": self.mean, "deviation": self.deviation}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Values]) -> Transform:
        """Return the transform of saved arrays; raises DataError where they do not fit together."""
        try:
            mean = np.asarray(arrays["mean"], np.float32)
            deviation = np.asarray(arrays["deviation"], np.float32)
        except (KeyError, TypeError, ValueError):
            raise DataError("The saved scaling is incomplete.", "Train the model again.") from None
        sound = mean.ndim == 3 and deviation.shape in ((1,), (len(mean), 1, 1))
        if not sound or not np.isfinite(mean).all() or not np.isfinite(deviation).all() or deviation.min() <= 0:
            raise DataError("The saved scaling is damaged.", "Train the model again.")
        return cls(mean, deviation)

    @classmethod
    def fit(cls, images: ImageSet, indices: NDArray[np.int64]) -> Transform:
        """Return the scaling of the pictures at `indices`, see `fit`."""
        return fit(images, indices)


def fit(images: ImageSet, indices: NDArray[np.int64]) -> Transform:
    """Measure mean and deviation of the pictures at `indices`.

    The mean is taken at each pixel, over a channel where the pictures are
    patches or crops (any place in a texture is like any other); the deviation
    is one number for all. Sums are exact whole numbers, a few pictures at a time.
    """
    if images.exemplars:
        return fit_exemplars(images)
    if len(indices) == 0:
        raise DataError("There are no pictures to measure.", "Lower the held-out share or include more pictures.")
    shape = images.shape
    sums = np.zeros(shape, np.uint64)
    squares = 0
    rows = max(1, BLOCK // int(np.prod(shape)))
    for start in range(0, len(indices), rows):
        block = images.pixels[indices[start : start + rows]]
        sums += block.sum(axis=0, dtype=np.uint64)
        squares += int(np.square(block, dtype=np.uint16).sum(dtype=np.uint64))
    mean = sums / (255.0 * len(indices))
    if images.preprocess.patches:
        mean = np.broadcast_to(mean.mean(axis=(1, 2), keepdims=True), shape)
    mean = mirrored(mean, images.preprocess.flips)
    if images.preprocess.quarter_turns:
        mean = np.mean([np.rot90(mean, turns, (1, 2)) for turns in range(4)], axis=0)
    variance = squares / (255.0**2 * len(indices) * mean.size) - float(np.square(mean).mean())
    deviation = max(float(np.sqrt(max(variance, 0.0))), LEAST_DEVIATION)
    return Transform(np.ascontiguousarray(mean, np.float32), np.array([deviation], np.float32))


def fit_exemplars(images: ImageSet) -> Transform:
    """Measure one mean a channel and one deviation over the part of large pictures that training uses."""
    count, sums, products = moments(learned_pixels(images))
    mean = sums / (255 * count)
    variance = float(np.mean(products.diagonal() / (255**2 * count) - mean**2))
    deviation = max(float(np.sqrt(max(variance, 0.0))), LEAST_DEVIATION)
    return Transform(mean.astype(np.float32)[:, None, None], np.array([deviation], np.float32))


def mirrored(mean: NDArray[np.float64], flips: Flips) -> NDArray[np.float64]:
    """Return the mean of pictures that are mirrored half of the time."""
    if flips in (Flips.HORIZONTAL, Flips.BOTH):
        mean = (mean + mean[..., ::-1]) / 2
    if flips in (Flips.VERTICAL, Flips.BOTH):
        mean = (mean + mean[:, ::-1]) / 2
    return mean
