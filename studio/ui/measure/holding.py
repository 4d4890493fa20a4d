"""What a process holds beside memory: threads, running timers, objects of the window, file handles."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

THREADS, HANDLES = Path("/proc/self/task"), Path("/proc/self/fd")


@dataclass(frozen=True, slots=True)
class Holdings:
    """Counts at one moment; -1 where the system does not tell."""

    threads: int
    timers: int
    objects: int
    handles: int


def holdings(roots: Sequence[QObject]) -> Holdings:
    """Count what the process holds; timers and objects are those below the roots, and timers that Python made."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    below = [thing for root in roots for thing in (root, *root.findChildren(QObject))]
    loose = [thing for thing in gc.get_objects() if type(thing) is QTimer and shiboken6.isValid(thing)]
    timers = {id(thing): thing for thing in [*below, *loose] if isinstance(thing, QTimer)}
    running = sum(timer.isActive() for timer in timers.values())
    return Holdings(entries(THREADS), running, len(below), entries(HANDLES))


def entries(folder: Path) -> int:
    return len(os.listdir(folder)) if folder.is_dir() else -1  # noqa: PTH208  # a listing through Path opens no fewer


def kept(counts: Sequence[Holdings]) -> dict[str, int]:
    """Return by how many each count grew: the least of the later half beside the least of the earlier.

    What comes and goes, such as a pool's threads, is at its least in both halves alike.
    """
    middle = len(counts) // 2
    early, late = counts[:middle], counts[middle:]
    grown = {}
    for field in fields(Holdings):
        sides = [min((getattr(each, field.name) for each in side), default=0) for side in (early, late)]
        grown[field.name] = sides[1] - sides[0] if early else 0
    return grown
