"""Whitening of pictures and its inverse: a flat spectrum and even contrast, which leaves edges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.data.colour import LEAST_DEVIATION, ColourTransform
from studio.data.imageset import ImageSet
from studio.data.spectrum import BORDER, Wrap, filtered, local_deviation, strength, unfiltered
from studio.errors import DataError

Values = NDArray[np.float32]

CUTOFF = 0.4  # cycles a pixel
STEEPNESS = 4.0
WINDOW = 8.0  # deviation in pixels of the window in which contrast is measured
DAMPING = 0.01  # of the filter when it is undone: below it a wavelength is lost rather than blown up
DEVIATION = 0.32
ROUNDING = 0.1  # of a grey level of noise, once filtered: whole grey levels alone leave three times as much
LEAST = 1e-6
MEASURED_PIXELS = 1 << 22
MOST_MEASURED = 512


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """Independent colours, each whitened and freed of contrast, and the way back.

    Parameters
    ----------
    colour
        Makes the channels independent; each is then whitened by itself.
    filter
        (4,): cutoff in cycles a pixel and steepness of the filter, deviation of
        the contrast window in pixels, damping of the inverse.
    floor, gain, contrast
        (C, 1, 1) each, measured on the training pictures: the local deviation
        below which contrast is not raised, the factor to a deviation of .32,
        and the factor that gives pictures their contrast back. Both factors are 0
        for a channel that varies by less than a grey level: it is rounding.

    Notes
    -----
    The filter is Olshausen's, rho exp(-(rho / .4)^4) on the spectrum (Olshausen
    and Field, Vision Research 37, 1997); the division by local deviation with
    its mean as floor is that of Jarrett et al. (ICCV 2009). Local contrast is
    gone for good: the inverse is linear and restores mean and contrast of the
    training pictures as a whole.
    """

    colour: ColourTransform
    filter: Values
    floor: Values
    gain: Values
    contrast: Values

    def apply(self, pictures: Values, out: Values | None = None) -> Values:
        """Return whitened values of (..., C, H, W) pictures in 0..1, mirrored at their borders."""
        values = self.colour.apply(pictures, out)
        for channel in range(values.shape[-3]):
            plane = values[..., channel, :, :]
            white = filtered(plane, self.filter)
            white *= self.gain[channel] / np.maximum(local_deviation(white, self.filter), self.floor[channel])
            plane[...] = white
        return values

    def invert(self, values: Values, wrap: Wrap = (True, True)) -> Values:
        """Return pictures in 0..1, clipped, of whitened (..., C, H, W) values of any size, whose sides meet or not."""
        return self.colour.invert(unfiltered(values, self.filter, wrap) * self.contrast)

    def arrays(self) -> dict[str, Values]:
        own = {"filter": self.filter, "floor": self.floor, "gain": self.gain, "contrast": self.contrast}
        return {**self.colour.arrays(), **own}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Values]) -> Whitening:
        """Return the whitening of saved arrays; raises DataError where they do not fit together."""
        colour = ColourTransform.from_arrays(arrays)
        try:
            parts = [np.asarray(arrays[name], np.float32) for name in ("filter", "floor", "gain", "contrast")]
        except (KeyError, TypeError, ValueError):
            raise DataError("The saved scaling is incomplete.", "Train the model again.") from None
        sound = parts[0].shape == (4,) and all(part.shape == colour.mean.shape for part in parts[1:])
        if not sound or not all(bool(np.isfinite(part).all()) and part.min() >= 0 for part in parts):
            raise DataError("The saved scaling is damaged.", "Train the model again.")
        if min(parts[0].min(), parts[1].min()) == 0:  # the factors alone may be
            raise DataError("The saved scaling is damaged.", "Train the model again.")
        return cls(colour, *parts)

    @classmethod
    def fit(cls, images: ImageSet, indices: NDArray[np.int64] | None = None) -> Whitening:
        """Measure the pictures that training uses: the exemplars, else those at `indices`; large sets in part."""
        chosen = images.training() if indices is None else indices
        colour = ColourTransform.fit(images, chosen)
        shape = np.array([CUTOFF, STEEPNESS, WINDOW, DAMPING], np.float32)
        level = LEAST_DEVIATION * np.linalg.norm(colour.matrix, axis=1)[:, None, None]  # of noise, in each channel
        least = np.asarray(ROUNDING * strength(shape) * level, np.float32)
        plain, filtrate, local, even, back = (Tally(images.shape[0]) for _ in range(5))
        kept = []
        for picture in measured(images, chosen):
            values = colour.apply(picture)
            white = filtered(values, shape)
            deviations = local_deviation(white, shape)
            plain.add(values)
            filtrate.add(white)
            local.add(deviations)
            kept.append((white, deviations))
        floor = np.maximum(local.mean, least)
        for white, deviations in kept:
            white /= np.maximum(deviations, floor)
            even.add(white)
            back.add(unfiltered(white, shape))
        # What varies less, as a whole or within pictures, is rounding, and would come out as strong as all else.
        varies = (plain.deviation >= level) & (filtrate.deviation >= least)
        gain = np.divide(DEVIATION, np.maximum(even.deviation, LEAST), dtype=np.float32) * varies
        contrast = plain.deviation / np.maximum(back.deviation * gain, LEAST)
        return cls(colour, shape, floor, gain, np.maximum(contrast, LEAST) * varies)


class Tally:
    """Mean and deviation of each channel over any number of pictures."""

    def __init__(self, channels: int) -> None:
        self._count = 0
        self._sums = np.zeros(channels)
        self._squares = np.zeros(channels)

    def add(self, values: Values) -> None:
        """Count (C, H, W) values."""
        self._count += values[0].size
        self._sums += values.sum(axis=(1, 2), dtype=np.float64)
        self._squares += np.square(values).sum(axis=(1, 2), dtype=np.float64)

    @property
    def mean(self) -> Values:
        return (self._sums / self._count).astype(np.float32)[:, None, None]

    @property
    def deviation(self) -> Values:
        variance = self._squares / self._count - (self._sums / self._count) ** 2
        return np.sqrt(np.maximum(variance, 0)).astype(np.float32)[:, None, None]


def measured(images: ImageSet, indices: NDArray[np.int64]) -> Iterator[Values]:
    """Yield training pictures (C, H, W) in 0..1, of a large set an even choice, of large ones the middle."""
    count = len(images.exemplars) or len(indices)
    chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_MEASURED)).astype(np.int64))
    share = MEASURED_PIXELS // len(chosen)
    for index in chosen.tolist():
        pixels = images.learned(index)[0] if images.exemplars else images.pixels[indices[index]]
        _, height, width = pixels.shape
        rows = min(height, max(2 * BORDER, share // min(width, math.isqrt(share))))
        columns = min(width, max(2 * BORDER, share // rows))
        top, left = (height - rows) // 2, (width - columns) // 2
        part = pixels[:, top : top + rows, left : left + columns]
        yield np.multiply(part, np.float32(1 / 255), dtype=np.float32)
