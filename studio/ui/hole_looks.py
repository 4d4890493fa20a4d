"""How often one looks at what is made of a hole: looking takes time in which the dream could play."""

from __future__ import annotations

from studio.jobs.fill_frames import FillFrame

LOOK_MS = 500
YOUNG = 100  # sweeps from noise in which most of a hole is filled
YOUNG_SHARE = 0.3  # of the time in which the dream could play, while it is young: else the first look would stand long
LOOKING_SHARE = 0.1  # the same, later


def pause_after(frame: FillFrame) -> int:
    """Return the milliseconds until one looks again."""
    share = YOUNG_SHARE if frame.sweep < YOUNG else LOOKING_SHARE
    return max(LOOK_MS, round(1000 * frame.seconds / share))
