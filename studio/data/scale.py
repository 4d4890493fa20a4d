"""How large the structure of a texture is, and the scale at which it fits a tile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.data.blur import blurred, fast_length
from studio.errors import DataError

Values = NDArray[np.float32]

LARGEST_SIDE = 1024  # of what is measured: larger pictures are halved
SLOW = 1 / 6  # of the shorter side: what changes more slowly is light, not structure
REACH = 0.4  # of each side: longer shifts compare too little of the picture
CLEAR_RISE = 0.4  # of a peak above the valley before it
LEAST_SIGMAS = 8.0  # of a lower peak above what structures of this size do by chance
FARTHEST = 3.0  # structures from one to the next, or they stand there by chance
LIKE_THE_BEST = 0.5  # of the highest peak: those of a lattice are about alike, those of its parts are lower
LEAST_SHARE = 0.25  # of the highest rise
LOBE = 0.25  # correlation at which a structure without repeats ends: a wave's at a fifth of its length
TILES = 1.5  # of a tile to one repeat: a tile and its shifted neighbours see all of it
LARGEST_TILES = 2.0  # to one repeat: what is larger is not seen as one
FEWEST_TILES = 16  # along the shorter side: less is too little to learn from
MOST_PEAKS = 2000
LEAST_ANGLE = 0.5  # sine between the two directions of a lattice


@dataclass(frozen=True, slots=True)
class Proposal:
    """The size of a texture's structure in pixels, the scale at which it fits a tile, and that in one sentence."""

    period_px: float
    scale: float
    sentence: str
    repeats: bool
    tile: int

    def objection(self, scale: float) -> str:
        """Return a sentence when the structure is larger than a tile can hold at this scale, else nothing."""
        size = self.period_px * scale
        if size <= LARGEST_TILES * self.tile:
            return ""
        better = f"choose a scale of {self.scale:.2g}, or larger tiles" if self.scale < scale else "choose larger tiles"
        return (
            f"At a scale of {scale:.2g} the structure is about {size:.0f} px large, more than a tile of "
            f"{self.tile} px can hold: {better}."
        )


def propose_scale(picture: NDArray[np.generic], tile: int = 11, least: float = 0.01) -> Proposal:
    """Estimate the size of a texture's structure and the scale at which it fits a tile.

    Parameters
    ----------
    picture
        (C, H, W) or (H, W), bytes or 0 to 1.
    tile
        Side of the model's tiles in pixels.
    least
        Smallest scale that leaves something of the picture to learn from.

    Raises
    ------
    DataError
        When the picture is of one colour or too small to tell.

    Notes
    -----
    Slow light is removed, then the autocorrelation is searched for the two
    shortest independent shifts that rise from a valley as high as the best do;
    the longer one is the period. Where nothing repeats, the structure is as
    large as the wave whose autocorrelation has a lobe of the same area.
    """
    plane = np.asarray(picture, np.float32)
    if plane.ndim == 3:
        plane = brightest_difference(plane)
    if min(plane.shape) < 16:
        raise DataError("The picture is too small to tell how large its structure is.", "Choose a larger picture.")
    shape = plane.shape
    plane, shrunk = halved(plane)
    correlation = autocorrelation(plane)
    lobe = lobe_size(correlation)
    period = lattice_period(correlation, lobe)
    repeats = period is not None
    size = shrunk * (lobe if period is None else period)
    scale = float(min(1.0, max(TILES * tile / size, FEWEST_TILES * tile / min(shape), least)))
    return Proposal(size, scale, sentence_of(size, scale, repeats, tile), repeats, tile)


def sentence_of(size: float, scale: float, repeats: bool, tile: int) -> str:
    what = f"The structure repeats every {size:.0f} px" if repeats else f"The structure is about {size:.0f} px large"
    if size * scale > LARGEST_TILES * tile:
        return (
            f"{what}, more than tiles of {tile} px can hold: {scale:.2g} is the smallest scale that leaves enough of "
            "the picture to learn from, so choose larger tiles or more scales (levels)."
        )
    if scale == 1:
        return f"{what}, which fits tiles of {tile} px as the picture is."
    return f"{what}; at a scale of {scale:.2g} that is {size * scale:.0f} px, which fits tiles of {tile} px."


def halved(plane: Values) -> tuple[Values, int]:
    """Return the middle of (H, W), shrunk by means until it is of a size that is quickly measured, and how often."""
    shrunk = 1
    while min(plane.shape) >= 2 * LARGEST_SIDE:
        height, width = (side // 2 * 2 for side in plane.shape)
        plane = plane[:height, :width].reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
        shrunk *= 2
    top, left = (max(0, (side - 2 * LARGEST_SIDE) // 2) for side in plane.shape)
    return plane[top : top + 2 * LARGEST_SIDE, left : left + 2 * LARGEST_SIDE], shrunk


def brightest_difference(picture: Values) -> Values:
    """Return the mix of the channels (C, H, W) that varies most."""
    flat = picture.reshape(len(picture), -1)
    _, axes = np.linalg.eigh(np.cov(flat[:, :: max(1, flat.shape[1] >> 18)]).reshape(len(picture), -1))
    return np.asarray(axes[:, -1].astype(np.float32) @ flat, np.float32).reshape(picture.shape[1:])


def autocorrelation(plane: Values) -> Values:
    """Return the correlation of (H, W) with itself by shift: (2 Y + 1, X + 1), no shift at [Y, 0]."""
    plane = plane - blurred(plane, SLOW * min(plane.shape))
    plane = plane - plane.mean()
    if float(plane.std()) <= 1e-6 * max(1.0, float(np.abs(plane).max())):
        raise DataError("The picture is of one colour only.", "Choose a picture with something in it.")
    height, width = plane.shape
    reach = int(REACH * height), int(REACH * width)
    padded = fast_length(height + reach[0]), fast_length(width + reach[1])
    power = np.square(np.abs(np.fft.rfft2(plane, padded)))
    shifted = np.fft.irfft2(power, padded)[:, : reach[1] + 1]
    rows = np.arange(-reach[0], reach[0] + 1)
    overlap = np.outer(height - np.abs(rows), width - np.arange(reach[1] + 1))
    result = shifted[rows] / overlap
    return np.asarray(result / result[reach[0], 0], np.float32)


def lattice_period(correlation: Values, size: float) -> float | None:
    """Return the longer of the two shortest shifts at which structures of a size repeat, None when they do not."""
    middle = len(correlation) // 2
    rows, columns = peaks(correlation, FARTHEST * size)
    rises = np.array([rise(correlation, row, column) for row, column in zip(rows, columns, strict=True)], np.float64)
    heights = correlation[rows, columns]
    least = min(CLEAR_RISE, LEAST_SIGMAS * chance(correlation, size))
    sure = rises >= least
    if not sure.any():
        return None
    alike = sure & (heights >= LIKE_THE_BEST * heights[sure].max()) & (rises >= LEAST_SHARE * rises.max())
    shifts = np.stack([rows - middle, columns], axis=1)[alike]
    lengths = np.hypot(shifts[:, 0], shifts[:, 1])
    order = np.argsort(lengths, kind="stable")
    shifts, lengths = shifts[order], lengths[order]
    first, shortest = shifts[0], float(lengths[0])
    for shift, length in zip(shifts, lengths, strict=True):
        across = shift - first * round(float(shift @ first) / shortest**2)
        sine = abs(first[0] * shift[1] - first[1] * shift[0]) / (shortest * length)
        row, column = placed(across, middle)
        if not (0 <= row < len(correlation) and column < correlation.shape[1]):
            continue  # slanted, it leads further than was compared
        if sine >= LEAST_ANGLE and rise(correlation, row, column) >= max(least, LEAST_SHARE * rises.max()):
            return float(np.hypot(*across)) if np.hypot(*across) <= FARTHEST * shortest else shortest
    return shortest  # stripes: whatever else rises lies on them


def placed(shift: NDArray[np.int64], middle: int) -> tuple[int, int]:
    """Return the row and column of a shift, or of its opposite, which is as alike."""
    down, right = (int(part) for part in (shift if shift[1] >= 0 else -shift))
    return middle + down, right


def peaks(correlation: Values, farthest: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of the highest local maxima near no shift, after a slight blur against noise."""
    smooth = blurred(correlation, 1.0)
    inner = smooth[1:-1, 1:-1]
    best = np.ones(inner.shape, bool)
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            if (down, right) != (1, 1):
                best &= inner >= smooth[down : down + inner.shape[0], right : right + inner.shape[1]]
    # Mirrored, the first column is inner too: shifts straight down are peaks as well.
    edge = smooth[:, 0]
    tall = (edge[1:-1] >= edge[2:]) & (edge[1:-1] >= edge[:-2]) & (edge[1:-1] >= smooth[1:-1, 1])
    rows, columns = np.nonzero(best & (inner > 0))
    straight = np.flatnonzero(tall & (edge[1:-1] > 0))
    rows = np.concatenate([rows, straight]) + 1
    columns = np.concatenate([columns + 1, np.zeros(len(straight), np.int64)])
    away = np.hypot(rows - len(correlation) // 2, columns)
    order = np.argsort(-correlation[rows, columns], kind="stable")
    order = order[(away[order] > 2) & (away[order] <= farthest)][:MOST_PEAKS]
    return rows[order], columns[order]


def rise(correlation: Values, row: int, column: int) -> float:
    """Return how far a peak stands above the lowest point on the straight way to it."""
    middle = len(correlation) // 2
    steps = np.linspace(0, 1, int(np.hypot(row - middle, column)) + 2)
    along = correlation[np.rint(middle + steps * (row - middle)).astype(int), np.rint(steps * column).astype(int)]
    return float(correlation[row, column] - along.min())


def chance(correlation: Values, size: float) -> float:
    """Return the deviation of correlations between structures that know nothing of each other (Bartlett 1946)."""
    rows = np.arange(len(correlation)) - len(correlation) // 2
    near = np.hypot(rows[:, None], np.arange(correlation.shape[1])) < size
    pixels = len(correlation) / (2 * REACH) * correlation.shape[1] / REACH
    return float(np.sqrt(2 * np.square(correlation[near]).sum() / pixels))


def lobe_size(correlation: Values) -> float:
    """Return the length of the wave whose lobe around no shift has the same area."""
    middle = len(correlation) // 2
    inside = correlation > LOBE
    # Grown from no shift: what else is above the level belongs to other structures.
    lobe = np.zeros_like(inside)
    lobe[middle, 0] = True
    while True:
        grown = lobe.copy()
        grown[1:] |= lobe[:-1]
        grown[:-1] |= lobe[1:]
        grown[:, 1:] |= lobe[:, :-1]
        grown[:, :-1] |= lobe[:, 1:]
        grown &= inside
        if (grown == lobe).all():
            break
        lobe = grown
    area = 2 * int(lobe.sum()) - int(lobe[:, 0].sum())
    return float(max(2.0, np.sqrt(area / np.pi) * 2 * np.pi / np.arccos(LOBE)))
