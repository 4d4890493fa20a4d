"""Nothing unsaved is lost without a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.session.notices import Level, Notice, ProjectInfo
from studio.ui.dialogs import ALL_IS_LOST, SaveQuestion

if TYPE_CHECKING:
    from studio.session.session import Session


class UnsavedGuard(QObject):
    """Runs an action at once when nothing is unsaved, else after Save or Discard, and not at all after Cancel.

    After Save the action waits until the session reports the project as saved;
    an error or a cancelled file dialog calls it off, and what was changed while
    the file was written is asked about again. What is asked for while the
    question is open takes the place of what waits for its answer.
    """

    save_asked = Signal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._action: Callable[[], None] | None = None
        self._loss = ALL_IS_LOST
        self._question: SaveQuestion | None = None
        self._saving = False
        session.project_changed.connect(self._follow_project)
        session.notice_posted.connect(self._follow_notice)

    def run(self, action: Callable[[], None], loss: str = ALL_IS_LOST) -> None:
        if not self._session.project.dirty:
            action()
            return
        self._action, self._loss = action, loss
        if self._question is not None:
            self._question.raise_()
            return
        self._question = question = SaveQuestion(self._session.project.title, self._window, loss)
        question.save_asked.connect(self._save)
        question.discard_asked.connect(self._go)
        question.rejected.connect(self.call_off)
        question.finished.connect(self._forget_question)
        question.open()

    def call_off(self) -> None:
        """Forget the action that waits."""
        self._action = None
        self._saving = False

    def _forget_question(self) -> None:
        self._question = None

    def _save(self) -> None:
        self._saving = True
        self.save_asked.emit()

    def _go(self) -> None:
        action, self._action = self._action, None
        self._saving = False
        if action is not None:
            action()

    def _follow_project(self, info: ProjectInfo) -> None:
        if not self._saving:
            return
        if not info.dirty:
            self._go()
        elif self._action is not None:
            self._saving = False
            self.run(self._action, self._loss)

    def _follow_notice(self, notice: Notice) -> None:
        if self._saving and notice.level is Level.ERROR:
            self.call_off()
