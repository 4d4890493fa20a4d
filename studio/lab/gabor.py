"""Gabor functions fitted to filters: which of them are oriented edges, at what angle and how fine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from studio.errors import DataError
from studio.jobs.stepwise import Stepwise

Values = NDArray[np.float64]

GOOD = 0.7  # of the variance explained, from which on a filter counts as a Gabor function
LEAST_SIDE = 5  # pixels; of 4 x 4 numbers drawn at random every fourth filter is explained so well, of 3 x 3 nearly all
BEST = 4  # of the coarse grid are refined
ANGLES = 12  # directions told apart
FINEST = 0.5  # cycles a pixel: a pixel light, a pixel dark
NARROWEST = 0.5  # pixels


@dataclass(frozen=True, slots=True)
class Gabor:
    """One filter's fit.

    `r2` is the share of its variance that is explained, `orientation` the
    direction of the stripes in degrees (0 is level, 90 upright), `frequency` in cycles a
    pixel, `across` and `along` the envelope's deviations in pixels across and along the stripes.
    """

    r2: float
    orientation: float
    frequency: float
    across: float
    along: float


def good(fits: Sequence[Gabor]) -> list[Gabor]:
    """Return those of the fits that explain more than .7 of a filter's variance."""
    return [one for one in fits if one.r2 > GOOD]


def colourless(filters: NDArray[np.floating]) -> Values:
    """Return filters (n, C, h, w) along the colour in which each varies most: (n, h, w)."""
    values = np.asarray(filters, np.float64)
    flat = values.reshape(*values.shape[:2], -1)
    _, directions = np.linalg.eigh(flat @ flat.transpose(0, 2, 1))
    along: Values = np.einsum("nc,nchw->nhw", directions[:, :, -1], values)
    return along


def fit(picture: Values) -> Gabor:
    """Fit a Gabor function to one filter (h, w).

    exp(-x'^2 / 2 across^2 - y'^2 / 2 along^2) (A cos 2 pi f x' + B sin 2 pi f x') with x', y' turned about a centre
    (Jones & Palmer, J. Neurophysiol. 58, 1987): the six numbers that enter in a curved way from a coarse grid and
    least squares, A and B in closed form for each of them. f lies between half a period a filter and .5, so that a
    blob is no Gabor function. A filter of one value has an R2 of 0.
    """
    scale = float(np.sqrt(np.mean((picture - picture.mean()) ** 2)))
    if scale < 1e-12:
        return Gabor(0.0, 0.0, 0.0, 0.0, 0.0)
    wanted = (picture / scale).ravel()
    down, right = np.mgrid[: picture.shape[0], : picture.shape[1]].reshape(2, -1)
    low, high = limits(picture.shape)
    starts = np.array(list(grid(picture.shape)))
    errors = np.array([np.sum(residual(start, down, right, wanted) ** 2) for start in starts])
    best = np.inf, starts[0]
    for start in starts[np.argsort(errors)[:BEST]]:
        found = least_squares(residual, start, bounds=(low, high), args=(down, right, wanted), max_nfev=100)
        if 2 * found.cost < best[0]:
            best = 2 * found.cost, found.x
    error, (_, _, angle, frequency, across, along) = best
    r2 = 1 - error / float(np.sum((wanted - wanted.mean()) ** 2))
    orientation = (float(np.degrees(angle)) + 90) % 180
    return Gabor(float(r2), orientation, float(frequency), float(across), float(along))


def fitting(filters: NDArray[np.floating]) -> Stepwise[list[Gabor]]:
    """Fit a Gabor function to each of (n, C, h, w) filters, each along the colour in which it varies most.

    Raises DataError for filters of fewer than 5 pixels a side, which noise would pass for.
    """
    height, width = filters.shape[2:]
    if min(height, width) < LEAST_SIDE:
        raise DataError(
            f"Filters of {width} x {height} px are too small to be told from noise by a Gabor function.",
            f"Judge filters of {LEAST_SIDE} px a side or more.",
        )
    pictures = colourless(filters)
    fits: list[Gabor] = []
    for picture in pictures:
        fits.append(fit(picture))
        yield len(fits), len(pictures)
    return fits


def limits(shape: tuple[int, ...]) -> tuple[Values, Values]:
    """Return the lowest and highest of centre (row, column), angle, frequency, and deviations across and along."""
    height, width = shape
    side = max(shape)
    low = np.array([-0.5, -0.5, -2 * np.pi, 0.5 / side, NARROWEST, NARROWEST])
    high = np.array([height - 0.5, width - 0.5, 3 * np.pi, FINEST, 1.0 * side, 1.0 * side])
    return low, high


def grid(shape: tuple[int, ...]) -> Iterator[tuple[float, ...]]:
    """Yield places to begin from."""
    height, width = shape
    side = max(shape)
    for row in (0.25, 0.5, 0.75):
        for column in (0.25, 0.5, 0.75):
            for turn in range(ANGLES):
                for periods in (1.0, 2.0, 3.0):
                    for spread in (0.12, 0.25):
                        yield (
                            row * (height - 1),
                            column * (width - 1),
                            turn * np.pi / ANGLES,
                            min(FINEST, periods / side),
                            max(NARROWEST, spread * side),
                            max(NARROWEST, spread * side),
                        )


def residual(shape: Values, down: Values, right: Values, wanted: Values) -> Values:
    """Return what is left of a filter after the best amplitudes of a Gabor function of this shape: (pixels,)."""
    row, column, angle, frequency, across, along = shape
    y, x = down - row, right - column
    turned = x * np.cos(angle) + y * np.sin(angle)
    upright = y * np.cos(angle) - x * np.sin(angle)
    envelope = np.exp(-0.5 * ((turned / across) ** 2 + (upright / along) ** 2))
    phase = 2 * np.pi * frequency * turned
    waves = np.stack((envelope * np.cos(phase), envelope * np.sin(phase)), 1)
    # Ridge of 1e-9: at the finest frequency the sine may vanish.
    inner = waves.T @ waves + 1e-9 * np.eye(2)
    left: Values = wanted - waves @ np.linalg.solve(inner, waves.T @ wanted)
    return left
