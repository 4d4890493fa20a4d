"""What the dream panel holds: dropped pictures, the exemplar that is healed, canvases larger than what is shown."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.dream.holes import Hole
from studio.dream.place import At, Hold
from studio.dream.settings import Start
from studio.errors import ProjectError
from studio.jobs.frames import DreamFrame, publish
from studio.ui.panels.dream import DreamPanel
from studio.ui.widgets.choice import Choice
from tests.helpers.dropping import drop
from tests.helpers.fake_session import FakeSession


def held(session: FakeSession) -> Hold | None:
    return session.hold


def choose(qtbot: QtBot, choice: Choice, key: str) -> None:
    """Open a choice and walk to one of its keys with the arrows."""
    choice.showPopup()
    qtbot.keyClick(choice.view(), Qt.Key.Key_Home)
    for _ in range(choice.findData(key)):
        qtbot.keyClick(choice.view(), Qt.Key.Key_Down)
    qtbot.keyClick(choice.view(), Qt.Key.Key_Return)


def test_a_dropped_picture_is_held_where_it_is_put_and_set_free(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot
) -> None:
    session.give_model("texture")
    hold = panel.strip.hold
    assert hold.isHidden()
    drop(panel, "/pictures/wall.png")
    assert hold.isVisible()
    assert not hold.check.isChecked()
    assert hold.place.isHidden()
    qtbot.mouseClick(hold.check, Qt.MouseButton.LeftButton)
    assert held(session) == Hold("/pictures/wall.png", At.CENTRE)
    assert hold.place.isVisible()
    assert not panel.strip.chains.isEnabled()
    choose(qtbot, hold.place, "right")
    assert held(session) == Hold("/pictures/wall.png", At.RIGHT)
    panel.strip.restart_button.click()
    assert session.last("restart_dream") == (Start.PICTURE, "/pictures/wall.png", -1)
    qtbot.mouseClick(hold.check, Qt.MouseButton.LeftButton)
    assert held(session) is None
    assert session.names()[-1] == "set_free"
    assert (hold.isVisible(), hold.place.isHidden(), panel.strip.chains.isEnabled()) == (True, True, True)
    panel.strip.start_chosen.emit(Start.NOISE)
    assert hold.isHidden()


def test_another_picture_or_start_sets_free_what_was_held(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model("texture")
    for begin in (lambda: drop(panel, "/b.png"), lambda: panel.strip.start_chosen.emit(Start.DATA)):
        drop(panel, "/a.png")
        panel.strip.hold.check.click()
        begin()
        assert held(session) is None
        assert not panel.strip.hold.check.isChecked()


def test_models_of_whole_pictures_hold_none(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model("rbm")
    drop(panel, "/pictures/wall.png")
    assert panel.strip.hold.isHidden()
    session.give_model("texture")
    assert panel.strip.hold.isVisible()


def test_another_model_began_from_noise(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model("rbm")
    drop(panel, "/pictures/wall.png")
    assert panel.strip.start.key() == "picture"
    session.start_of_dream = (Start.NOISE, "", -1)
    session.give_model("rbm")
    assert panel.strip.start.key() == "noise"
    panel.strip.restart_button.click()
    assert session.last("restart_dream") == (Start.NOISE, "", -1)


def test_an_exemplar_that_is_healed_is_the_canvas_and_its_hole_is_chosen(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot
) -> None:
    session.give_model("texture")
    hold, canvas = panel.strip.hold, panel.strip.canvas
    session.give_hold(Hold(hole=Hole.ALPHA))
    assert (hold.check.text(), hold.check.isChecked()) == ("Hold the exemplar", True)
    assert hold.hole.isHidden()
    assert not any(made.isEnabled() for made in (canvas.size_choice, canvas.size_edit, canvas.seamless))
    assert "mark at Hold" in canvas.seamless.toolTip()
    session.give_hold(Hold(hole=Hole.CENTRE))
    assert hold.place.isHidden()
    choose(qtbot, hold.hole, "top")
    assert session.last("heal") == (Hole.TOP,)
    qtbot.mouseClick(hold.check, Qt.MouseButton.LeftButton)
    assert held(session) is None
    assert canvas.size_choice.isEnabled()
    assert "mark at Hold" not in canvas.seamless.toolTip()
    assert hold.isHidden()


def test_what_undo_brings_back_is_shown_and_is_where_the_dream_begins(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model("texture")
    session.give_hold(Hold("/pictures/wall.png", At.TOP))
    assert (panel.strip.start.key(), panel.strip.hold.place.key()) == ("picture", "top")
    panel.strip.restart_button.click()
    assert session.last("restart_dream") == (Start.PICTURE, "/pictures/wall.png", -1)


def test_a_large_canvas_says_how_much_smaller_it_is_shown(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model("texture")
    shown = publish(np.zeros((1, 20, 30, 1), np.float32))
    session.frame_arrived.emit("dream", DreamFrame(shown, 12, 0.5, 4, (120, 80), np.full((1, 20, 30, 1), 77, np.uint8)))
    assert panel.strip.counter.text().endswith("shown at 1:4")
    assert (panel.canvas._pixels == 77).all()
    assert panel.strip.canvas.size_edit.text() == "120 x 80"
    session.give_dream(1, 32)
    assert "shown" not in panel.strip.counter.text()


def test_what_has_no_command_is_said(panel: DreamPanel, session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise ProjectError("A filling with Smooth or of samples has no command.", "Show the mean.")

    QGuiApplication.clipboard().setText("before")
    monkeypatch.setattr(session, "command_for_dream", none)
    panel.strip.copy_button.click()
    assert "no command" in session.calls[-1][1][0].message
    assert QGuiApplication.clipboard().text() == "before"


def test_what_is_held_can_be_narrow(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model("texture")
    panel.resize(280, 800)
    session.give_hold(Hold(hole=Hole.RIGHT))
    assert panel.strip.rect().contains(panel.strip.hold.geometry())


def test_the_open_list_of_holes_is_as_wide_as_its_words(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model("texture")
    session.give_hold(Hold(hole=Hole.CENTRE))
    choice = panel.strip.hold.hole
    choice.showPopup()
    words = [choice.itemText(index) for index in range(choice.count())]
    assert choice.view().viewport().width() > max(choice.fontMetrics().horizontalAdvance(text) for text in words)
    assert choice.view().width() > choice.width()
    choice.hidePopup()
