"""Two windows on one project: the second is told."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a project open: process, machine, since when (local time)."""

    pid: int
    host: str
    since: str


class ProjectLock:
    """A lock file beside the open project, or in `folder` where there may be none; one of a dead process is taken over.

    It bars nobody: it tells.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: QLockFile | None = None
        self._path: Path | None = None

    def take(self, path: Path | None) -> Holder | None:
        """Let go of the project before, and lock this one; returns who has it open already."""
        resolved = path.resolve() if path is not None else None
        if resolved is not None and resolved == self._path and self._lock is not None:
            return None
        self.release()
        if resolved is None:
            return None
        self._path = resolved
        for place in (beside(resolved), elsewhere(resolved, self._folder)):
            lock = QLockFile(str(place))
            lock.setStaleLockTime(0)
            if lock.tryLock(0):
                self._lock = lock
                return None
            if lock.error() is QLockFile.LockError.LockFailedError:
                return holder(lock, place)
        return None

    def release(self) -> None:
        if self._lock is not None:
            self._lock.unlock()
        self._lock = self._path = None


def beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def elsewhere(path: Path, folder: Path) -> Path:
    return folder / f"{hashlib.sha256(str(path).encode()).hexdigest()[:16]}.lock"


def holder(lock: QLockFile, place: Path) -> Holder:
    pid, host, _ = lock.getLockInfo()
    try:
        since = time.strftime("%H:%M", time.localtime(place.stat().st_mtime))
    except OSError:
        since = ""
    return Holder(int(pid), str(host), since)
