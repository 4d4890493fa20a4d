"""The part of the session that looks back: the time-lapse of training."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSettings

from studio.jobs.lapse_frames import LapsePicture
from studio.project.lapse import from_arrays
from studio.session.altering import Altering
from studio.session.answers import CodeWalk
from studio.session.worker import Reply

LOOK_BACK = "Looking back"
KIND = "lapse"


class Lapsing(Altering):
    """Steps that were kept, what they look like, and the dream begun from one of them."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._pump.frame_arrived.connect(self._take_steps)
        self.model_changed.connect(self._look_at_kept)
        self.status_changed.connect(self._look_at_kept)

    def look_at_step(self, step: int) -> None:
        """Ask what a step looks like; lapse_shown follows."""
        if self.has_model:
            self._compute.ask(LOOK_BACK, lambda workshop: workshop.look_at_step(step))

    def dream_from_step(self, step: int) -> None:
        """Dream with the weights of a step, altered as those of now were."""
        self.set_altered(dataclasses.replace(self.altered, step=step), "the step that is played")

    def export_lapse(self, path: Path, pictures: Sequence[NDArray[np.uint8]]) -> None:
        """Save pictures of one size in order, as an animation, a sheet or numbered files."""
        self.files.export_walk(CodeWalk(path, np.divide(np.stack(pictures), 255, dtype=np.float32)))

    def _take_steps(self, kind: str, frame: object) -> None:
        if kind == KIND and isinstance(frame, tuple) and self.status.busy:
            self._show_steps(frame)

    def _look_at_kept(self, _changed: object = None) -> None:
        if not self.status.busy:
            self._show_steps(from_arrays(self.kept.lapse).steps if self.kept is not None else ())

    def _show_steps(self, steps: tuple[int, ...]) -> None:
        if steps != self.lapse_steps:
            self.lapse_steps = steps
            self.lapse_changed.emit(steps)

    def _take_lapse(self, reply: Reply) -> None:
        if isinstance(reply.value, LapsePicture):
            self.lapse_shown.emit(reply.value)
