"""How much memory can be had, where the system says so."""

from __future__ import annotations

import os
from pathlib import Path

MEMINFO = Path("/proc/meminfo")
CONTAINER = Path("/sys/fs/cgroup")


def free_bytes() -> int | None:
    """Return the bytes that can be had, within the limit of a container; None where the system does not say."""
    free, room = of_machine(), of_container()
    return free if free is None or room is None else min(free, room)


def of_machine() -> int | None:
    try:
        for line in MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    except OSError:
        pass  # another system, which has other ways
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def of_container() -> int | None:
    """Return what a container's limit leaves, files kept at hand not counted; None without a limit."""
    try:
        limit, used = (int((CONTAINER / name).read_text()) for name in ("memory.max", "memory.current"))
        kept = dict(line.split() for line in (CONTAINER / "memory.stat").read_text().splitlines())
        return max(0, limit - used + int(kept.get("file", 0)))
    except (OSError, ValueError):  # no container, or one without a limit
        return None
