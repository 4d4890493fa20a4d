"""Offers what earlier sessions left unsaved, and carries out what is decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from studio.project.recovery import Rescue
from studio.ui.dialogs import PROJECTS, FileDialogs
from studio.ui.recovery_dialog import RecoveryDialog
from studio.ui.unsaved import UnsavedGuard

if TYPE_CHECKING:
    from studio.session.session import Session


class Recovering(QObject):
    """Shows the dialog when something was found."""

    def __init__(self, session: Session, guard: UnsavedGuard, dialogs: FileDialogs, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._guard = guard
        self._dialogs = dialogs
        self._window = window
        self._chosen: Rescue | None = None
        session.recoverable_found.connect(self._offer)

    def _offer(self, rescues: tuple[Rescue, ...]) -> None:
        if not rescues:
            return
        self.dialog = RecoveryDialog(rescues, self._window)
        self.dialog.open_asked.connect(self._open)
        self.dialog.save_asked.connect(self._save)
        self.dialog.discard_asked.connect(self._session.discard_recovered)
        self.dialog.open()

    def _open(self, rescue: Rescue) -> None:
        self._chosen = rescue
        self._guard.run(self._open_chosen)

    def _open_chosen(self) -> None:
        if self._chosen is not None:
            self._session.recover(self._chosen)

    def _save(self, rescue: Rescue) -> None:
        self._chosen = rescue
        self._dialogs.ask_save(f"Save {rescue.found.title} as", PROJECTS, "harmonium", self._save_to)

    def _save_to(self, files: list[str]) -> None:
        if self._chosen is not None:
            self._session.save_recovered(self._chosen, Path(files[0]))
            self.dialog.remove(self._chosen)
