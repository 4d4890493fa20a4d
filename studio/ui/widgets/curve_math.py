"""Curves made fit to draw: smoothed, thinned, ranged, worded."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from studio.project.history import Curve

Floats = NDArray[np.float64]
MOST_POINTS = 2000


class Smoothed:
    """An exponential mean of a growing curve, without the pull towards zero at its beginning.

    Only what is new is computed, so a long run costs no more to watch than a
    short one. What is not finite stays a gap and leaves the mean alone.
    """

    def __init__(self, curve: Curve, strength: float) -> None:
        self.curve = curve
        self.strength = strength
        self._values: list[float] = []
        self._sum = 0.0
        self._weight = 0.0

    def values(self) -> Floats:
        new = self.curve.values[len(self._values) :]
        for value in new.tolist():
            if math.isfinite(value):
                self._sum = self.strength * self._sum + (1 - self.strength) * value
                self._weight = self.strength * self._weight + (1 - self.strength)
                self._values.append(self._sum / self._weight)
            else:
                self._values.append(math.nan)
        return np.array(self._values, np.float64)


def thin(steps: Floats, values: Floats, most: int = MOST_POINTS) -> tuple[Floats, Floats]:
    """Return at most `most` points that keep the lowest and highest of each stretch, so that no peak is lost."""
    count = len(steps)
    if count <= most:
        return steps, values
    bins = most // 2
    size = -(-count // bins)
    whole = count // size * size
    blocks = values[:whole].reshape(-1, size)
    # A stretch without a finite value stays a gap: its filled ends are infinite, and made NaN again below.
    low = np.where(np.isfinite(blocks), blocks, np.inf).min(axis=1)
    high = np.where(np.isfinite(blocks), blocks, -np.inf).max(axis=1)
    starts = steps[:whole].reshape(-1, size)[:, 0]
    middles = steps[:whole].reshape(-1, size)[:, size // 2]
    x = np.concatenate([np.stack([starts, middles], axis=1).ravel(), steps[-1:]])
    y = np.concatenate([np.stack([low, high], axis=1).ravel(), values[-1:]])
    return x, np.where(np.isfinite(y), y, np.nan)


def logarithmic(values: Floats) -> Floats:
    """Return log10, with gaps where there is none."""
    return np.log10(np.where(values > 0, values, np.nan))


def span(parts: list[Floats], pad: float = 0.08) -> tuple[float, float] | None:
    """Return lowest and highest finite value of all parts with some room, None when nothing is finite."""
    finite = [part[np.isfinite(part)] for part in parts]
    finite = [part for part in finite if len(part)]
    if not finite:
        return None
    low, high = min(float(part.min()) for part in finite), max(float(part.max()) for part in finite)
    room = pad * (high - low)
    if room <= 1e-12 * max(abs(low), abs(high)):
        room = 0.1 * abs(high) or 1.0
    return low - room, high + room


def calm(values: Floats) -> Floats:
    """Return values without their wildest hundredth, which should not flatten the rest of a plot."""
    finite: Floats = values[np.isfinite(values)]
    if len(finite) < 100:
        return finite
    low, high = np.quantile(finite, [0.002, 0.998])
    inner: Floats = finite[(finite >= low) & (finite <= high)]
    return inner


def worded(value: float | None) -> str:
    """Return a figure in three digits, without the zero before its point; a gap as a dash."""
    if value is None or not math.isfinite(value):
        return "\u2013"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", "\u2009")
    text = f"{value:.3g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def value_near(steps: Floats, values: Floats, step: float) -> tuple[int, float] | None:
    """Return the point of a curve nearest to `step`."""
    if not len(steps):
        return None
    place = int(np.clip(np.searchsorted(steps, step), 0, len(steps) - 1))
    if place and step - steps[place - 1] < steps[place] - step:
        place -= 1
    return int(steps[place]), float(values[place])
