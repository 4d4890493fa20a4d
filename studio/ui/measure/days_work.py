"""One round of an artist's day by script: learn, dream, paint, export, save, open again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog

from studio.data.spec import DatasetSpec
from studio.dream.strokes import Brush, Form
from studio.dream.take import Take
from studio.jobs.status import RunState
from studio.project.presets import preset
from studio.ui.measure.opened import Opened
from studio.ui.measure.pixels import click
from studio.ui.workspaces import WORKSPACES

LEARNED = (  # a preset of each family that dreams, and what it learns
    ("bars-rbm", "sample:bars"),
    ("texture-fast", "sample:bricks"),
    ("texture-pooled", "sample:bricks"),
    ("faces-ae-rbm", "sample:faces"),
    ("digits-cdbn", "sample:glyphs"),
)
FOREVER = 10**9
BATCH = 10
FRAMES = 8
MOVES = 12
STEPS = 12
DIALOGS = ("export_dream", "batch", "palette", "history", "keys", "autosave", "report", "time_lapse", "about")
SPACES = tuple(space.key for space in reversed(WORKSPACES))

Wait = tuple[str, Callable[[], bool]]  # what is waited for, and whether it is there


def soon() -> bool:
    return True


class DaysWork:
    """Does in the real window what an artist does; each round with another family, in a folder of its own."""

    def __init__(self, opened: Opened, folder: Path, seed: int = 0) -> None:
        self._session, self._window = opened.session, opened.window
        self._folder = folder
        self._random = np.random.Generator(np.random.PCG64(seed))
        self.done: dict[str, int] = {"strokes": 0, "exports": 0, "saves": 0, "openings": 0}

    def round(self, number: int) -> Iterator[Wait]:
        """Yield what has to come true before the next deed."""
        name, data = LEARNED[number % len(LEARNED)]
        project = self._folder / f"{name}.harmonium"
        project.unlink(missing_ok=True)
        yield from self._learn(name, data)
        yield from self._look_around()
        yield from self._dream()
        yield from self._paint()
        yield from self._export(number)
        yield from self._save(project)
        yield from self._stop(project)
        yield from self._open(project)
        yield from self._paint()
        yield from self._export(number)

    def _learn(self, name: str, data: str) -> Iterator[Wait]:
        session, head = self._session, self._window.training.head
        session.new_project()
        yield "an empty project", lambda: not session.has_model
        session.apply_preset(name)
        session.set_data(DatasetSpec((data,)))
        training = preset(name).apply(session.recipe).training
        session.set_training(dataclasses.replace(training, steps=FOREVER, batch=min(training.batch, BATCH)))
        yield "pictures", lambda: session.dataset is not None and not session.pictures.loading and head.big.isEnabled()
        click(head.big)
        yield "a run that learns", lambda: self._stepped(STEPS)
        session.pause()
        yield "a pause", lambda: session.status.state is RunState.PAUSED
        session.resume()
        yield "the run going on", lambda: self._stepped(2 * STEPS)

    def _stepped(self, steps: int) -> bool:
        progress = self._session.progress
        return self._session.status.state is RunState.TRAINING and progress is not None and progress.step >= steps

    def _look_around(self) -> Iterator[Wait]:
        """Open and leave dialogs and workspaces."""
        window = self._window
        for key in SPACES:
            window.show_workspace(key)
            yield "a workspace", soon
        for key in DIALOGS:
            window.menus.actions[key].trigger()
            yield "a dialog", soon
            for dialog in window.findChildren(QDialog):
                dialog.reject()
            yield "a closed dialog", lambda: not any(each.isVisible() for each in window.findChildren(QDialog))

    def _dream(self) -> Iterator[Wait]:
        session, seen = self._session, self._window.dream
        session.keep_snapshot()
        yield "a snapshot", lambda: bool(session.snapshots)
        for warmth in (1.3, 0.8, 1.0):
            session.set_dream(dataclasses.replace(session.dream, temperature=warmth))
            at = seen.sweep
            yield "a sweep", lambda at=at: seen.sweep != at  # type: ignore[misc]  # bound now, called later
        session.undo()
        session.redo()
        if session.snapshots:
            session.rewind(session.snapshots[0].number)
        yield "the way back", soon
        self._window.menus.actions["restart"].trigger()
        yield "a dream anew", lambda: seen.sweep > 0

    def _paint(self) -> Iterator[Wait]:
        canvas, painter = self._window.dream.canvas, self._window.dream.painter
        for brush, erasing in ((Brush.HOLE, False), (Brush.COLOUR, False), (Brush.HOLE, True)):
            painter.set_open(False)
            painter.hold_tool({"form": Form.LINE, "brush": brush, "erasing": erasing})
            target = canvas.view.target()
            place = QPointF(*(self._random.uniform(0.2, 0.8, 2) * (target.width(), target.height())))
            place += target.topLeft()
            self._send(QEvent.Type.MouseButtonPress, place)
            for _ in range(MOVES):
                place += QPointF(*self._random.normal(0, 6, 2))
                self._send(QEvent.Type.MouseMove, place)
                yield "a move of the hand", soon
            self._send(QEvent.Type.MouseButtonRelease, place)
            self.done["strokes"] += 1
        self._session.undo()
        yield "a stroke taken back", soon
        self._session.set_free()
        painter.set_open(False)
        yield "a free canvas", soon

    def _send(self, kind: QEvent.Type, place: QPointF) -> None:
        canvas, left, none = self._window.dream.canvas, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind is QEvent.Type.MouseMove else left
        pressed = none if kind is QEvent.Type.MouseButtonRelease else left
        at = canvas.mapToGlobal(place)
        QApplication.sendEvent(canvas, QMouseEvent(kind, place, at, button, pressed, Qt.KeyboardModifier.NoModifier))

    def _export(self, number: int) -> Iterator[Wait]:
        session = self._session
        picture, filters, film = (self._folder / name for name in ("dream.png", "filters.png", "film.gif"))
        for path in (picture, filters, film):
            path.unlink(missing_ok=True)
        session.export_dream(picture, 16 if number % 2 else 8)
        session.export_filters(filters)
        session.take_film(film, Take(FRAMES, loop=True))
        yield "three exported files", lambda: not session.tasks and all(map(Path.exists, (picture, filters, film)))
        self.done["exports"] += 3

    def _save(self, project: Path) -> Iterator[Wait]:
        """Save while it learns, and copy."""
        session = self._session
        session.save_project(project)
        yield "a saved file", lambda: session.project.path == project
        session.autosave.now()
        yield "a copy", lambda: session.autosave.copies.kept is not None
        self.done["saves"] += 1

    def _stop(self, project: Path) -> Iterator[Wait]:
        session = self._session
        click(self._window.training.head.keep)
        yield "the end of the run", lambda: session.status.state is RunState.IDLE
        session.save_project(project)
        yield "all saved", lambda: not session.project.dirty
        self.done["saves"] += 1

    def _open(self, project: Path) -> Iterator[Wait]:
        session = self._session
        session.new_project()
        yield "an empty project", lambda: session.project.path is None and not session.has_model
        session.open_project(project)
        yield "the project opened", lambda: session.project.path == project and session.has_model
        yield "its pictures", lambda: session.dataset is not None and not session.pictures.loading
        self.done["openings"] += 1
        at = self._window.dream.sweep
        yield "its dream", lambda: self._window.dream.sweep != at
