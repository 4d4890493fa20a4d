"""A dream that begins small: swept at a quarter of its canvas, enlarged, swept at the half, enlarged."""

from __future__ import annotations

PARTS = (4, 2)  # of the asked size, in turn
LEAST = 64  # pixels: a smaller canvas has no room for what is larger than a filter

Size = tuple[int, int]  # height, width


def size_at(size: Size, sweeps: int, each: int) -> Size:
    """Return the canvas that a dream of `size` is swept on next after `sweeps` sweeps, `each` at every smaller size."""
    for part in PARTS:
        if min(size) // part < LEAST:
            continue
        if sweeps < each:
            return round(size[0] / part), round(size[1] / part)
        sweeps -= each
    return size


def coarse_sweeps(size: Size, each: int) -> int:
    """Return after how many sweeps a dream of `size` is as large as it was asked to be."""
    return each * sum(min(size) // part >= LEAST for part in PARTS)
