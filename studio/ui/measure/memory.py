"""How much memory this process holds, and whether it keeps growing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

MB = 1e6
STATM = Path("/proc/self/statm")


def resident() -> float:
    """Return the megabytes this process holds in memory; NaN where the system does not tell."""
    if not STATM.exists():
        return float("nan")
    pages = int(STATM.read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MB


def growth(samples: Sequence[tuple[float, float]]) -> float:
    """Return the slope of (seconds, megabytes) in MB a minute, by least squares; NaN for fewer than two."""
    if len(samples) < 2:
        return float("nan")
    seconds, held = np.asarray(samples, np.float64).T
    seconds = seconds - seconds.mean()
    return float(60 * (seconds @ held) / (seconds @ seconds))
