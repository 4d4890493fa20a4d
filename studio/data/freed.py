"""Memory that was freed, and that the C library keeps: hundreds of megabytes after a large picture."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

MUCH = 64_000_000  # bytes
STATM = Path("/proc/self/statm")


def resident_bytes() -> int | None:
    """Return the bytes that this process holds in memory; None where the system does not tell."""
    try:
        return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


@contextmanager
def given_back() -> Iterator[None]:
    """Give what was taken within, and freed, back to the system, where much was.

    Pillow takes pictures in blocks that glibc keeps for the thread that asked, once it has seen a few of them: four
    threads that read a picture of 29 megapixels each held 450 MB between two of them.
    """
    before = resident_bytes()
    try:
        yield
    finally:
        after = resident_bytes()
        if before is not None and after is not None and after - before > MUCH:
            give_back()


def give_back() -> None:
    """Give memory that was freed back to the system; takes some milliseconds."""
    trim()(0)


class Tidy:
    """Gives back what was freed whenever the process holds much more than after the last time."""

    def __init__(self) -> None:
        self._held = resident_bytes() or 0

    def look(self) -> None:
        """Look how much is held now, for one who has just finished something."""
        held = resident_bytes()
        if held is not None and held - self._held > MUCH:
            give_back()
            self._held = resident_bytes() or held


@cache
def trim() -> Callable[[int], int]:
    """Return the function of the C library that gives memory back; one that does nothing where there is none."""
    if sys.platform.startswith("linux"):
        found = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl has not
        if found is not None:
            return found  # type: ignore[no-any-return]  # ctypes knows it by name alone
    return lambda _pad: 0
