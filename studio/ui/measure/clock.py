"""Time since this process began, as whoever started it has felt it."""

from __future__ import annotations

import os
import time
from pathlib import Path

IMPORTED = time.monotonic()
STAT = Path("/proc/self/stat")
STARTED_FIELD = 19  # counted after the name in brackets: start in ticks since boot


def process_age() -> float:
    """Return the seconds since the process began; where the system does not tell, since this module was imported."""
    if not STAT.exists():
        return time.monotonic() - IMPORTED
    fields = STAT.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    began = int(fields[STARTED_FIELD]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began
