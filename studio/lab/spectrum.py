"""How far the second-order statistics of a sample are from a texture's: power by wavelength and direction, lags."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.errors import DataError

Values = NDArray[np.float32]
Doubles = NDArray[np.float64]

WINDOW = 64  # pixels
LEAST_WINDOW = 32
RINGS = 6
SECTORS = 8
LAGS = 32  # pixels
LEAST_POWER = 1e-6  # of the whole; -60 dB


def spectrum_distance(samples: Values, texture: Values) -> float:
    """Return the mean difference of two power spectra in decibels.

    Power is averaged over half-overlapping Hann windows of 64 pixels, less where a
    picture is smaller (Welch 1967), and summed in 6 rings of wavelength, from half
    the window to two pixels, times 8 directions; every cell counts alike.

    Parameters
    ----------
    samples
        (n, H, W) in the units of `texture`.
    texture
        (H, W).

    Raises
    ------
    DataError
        When a side is below 32 pixels.
    """
    height, width = (min(a, b) for a, b in zip(samples.shape[1:], texture.shape, strict=True))
    window = min(WINDOW, height, width) // 2 * 2
    if window < LEAST_WINDOW:
        raise DataError(
            f"{width} x {height} px are too few: spectra are compared in windows of {LEAST_WINDOW} px or more.",
            "Use a larger picture, or a larger dream.",
        )
    cells = cells_of(window)
    mine, real = (power(pictures, cells, window) for pictures in (samples, texture[None]))
    used = np.bincount(cells.ravel(), minlength=len(mine) + 1)[:-1] > 0  # the longest waves have few directions
    floor = LEAST_POWER * real.sum()
    return float(np.mean(np.abs(10 * np.log10((mine + floor) / (real + floor)))[used]))


def power(pictures: Values, cells: NDArray[np.int64], window: int) -> Doubles:
    """Return the power of (n, H, W) pictures in each cell, in units squared: (RINGS * SECTORS,)."""
    height, width = pictures.shape[1:]
    hann = np.hanning(window + 1)[:-1]
    weights = np.outer(hann, hann)
    weights /= np.sqrt(np.square(weights).sum())
    total, count = np.zeros((window, window)), 0
    for top in starts(height, window):
        for left in starts(width, window):
            crop = pictures[:, top : top + window, left : left + window].astype(np.float64)
            crop = (crop - crop.mean(axis=(1, 2), keepdims=True)) * weights
            total += np.square(np.abs(np.fft.fft2(crop))).sum(axis=0)
            count += len(pictures)
    sums = np.bincount(cells.ravel(), total.ravel() / (count * window**2), RINGS * SECTORS + 1)
    return sums[:-1].astype(np.float64)


def starts(length: int, window: int) -> list[int]:
    return list(range(0, length - window + 1, window // 2))


def cells_of(window: int) -> NDArray[np.int64]:
    """Return the cell of each frequency of a window; the last number is for those left out: (window, window)."""
    down, across = np.meshgrid(np.fft.fftfreq(window), np.fft.fftfreq(window), indexing="ij")
    radius = np.hypot(down, across)
    low, high = 2 / window, 0.5
    with np.errstate(divide="ignore"):
        ring = np.floor(RINGS * np.log(radius / low) / np.log(high / low) + 1e-9)
    turn = np.arctan2(down, across) / np.pi + 0.5 / SECTORS  # so that rows and columns lie amid a sector
    sector = np.floor(SECTORS * (turn % 1)) % SECTORS
    used = (ring >= 0) & (ring < RINGS)
    return np.where(used, ring * SECTORS + sector, RINGS * SECTORS).astype(np.int64)


def autocorrelation_distance(samples: Values, texture: Values, lags: int = LAGS) -> float:
    """Return the root mean square difference of two autocorrelations over all lags of up to 32 pixels each way.

    In pictures smaller than 64 pixels up to half their side. Each is 1 at lag
    0, so the distance has no unit and lies between 0 and 2.

    Parameters
    ----------
    samples
        (n, H, W); their autocorrelations are averaged.
    texture
        (H, W).
    """
    lags = min(lags, *(side // 2 for side in (*samples.shape[1:], *texture.shape)))
    mine = np.mean([autocorrelation(one, lags) for one in samples], axis=0)
    return float(np.sqrt(np.mean(np.square(mine - autocorrelation(texture, lags)))))


def autocorrelation(picture: Values, lags: int = LAGS) -> Doubles:
    """Return the correlation of an (H, W) picture with itself, shifted: (2 * lags + 1, 2 * lags + 1), lag 0 amid.

    Counts only the pixels that overlap, so the picture need not repeat.
    """
    padded = tuple(side + lags for side in picture.shape)
    centred = picture.astype(np.float64) - picture.mean()
    products = correlation(np.fft.rfft2(centred, padded), padded)
    overlaps = correlation(np.fft.rfft2(np.ones_like(centred), padded), padded)
    around = np.arange(-lags, lags + 1)
    found = (products / np.maximum(overlaps, 1))[np.ix_(around, around)]
    return np.asarray(found / max(float(found[lags, lags]), 1e-12))


def correlation(transform: NDArray[np.complex128], shape: tuple[int, ...]) -> Doubles:
    return np.asarray(np.fft.irfft2(np.square(np.abs(transform)), shape))
