"""Time since this process began, as whoever started it has felt it."""

from __future__ import annotations

import os
import time
from pathlib import Path

IMPORTED = time.monotonic()
STAT = Path("/proc/self/stat")
STARTED_FIELD = 19  # counted after the name in brackets: start in ticks since boot
HANDED_OVER = "HARMONIUM_STARTED"  # set to the time of day by a script that becomes this process


def process_age() -> float:
    """Return the seconds since this interpreter began; where nothing tells, since this module was imported.

    A process that was set-up script before counts from where it was handed over.
    """
    handed = os.environ.get(HANDED_OVER, "")
    if handed.replace(".", "", 1).isdecimal():
        return time.time() - float(handed)
    if not STAT.exists():
        return time.monotonic() - IMPORTED
    fields = STAT.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    began = int(fields[STARTED_FIELD]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began
