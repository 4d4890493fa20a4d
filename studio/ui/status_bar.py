"""The line at the bottom: what one could do next, and what goes on besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.jobs.status import RunState
from studio.project.recovery import Recoverable
from studio.session.notices import LoadProgress, ProjectInfo
from studio.ui import numbers
from studio.ui.widgets.labels import Chip, dim_label

if TYPE_CHECKING:
    from studio.session.session import Session

HEIGHT = 28


class StatusLine(QFrame):
    """A hint that follows the state, and work in progress at the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedHeight(HEIGHT)
        self.hint = dim_label("")
        self.hint.setMinimumWidth(1)
        self.work = Chip("Work in progress", "Other work that goes on")
        self.autosaved = Chip("Last autosave", "")
        self.loading = Chip("Reading pictures", "Pictures read so far")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(16)
        row.addWidget(self.hint, 1)
        row.addWidget(self.autosaved)
        row.addWidget(self.loading)
        row.addWidget(self.work)
        session.work_changed.connect(self.work.show_text)
        session.loading_changed.connect(self._show_loading)
        session.autosaved.connect(self._show_autosaved)
        session.project_changed.connect(self._follow_project)
        session.status_changed.connect(self._show_hint)
        session.dataset_changed.connect(self._show_hint)
        session.model_changed.connect(self._show_hint)
        self._show_hint()

    def say(self, sentence: str) -> None:
        """Say something instead of the hint."""
        self.hint.setText(sentence)

    def _show_hint(self, _changed: object = None) -> None:
        self.hint.setText(hint_for(self._session))

    def _show_autosaved(self, kept: Recoverable) -> None:
        self.autosaved.show_text(f"Autosaved at {kept.saved[11:16]}")
        self.autosaved.setToolTip(f"A copy of what is unsaved, in {kept.autosave.parent}; saving takes it away")

    def _follow_project(self, info: ProjectInfo) -> None:
        if not info.dirty:
            self.autosaved.show_text("")

    def _show_loading(self, progress: LoadProgress | None) -> None:
        total = f" of {numbers.whole(progress.total)}" if progress and progress.total else ""
        self.loading.show_text(f"Reading pictures: {numbers.whole(progress.done)}{total}" if progress else "")


def hint_for(session: Session) -> str:
    """Return the sentence that helps most in this state."""
    state = session.status.state
    if state is RunState.STOPPING:
        return "Finishing the current step."
    if state is RunState.PAUSED:
        return "Paused between two steps: Ctrl+P goes on, Ctrl+. takes one step; the dream plays on."
    if state in (RunState.TRAINING, RunState.PREPARING):
        return "The canvas shows what the model dreams while it learns. Space holds the dream, Ctrl+P the training."
    if session.dataset is None:
        return "Drop a folder of pictures anywhere, or choose a bundled set on the left."
    if not session.has_model:
        return "Press Start: the model begins to learn, and dreams what it knows so far."
    return "Drop pictures anywhere: on the left to learn from them, on the canvas to dream from them."
