"""Pictures are held in the whole window, as a person does it: dropped, marked, moved, set free, healed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.dream.place import At, Hold
from studio.jobs.status import PlayerState
from studio.session.session import Session
from studio.ui.export_dialog import ExportDialog
from tests.integration.listener import Listener
from tests.integration.person import WAIT, Person
from tests.unit.cli.small_projects import photograph, texture_project


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    return photograph(tmp_path / "wall.png", (40, 36))


@pytest.fixture
def at_work(person: Person, session: Session, qtbot: QtBot, wall: Path, tmp_path: Path) -> Person:
    """A person before a texture model that dreams, its picture at hand."""
    session.open_project(texture_project(tmp_path / "wall.harmonium"))
    qtbot.waitUntil(lambda: session.player is PlayerState.PLAYING, timeout=WAIT)
    session.set_data(DatasetSpec((str(wall),)))
    qtbot.waitUntil(person.window.menus.actions["heal"].isEnabled, timeout=WAIT)
    return person


def exports(person: Person, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, heard: Listener, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    person.press(person.window.dream.strip.export_button)
    dialog = person.window.dream.findChildren(ExportDialog)[-1]
    person.press(dialog.save)
    qtbot.waitUntil(lambda: heard.notices[-1:] != [] and path.name in heard.notices[-1].message, timeout=WAIT)


def test_a_dropped_picture_is_held_moved_exported_and_set_free(
    at_work: Person, heard: Listener, qtbot: QtBot, wall: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, session = at_work.window.dream, at_work.session
    at_work.drop(wall, panel)
    qtbot.waitUntil(panel.strip.hold.check.isVisible, timeout=WAIT)
    at_work.press(panel.strip.hold.check)
    qtbot.waitUntil(lambda: session.dream.width == 256, timeout=WAIT)
    panel.strip.hold.place.showPopup()
    for key in (Qt.Key.Key_End, Qt.Key.Key_Return):  # at the bottom
        qtbot.keyClick(panel.strip.hold.place.view(), key)
    assert session.hold == Hold(str(wall), At.BOTTOM)
    heard.frames.clear()
    qtbot.waitUntil(lambda: bool(heard.dreams()) and heard.dreams()[-1].sweep > 0, timeout=WAIT)
    exports(at_work, qtbot, monkeypatch, heard, tmp_path / "grown.png")
    with Image.open(tmp_path / "grown.png") as grown, Image.open(wall) as truth:
        assert np.array_equal(np.asarray(grown)[220:, 108:148], np.asarray(truth))
    at_work.press(panel.strip.hold.check)
    qtbot.waitUntil(lambda: session.hold is None, timeout=WAIT)
    at_work.sees_move(panel.canvas)


def test_h_heals_the_exemplar_and_it_plays(
    at_work: Person, heard: Listener, qtbot: QtBot, wall: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, session = at_work.window.dream, at_work.session
    session.pause_dream()
    at_work.keys(Qt.Key.Key_H)
    qtbot.waitUntil(lambda: panel.strip.canvas.size_edit.text() == "40 x 36", timeout=WAIT)
    assert session.player is PlayerState.PLAYING
    qtbot.waitUntil(panel.strip.hold.hole.isVisible, timeout=WAIT)
    assert panel.strip.hold.hole.key() == "centre"
    at_work.sees_move(panel.canvas)
    exports(at_work, qtbot, monkeypatch, heard, tmp_path / "healed.png")
    with Image.open(tmp_path / "healed.png") as healed, Image.open(wall) as truth:
        same = (np.asarray(healed) == np.asarray(truth)).all(axis=2)
    hole = np.zeros((36, 40), np.bool_)
    hole[9:27, 10:30] = True
    assert same[~hole].all()
    assert same[hole].mean() < 0.1
