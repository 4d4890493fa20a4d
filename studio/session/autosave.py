"""When unsaved work is copied, and the thread that writes the copies."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QSettings, QTimer, Signal

from studio.errors import ProjectError
from studio.jobs.awake import Awake
from studio.paths import recovery
from studio.project.archive import Project
from studio.project.recovery import Recoverable, forget, make, new_token, size_of, write_autosave
from studio.session.worker import Reply, Worker

MINUTES_KEY, SIZE_KEY, FOLDER_KEY = "autosave/minutes", "autosave/megabytes", "autosave/folder"
LONGEST = 60  # minutes
LARGEST = 16_000  # megabytes
SHARE = 0.02  # of the time: what copying and writing may take of it
LATE = 1.0  # seconds: a run tells what it learned about twice in each
WRITE = "Autosaving"
FORGET = "Removing the autosaved copy"


@dataclass(frozen=True, slots=True)
class AutosaveSettings:
    """How often unsaved work is copied, 0 for never, and how large a project may be for it."""

    minutes: float = 5.0
    megabytes: float = 2000.0


@dataclass(frozen=True, slots=True)
class Written:
    """A copy that was written, and the seconds that took."""

    kept: Recoverable
    seconds: float


class Copies:
    """The copy of this session's work on the disk; touched by the thread that writes, and by no other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token = new_token()
        self.kept: Recoverable | None = None
        self._alive = lock_of(folder, self.token)

    def write(self, project: Project, where: Path | None) -> Written:
        """Write a copy, and hold a lock that says to others that its owner lives."""
        began = time.perf_counter()
        make(self.folder)
        self._alive.tryLock(0)
        self.kept = write_autosave(project, where, self.token, self.folder, self.kept)
        return Written(self.kept, time.perf_counter() - began)

    def forget(self) -> None:
        if self.kept is not None:
            forget(self.kept, self.folder)
            self.kept = None
        self.release()

    def release(self) -> None:
        """Leave what there is to the next start."""
        self._alive.unlock()


def lock_of(folder: Path, token: str) -> QLockFile:
    """Return the lock that a session holds as long as it lives; one whose process has died counts as free."""
    lock = QLockFile(str(folder / f"{token}.lock"))
    lock.setStaleLockTime(0)
    return lock


class Autosave(QObject):
    """Asks for a copy when unsaved work is as old as the interval; takes at most a fiftieth of the time."""

    due = Signal()
    written = Signal(object)  # Recoverable
    failed = Signal(object)  # StudioError; not again until a copy was written
    settled = Signal()  # after each attempt, however it went

    def __init__(
        self, settings: QSettings, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._clock = clock
        self.worker = Worker("autosave", self)
        self.worker.replied.connect(self._take)
        self.copies = Copies(Path(str(settings.value(FOLDER_KEY) or recovery())))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.now)
        self._awake = Awake()
        self._changed = self._asked = self._told = self._closed = False
        self.share = SHARE
        self.captured = 0.0  # seconds that the latest copy took from training
        self._since = self._not_before = self._asked_at = -math.inf
        self._number = 0
        self._writing = ""  # the copy that is waited for; one begun before the latest request is not

    @property
    def folder(self) -> Path:
        return self.copies.folder

    @property
    def settings(self) -> AutosaveSettings:
        usual = AutosaveSettings()
        return AutosaveSettings(
            number(self._settings.value(MINUTES_KEY), usual.minutes, LONGEST),
            number(self._settings.value(SIZE_KEY), usual.megabytes, LARGEST),
        )

    def set(self, value: AutosaveSettings) -> None:
        """Keep to these settings from now on."""
        self._settings.setValue(MINUTES_KEY, value.minutes)
        self._settings.setValue(SIZE_KEY, value.megabytes)
        self._timer.stop()
        self._told = False
        self._plan()

    @property
    def on(self) -> bool:
        return self.settings.minutes > 0

    def touch(self) -> None:
        """Note that there is work which no copy holds."""
        if not self._changed:
            self._changed, self._since = True, max(self._asked_at, self._clock() - LATE)
            self._plan()

    def now(self) -> None:
        """Ask for a copy, whether or not it is time."""
        self._timer.stop()
        self._changed, self._asked, self._asked_at = False, True, self._clock()
        self._writing = ""
        self.due.emit()

    def write(self, project: Project, where: Path | None, captured: float = 0.0) -> None:
        """Write what was asked for; `captured` are the seconds that copying it took from training."""
        if not self._asked:
            return  # it was saved, or put away, in the meantime
        self.captured = captured
        size, most = size_of(project) / 1e6, self.settings.megabytes
        if size > most:
            sentence = f"The project is not autosaved: it has {size:,.0f} MB, and {most:,.0f} MB are the most."
            self._end(ProjectError(sentence, "Save it yourself, or raise the largest size under Project, Autosave."))
            return
        self._number += 1
        self._writing = f"{WRITE}, copy {self._number}"
        self.worker.ask(self._writing, partial(self.copies.write, project, where))

    def gave_up(self) -> None:
        """Note that there was nothing to be had."""
        self._end(None)

    def forget(self) -> None:
        """Remove the copy: the work is saved, or was given up."""
        self._timer.stop()
        self._awake = Awake()
        awaited = self._asked
        self._changed = self._asked = False
        self._writing = ""
        if self.worker.isRunning():  # else there has never been a copy
            self.worker.ask(FORGET, self.copies.forget)
        if awaited:
            self.settled.emit()  # whoever waits for a copy before quitting would wait for ever

    def stop(self) -> None:
        """Plan no more copies."""
        self._timer.stop()
        self._closed = True

    def _plan(self) -> None:
        if self._changed and not (self._asked or self._closed or self._timer.isActive()) and self.on:
            due = max(self._since + 60 * self.settings.minutes, self._not_before)
            self._timer.start(max(0, math.ceil(1000 * (due - self._clock()))))

    def _take(self, reply: Reply) -> None:
        if reply.task != self._writing:
            return
        self._writing = ""
        if isinstance(reply.value, Written):
            self._told = False
            took = self._awake.took(self.captured + reply.value.seconds)
            self._not_before = self._clock() + took / self.share
            self.written.emit(reply.value.kept)
        self._end(reply.error)

    def _end(self, error: Exception | None) -> None:
        self._asked = False
        if error is not None:
            self._changed, self._since = True, self._clock()
            if not self._told:
                self._told = True
                self.failed.emit(error)
        self._plan()
        self.settled.emit()


def number(value: object, usual: float, most: float) -> float:
    """Return a setting within its bounds, the usual one where it is none."""
    try:
        found = float(str(value))
    except ValueError:
        return usual
    return min(most, max(0.0, found)) if math.isfinite(found) else usual
