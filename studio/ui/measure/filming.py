"""How smooth the window stays while a film of the dream is made and written."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.dream.take import Take
from studio.jobs.frames import DreamFrame
from studio.ui.measure.opened import Opened
from studio.ui.measure.watchdog import Watchdog

SIDE = 256
FRAMES = 300


class Filming(QObject):
    """Brings the canvas to 256 x 256 px, takes an animated GIF of it, and watches the window until that is written."""

    ended = Signal()

    def __init__(self, opened: Opened, path: Path, frames: int = FRAMES, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._path, self._frames = opened.session, path, frames
        self._begun = False
        self.watchdog = Watchdog(self)

    def begin(self) -> None:
        self._session.frame_arrived.connect(self._arrive)
        self._session.set_dream(dataclasses.replace(self._session.dream, width=SIDE, height=SIDE))

    def _arrive(self, kind: str, frame: object) -> None:
        if self._begun or kind != "dream" or not isinstance(frame, DreamFrame) or frame.canvas != (SIDE, SIDE):
            return
        self._begun = True
        self._session.tasks_changed.connect(self._follow)
        self.watchdog.start()
        self._session.take_film(self._path, Take(frames=self._frames))

    def _follow(self, tasks: tuple[object, ...]) -> None:
        if not tasks:
            self.watchdog.stop()
            self.ended.emit()
