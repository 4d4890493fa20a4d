"""How much memory this process holds, and whether it keeps growing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.data.freed import resident_bytes

MB = 1e6


def resident() -> float:
    """Return the megabytes this process holds in memory; NaN where the system does not tell."""
    found = resident_bytes()
    return float("nan") if found is None else found / MB


def growth(samples: Sequence[tuple[float, float]]) -> float:
    """Return the slope of (seconds, megabytes) in MB a minute, by least squares; NaN for fewer than two."""
    if len(samples) < 2:
        return float("nan")
    seconds, held = np.asarray(samples, np.float64).T
    seconds = seconds - seconds.mean()
    return float(60 * (seconds @ held) / (seconds @ seconds))
