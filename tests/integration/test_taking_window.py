"""Things are taken away in the whole window, as a person does it, with real threads and real files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.dream.settings import DreamSettings
from studio.jobs.status import PlayerState
from studio.session.session import Session
from studio.ui.batch_dialog import BatchDialog
from studio.ui.export_dialog import FILM, ExportDialog
from studio.ui.images import from_qimage
from tests.integration.listener import Listener
from tests.integration.person import CTRL, LEFT, SHIFT, WAIT, Person
from tests.unit.cli.small_projects import texture_project


@pytest.fixture
def at_work(person: Person, session: Session, qtbot: QtBot, tmp_path: Path) -> Person:
    """A person before a small texture model that dreams."""
    session.open_project(texture_project(tmp_path / "wall.harmonium"))
    qtbot.waitUntil(lambda: session.player is PlayerState.PLAYING, timeout=WAIT)
    session.set_dream(DreamSettings(width=16, height=12))
    qtbot.waitUntil(lambda: person.window.dream.canvas.view.size.width() == 16, timeout=WAIT)
    return person


def test_a_closed_animation_is_saved_while_the_dream_plays_on(
    at_work: Person, heard: Listener, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = at_work.window
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.gif"), ""))
    at_work.keys(Qt.Key.Key_E, CTRL | SHIFT)
    dialog = window.dream.findChildren(ExportDialog)[-1]
    at_work.press(dialog.kind.button(FILM))
    at_work.press(dialog.frames.loop.button("closed"))
    at_work.press(dialog.save)
    assert [row.number for row in window.tasks.rows] == [1]
    assert window.tasks.isVisible()
    heard.frames.clear()
    qtbot.waitUntil(lambda: any(notice.message == "Saved a.gif." for notice in heard.notices), timeout=WAIT)
    qtbot.waitUntil(lambda: len(heard.dreams()) > 1 and not window.tasks.isVisible(), timeout=WAIT)
    assert "closed over 12 frames" in heard.notices[-1].hint
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames == 48  # type: ignore[attr-defined]  # GIFs have frames
        assert image.size == (16, 12)


def test_a_batch_is_begun_by_key_and_cancelled_by_hand(
    at_work: Person, heard: Listener, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = at_work.window
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "many"), ""))
    at_work.keys(Qt.Key.Key_B, CTRL | SHIFT)
    dialog = window.dream.findChildren(BatchDialog)[-1]
    dialog.seeds.selectAll()
    qtbot.keyClicks(dialog.seeds, "1-900")
    at_work.press(dialog.save)
    qtbot.waitUntil(lambda: bool(window.tasks.rows) and window.tasks.rows[0].bar.value() > 0, timeout=WAIT)
    at_work.press(window.tasks.rows[0].cancel)
    qtbot.waitUntil(lambda: any(notice.message == "many was stopped." for notice in heard.notices), timeout=WAIT)
    assert "of 2,700 pictures are written and kept" in heard.notices[-1].hint


def test_the_picture_leaves_by_clipboard_and_by_hand(
    at_work: Person, session: Session, heard: Listener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, dragged = at_work.window, list[Path]()

    def carry(drag: QDrag, _action: Qt.DropAction) -> Qt.DropAction:
        dragged.extend(Path(url.toLocalFile()) for url in drag.mimeData().urls())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", carry)
    session.pause_dream()
    at_work.keys(Qt.Key.Key_C, CTRL)
    qtbot.waitUntil(lambda: any("clipboard" in notice.message for notice in heard.notices), timeout=WAIT)
    handle = window.dream.strip.drag_handle
    qtbot.mousePress(handle, LEFT)
    qtbot.mouseMove(handle, handle.rect().center() + QPoint(40, 0))
    qtbot.waitUntil(lambda: bool(dragged), timeout=WAIT)
    qtbot.mouseRelease(handle, LEFT)
    with Image.open(dragged[0]) as image:
        assert np.array_equal(np.asarray(image), from_qimage(QGuiApplication.clipboard().image())[..., :3])
