"""The part of the session that looks back: the time-lapse of training."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSettings

from studio.data.frames import Film, write_film
from studio.jobs.lapse_frames import LapsePicture
from studio.project.lapse import from_arrays
from studio.project.lapse_film import film_frames
from studio.session.altering import Altering
from studio.session.files import Exported
from studio.session.worker import Reply

LOOK_BACK = "Looking back"
KIND = "lapse"
PER_SECOND = 5.0


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

    def export_lapse(self, path: Path, pictures: Sequence[LapsePicture]) -> None:
        """Save steps in order, as an animation, a sheet of frames or numbered files."""

        def work() -> Exported:
            filmed = write_film(path, Film(film_frames(pictures), PER_SECOND))
            return Exported(path, words=f"{filmed.words}.")

        self.files.write(f"Exporting {path.name}", work)

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
        if reply.task == LOOK_BACK:
            self.lapse_shown.emit(reply.value if isinstance(reply.value, LapsePicture) else None)
