"""What earlier sessions left behind: found, saved elsewhere, discarded."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal

from studio.atomic import write_atomically
from studio.errors import ProjectError, StudioError
from studio.project.recovery import Rescue, forget, found_in, look
from studio.session.autosave import lock_of
from studio.session.worker import Reply, Worker

LOOK = "Looking for unsaved work"
SAVE = "Saving the copy"
DISCARD = "Removing a copy"


class Claims:
    """The copies this session takes care of: their locks are held, so that no other offers them; the worker's alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[str, QLockFile] = {}

    def find(self, own: str) -> tuple[Rescue, ...]:
        """Return the copies whose owners have died."""
        rescues = []
        for found in found_in(self._folder):
            if found.token == own or found.token in self._locks:
                continue
            lock = lock_of(self._folder, found.token)
            if lock.tryLock(0):
                self._locks[found.token] = lock
                rescues.append(look(found))
        return tuple(rescues)

    def save(self, rescue: Rescue, path: Path) -> Path:
        """Copy to `path`, and forget the copy."""
        try:
            data = rescue.found.autosave.read_bytes()
        except OSError as error:
            raise ProjectError(
                f"The copy cannot be read: {error.strerror or error}.", "It is left as it is."
            ) from error
        write_atomically(path, data)
        self.discard(rescue)
        return path

    def discard(self, rescue: Rescue) -> None:
        forget(rescue.found, self._folder)
        lock = self._locks.pop(rescue.found.token, None)
        if lock is not None:
            lock.unlock()

    def release(self) -> None:
        """Let others offer what was neither opened nor discarded."""
        for lock in self._locks.values():
            lock.unlock()
        self._locks.clear()


class Rescues(QObject):
    """Asks the thread that writes copies for what is left of earlier ones."""

    found = Signal(object)  # tuple[Rescue, ...]
    saved = Signal(object)  # Path
    failed = Signal(object)  # StudioError

    def __init__(self, worker: Worker, folder: Path, own: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._own = own
        self._claims = Claims(folder)
        worker.replied.connect(self._take)

    def look(self) -> None:
        """Look for unsaved work; `found` follows."""
        self._worker.ask(LOOK, partial(self._claims.find, self._own))

    def save(self, rescue: Rescue, path: Path) -> None:
        """Save a copy as a project of its own, without opening it; `saved` follows."""
        self._worker.ask(SAVE, partial(self._claims.save, rescue, path))

    def discard(self, rescue: Rescue) -> None:
        self._worker.ask(DISCARD, partial(self._claims.discard, rescue))

    def release(self) -> None:
        """Let go of every copy, once the worker has ended."""
        self._claims.release()

    def _take(self, reply: Reply) -> None:
        if reply.task == LOOK and isinstance(reply.value, tuple):
            self.found.emit(reply.value)
        elif reply.task == SAVE and isinstance(reply.value, Path):
            self.saved.emit(reply.value)
        elif reply.task in (LOOK, SAVE, DISCARD) and isinstance(reply.error, StudioError):
            self.failed.emit(reply.error)
