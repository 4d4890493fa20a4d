"""The half of the session that loses nothing: copies of unsaved work, and one window a project."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

from PySide6.QtCore import QObject, QSettings

from studio.errors import StudioError
from studio.project.archive import SUFFIX, Project
from studio.project.recovery import Recoverable, Rescue
from studio.session.answers import ToAutosave
from studio.session.autosave import Autosave, AutosaveSettings
from studio.session.composing import EMPTY_CANVAS, OnCanvas
from studio.session.files import Opened, Saved
from studio.session.keeping import DREAM_OF, Keeping
from studio.session.notices import Level, Notice
from studio.session.project_lock import Holder, ProjectLock
from studio.session.rescues import Rescues
from studio.session.unsaved import Unsaved
from studio.session.worker import Reply

AUTOSAVE = "Copying unsaved work"


class Autosaving(Keeping):
    """Copies what is unsaved, offers what a crash left, tells of a second window."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self.autosave = Autosave(settings, self)
        self.rescues = Rescues(self.autosave.worker, self.autosave.folder, self.autosave.copies.token, self)
        self._lock = ProjectLock(self.autosave.folder)
        self._adopted: list[Rescue] = []  # opened; their copies go once this session has one of its own
        self.progressed.connect(self._learned)
        self.autosave.due.connect(self._copy)
        self.autosave.written.connect(self._copy_written)
        self.autosave.failed.connect(self._not_written)
        self.rescues.found.connect(self.recoverable_found)
        self.rescues.saved.connect(self._rescued)
        self.rescues.failed.connect(self._not_written)

    def set_autosave(self, value: AutosaveSettings) -> None:
        """Copy unsaved work this often from now on."""
        self.autosave.set(value)

    def look_for_recoverable(self) -> None:
        """Look for what earlier sessions left unsaved; recoverable_found follows."""
        self.rescues.look()

    def recover(self, rescue: Rescue) -> None:
        """Open a copy as the unsaved project it is of."""
        if not self._refused("open another project"):
            self._begin_opening()
            self.files.recover(rescue)

    def save_recovered(self, rescue: Rescue, path: Path) -> None:
        """Save a copy as a project of its own, without opening it."""
        self.rescues.save(rescue, path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX))

    def discard_recovered(self, rescue: Rescue) -> None:
        self.rescues.discard(rescue)

    # what happens to the project

    def _touch(self) -> None:
        super()._touch()
        self.autosave.touch()

    def _learn_on(self) -> None:
        super()._learn_on()
        self.autosave.touch()

    def _set_unsaved(self, unsaved: Unsaved) -> None:
        thrown_away = self._unsaved.any and not unsaved.any
        super()._set_unsaved(unsaved)
        if thrown_away:
            self._nothing_unsaved()

    def _learned(self, _progress: object) -> None:
        if self.status.learning:
            self._learn_on()  # measurements may be rare where they are dear

    def _opened(self, opened: Opened) -> None:
        number = self._project_number
        super()._opened(opened)
        if opened.recovered is not None and number != self._project_number:
            self._adopted.append(opened.recovered)
            self._touch()
            self.at_stake = math.inf  # nobody knows how long it learned, and a file holds none of it
            if self.autosave.on:
                self.autosave.now()

    def _replace(self, path: Path | None, project: Project, canvas: OnCanvas = EMPTY_CANVAS) -> None:
        self._nothing_unsaved()
        super()._replace(path, project, canvas)
        self._take_lock(path)

    def _saved(self, saved: Saved) -> None:
        if saved.as_of.number != self._project_number:
            return  # it was put away while it was being written
        self._take_lock(saved.path)
        self._nothing_unsaved()
        if saved.as_of.changes != self._changes:
            self.autosave.touch()
        super()._saved(saved)  # whoever waits for it goes on from here

    def _take_lock(self, path: Path | None) -> None:
        held = self._lock.take(path)
        if held is not None and path is not None:
            self.notify(Notice(Level.WARNING, words_of(path, held), "Close one of them: who saves last wins."))

    # copies

    def _copy(self) -> None:
        if not self.unsaved:
            self.autosave.gave_up()
        elif self.has_model and self._compute.isRunning():
            number, canvas = self._project_number, self._on_canvas()
            self._compute.ask(AUTOSAVE, lambda workshop: workshop.to_autosave(number, canvas))
        else:
            self.autosave.write(self._besides().composed(None), self.project.path)

    def _take_model_reply(self, reply: Reply) -> None:
        if isinstance(reply.value, ToAutosave):
            if reply.value.number == self._project_number:  # else it was put away, and a later copy is on its way
                besides = dataclasses.replace(self._besides(), recorded=reply.value.canvas)
                copied = besides.composed(reply.value.project)
                self.autosave.write(copied, self.project.path, reply.value.seconds)
        else:
            super()._take_model_reply(reply)

    def _gave_up(self, task: str) -> None:
        if task == AUTOSAVE:
            self.autosave.gave_up()
        elif task == DREAM_OF:
            self._adopted.clear()  # what could not be opened whole stays for the next start
        super()._gave_up(task)

    def _copy_written(self, kept: Recoverable) -> None:
        self._forget_adopted()
        self.autosaved.emit(kept)

    def _not_written(self, error: StudioError) -> None:
        self.notify(Notice(Level.WARNING, error.message, error.hint))

    def _rescued(self, path: Path) -> None:
        self.files.remember(path)
        self.notify(Notice(Level.INFO, f"Saved {path.name}.", "Ctrl+O opens it."))

    def _nothing_unsaved(self) -> None:
        self.autosave.forget()
        self._forget_adopted()

    def _forget_adopted(self) -> None:
        for rescue in self._adopted:
            self.rescues.discard(rescue)
        self._adopted.clear()

    @property
    def unsaved(self) -> bool:
        """Whether there is work that a copy should hold; a run learns on after each save."""
        return self.project.dirty or self.status.learning

    def _let_go(self) -> None:
        """Give all locks back, once the threads have ended."""
        self._lock.release()
        self.rescues.release()
        self.autosave.copies.release()


def words_of(path: Path, held: Holder) -> str:
    since = f" since {held.since}" if held.since else ""
    who = f"process {held.pid} on {held.host}" if held.pid else "another process"
    return f"{path.name} is already open in another window ({who}{since})."
