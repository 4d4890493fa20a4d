"""How far a set of dreams is from a set of pictures: maximum mean discrepancy (Gretton et al., JMLR 13, 2012)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.feature import hog
from skimage.transform import resize

Values = NDArray[np.float32]
Numbers = NDArray[np.float64]

THUMBNAIL = 16  # side in pixels of what colours are compared by
SHAPES = 64  # side in pixels of what orientations are measured in
CELLS, ORIENTATIONS = 4, 8
BANDWIDTHS = (0.5, 1.0, 2.0)  # times the median distance of the pictures
TIMES = 200  # bootstrap samples
ENDS = (5, 95)  # per cent


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Unbiased squared MMD, by colours and by shapes, their mean, and the mean's bootstrap interval."""

    colours: float
    shapes: float
    mean: float
    low: float
    high: float


def thumbnails(pictures: Values) -> Numbers:
    """Return pictures (n, H, W, C) as small colour pictures: (n, 16 * 16 * 3)."""
    small = resized(pictures, THUMBNAIL)
    return np.broadcast_to(small, (*small.shape[:3], 3)).reshape(len(small), -1).astype(np.float64)


def orientation_histograms(pictures: Values) -> Numbers:
    """Return histograms of gradient orientations in 4 x 4 cells of pictures (n, H, W, C) (Dalal & Triggs 2005)."""
    cell = (SHAPES // CELLS, SHAPES // CELLS)
    grey = resized(pictures, SHAPES).mean(3)
    made = [hog(one, ORIENTATIONS, cell, (1, 1), block_norm="L2") for one in grey]
    return np.stack(made).astype(np.float64)


def resized(pictures: Values, side: int) -> Values:
    """Return pictures (n, H, W, C) at `side` x `side`, smoothed where they become smaller."""
    made: Values = np.stack(
        [resize(one, (side, side), anti_aliasing=min(one.shape[:2]) > side) for one in pictures]  # type: ignore[no-untyped-call]  # scikit-image says nothing of its types
    ).astype(np.float32)
    return made


def compared(dreams: Values, pictures: Values, seed: int = 0) -> Discrepancy:
    """Return how far dreams (n, H, W, C) are from pictures (m, H, W, C), with intervals over both being drawn anew."""
    grams = [Grams.of(kind(dreams), kind(pictures)) for kind in (thumbnails, orientation_histograms)]
    colours, shapes = (gram.unbiased() for gram in grams)
    rng = np.random.default_rng(seed)
    again = []
    for _ in range(TIMES):
        rows, columns = (rng.integers(0, count, count) for count in (len(dreams), len(pictures)))
        again.append(np.mean([gram.drawn(rows, columns) for gram in grams]))
    low, high = np.percentile(again, ENDS)
    return Discrepancy(colours, shapes, (colours + shapes) / 2, float(low), float(high))


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """Mean Gaussian kernels within the dreams, within the pictures, and between them."""

    dreams: Numbers
    pictures: Numbers
    between: Numbers

    @classmethod
    def of(cls, dreams: Numbers, pictures: Numbers) -> Grams:
        """Return kernels of features (n, d) and (m, d), as wide as the pictures lie apart."""
        within = squared_distances(pictures, pictures)
        width = float(np.median(within[~np.eye(len(within), dtype=bool)])) if len(within) > 1 else 1.0
        widths = [max(width, 1e-12) * times**2 for times in BANDWIDTHS]
        parts = squared_distances(dreams, dreams), within, squared_distances(dreams, pictures)
        return cls(*(kernel(part, widths) for part in parts))

    def unbiased(self) -> float:
        """Squared MMD without the pairs of a picture and itself (Gretton et al. 2012, equation 3)."""
        return self.drawn(np.arange(len(self.dreams)), np.arange(len(self.pictures)))

    def drawn(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> float:
        """The same of some dreams and pictures; pairs of one that was drawn twice are left out."""
        within = [
            pairs_mean(part[np.ix_(chosen, chosen)], chosen[:, None] != chosen[None])
            for part, chosen in ((self.dreams, rows), (self.pictures, columns))
        ]
        return float(sum(within) - 2 * self.between[np.ix_(rows, columns)].mean())


def pairs_mean(values: Numbers, counted: NDArray[np.bool_]) -> float:
    return float(values[counted].mean()) if counted.any() else 0.0


def squared_distances(first: Numbers, second: Numbers) -> Numbers:
    found: Numbers = (first**2).sum(1)[:, None] + (second**2).sum(1)[None] - 2 * first @ second.T
    return np.maximum(found, 0)


def kernel(distances: Numbers, widths: Sequence[float]) -> Numbers:
    made: Numbers = np.mean([np.exp(-distances / width) for width in widths], axis=0)
    return made


def nearest(dreams: Values, pictures: Values) -> tuple[NDArray[np.int64], Numbers]:
    """Return for each dream the nearest picture, and how far it is in units of the pictures' own typical distance.

    The unit is the median distance of a picture to the one nearest to it, by
    thumbnails; near 0 is a copy, 1 as new as another picture of the set.
    """
    made, real = thumbnails(dreams), thumbnails(pictures)
    own = np.sqrt(squared_distances(real, real))
    np.fill_diagonal(own, np.inf)
    unit = float(np.median(own.min(1))) if len(real) > 1 else 1.0
    distances = np.sqrt(squared_distances(made, real))
    return distances.argmin(1), distances.min(1) / max(unit, 1e-12)
