"""How often one looks at what is made of a hole: looking takes time in which the dream could play."""

from __future__ import annotations

from studio.jobs.fill_frames import FillFrame

LOOK_MS = 500
LOOKING_SHARE = 0.1  # of the time in which the dream could play


def pause_after(frame: FillFrame) -> int:
    """Return the milliseconds until one looks again."""
    return max(LOOK_MS, round(1000 * frame.seconds / LOOKING_SHARE))
