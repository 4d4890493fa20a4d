"""Features of pictures brought to rows of length 1, in which layers and pictures count as they should."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]

LEAST = 0.01  # of the mean deviation
TINY = 1e-9
SHARES = (1.0, 0.5, 0.25, 0.0)


@dataclass(frozen=True, slots=True)
class Way:
    """How features are made comparable: each brought to deviation 1 or not, and what a deeper layer counts.

    With a share of 1 all layers count alike, with 1/2 each half of the one below, with 0 the first alone.
    """

    standardised: bool = False
    share: float = 1.0

    def __str__(self) -> str:
        if self.share == 0:
            layers = ", the first layer alone"
        else:
            layers = f", a layer counts {self.share:g} of the one below" if self.share < 1 else ""
        return f"{', standardised' * self.standardised}{layers}"


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """A way, with mean and deviation of the features (features,) it was made for; `sizes` are those of the layers."""

    way: Way
    sizes: tuple[int, ...]
    mean: Values
    deviation: Values

    def apply(self, rows: Values) -> Values:
        """Scale rows (n, features) in place: each layer to its length, the whole to 1, so that faint pictures count."""
        if self.way.standardised:
            rows -= self.mean
            rows /= self.deviation
        if len(self.sizes) > 1:
            for layer, (start, end) in enumerate(itertools.pairwise(np.cumsum((0, *self.sizes)))):
                rows[:, start:end] = to_length_1(rows[:, start:end]) * np.float32(self.way.share**layer)
        return to_length_1(rows)


def to_length_1(rows: Values) -> Values:
    """Divide each row (n, features) by its length in place; an empty one stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(lengths > 0, lengths, 1)
    return rows


def ways(layers: int) -> tuple[Way, ...]:
    """Return the ways that are held against each other, the plainest first."""
    shares = SHARES if layers > 1 else SHARES[:1]
    return tuple(Way(standardised, share) for standardised in (False, True) for share in shares)


def scale_of(way: Way, rows: Values, sizes: tuple[int, ...]) -> Scale:
    """Return the scale of rows (n, features).

    A feature that hardly ever moves is not raised to what the others are.
    """
    deviation = rows.std(0)
    return Scale(way, sizes, rows.mean(0), np.asarray(deviation + LEAST * deviation.mean() + TINY, np.float32))
