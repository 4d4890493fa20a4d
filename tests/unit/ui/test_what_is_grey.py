"""What is grey says why, and what to do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QMenu, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from studio.dream.holes import Hole
from studio.jobs.status import PlayerState, RunState
from studio.ui.actions import action
from studio.ui.main_window import MainWindow
from studio.ui.measure.pixels import count_near, drawn
from studio.ui.mixer_box import MixerBox
from studio.ui.theme import Theme
from studio.ui.widgets.allow import REASON
from studio.ui.widgets.track import Track
from tests.helpers.fake_session import FakeSession


def said_over(qtbot: QtBot, menu: QMenu, entry: QAction) -> str:
    """Rest the mouse on an entry of a menu, and return the tip that shows."""
    menu.popup(QPoint(0, 0))
    place = menu.actionGeometry(entry).center()
    QApplication.sendEvent(menu, QHelpEvent(QEvent.Type.ToolTip, place, menu.mapToGlobal(place)))
    text = QToolTip.text() if QToolTip.isVisible() else ""
    menu.close()
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    return text


def menu_of(window: MainWindow, entry: QAction) -> QMenu:
    return next(menu for menu in window.menus.bar.findChildren(QMenu) if entry in menu.actions())


def test_the_mouse_over_a_grey_entry_learns_why(qtbot: QtBot, window: MainWindow) -> None:
    for key, why in {
        "continue": "no model to train further",
        "pause": "press Start first",
        "keep": "press Start first",
        "bring_back": "No run has taken the place",
        "step": "no pictures to learn from",
        "brush": "press Start, or open a project",
        "clear_painting": "no model",
        "undo": "Nothing was changed",
    }.items():
        entry = window.menus.actions[key]
        assert not entry.isEnabled(), key
        assert why in said_over(qtbot, menu_of(window, entry), entry), key


def test_entries_that_can_be_chosen_are_not_covered_by_tips(
    qtbot: QtBot, window: MainWindow, fake: FakeSession
) -> None:
    fake.give_dataset()
    start, pause = window.menus.actions["start"], window.menus.actions["pause"]
    assert said_over(qtbot, menu_of(window, start), start) == ""
    fake.give_status(RunState.TRAINING)
    assert "stop it, or wait" in said_over(qtbot, menu_of(window, start), start)
    assert said_over(qtbot, menu_of(window, pause), pause) == ""


def test_brushes_say_why_their_size_cannot_be_chosen(window: MainWindow, fake: FakeSession) -> None:
    fake.give_player(PlayerState.PLAYING)
    fake.give_model("rbm")
    window.commands.take_brush()
    bar = window.dream.paint_bar
    tip = bar.diameter.toolTip()
    bar.tools.button("rectangle").click()
    assert not bar.hardness.isEnabled()
    assert "take the brush" in bar.diameter.toolTip()
    assert all("take the brush" in part.toolTip() for part in bar.diameter.findChildren(Track))
    bar.tools.button("line").click()
    assert bar.diameter.toolTip() == tip
    bar.tools.button("eraser").click()
    assert "take the brush" in bar.brush.toolTip()
    assert "Nothing is painted" in bar.clear.toolTip()


@pytest.mark.parametrize("key", ["train", "inspect", "dream", "fill"])
def test_nothing_in_the_window_is_grey_without_a_reason(window: MainWindow, fake: FakeSession, key: str) -> None:
    fake.give_dataset()
    fake.give_player(PlayerState.PLAYING)
    fake.give_model("rbm")
    for state in (RunState.IDLE, RunState.TRAINING, RunState.STOPPING):
        fake.give_status(state)
        window.show_workspace(key)
        mixer = window.findChild(MixerBox)
        assert mixer is not None
        mixer.fold.set_open(True)
        for part in window.findChildren(QWidget):
            above = part.parentWidget()
            if part.isVisible() and not part.isEnabled() and (above is None or above.isEnabled()):
                assert part.property(REASON), (state, part, part.accessibleName(), part.toolTip())


def test_what_is_grey_says_why(window: MainWindow, fake: FakeSession) -> None:
    def said(key: str) -> str:
        assert not window.menus.actions[key].isEnabled()
        return window.menus.actions[key].toolTip()

    assert "no pictures to learn from" in said("start")
    assert "no pictures to learn from" in window.training.head.big.toolTip()
    assert "No picture is missing." in said("relocate")
    for key in ("go_back", "compare", "wrap", "shift"):
        assert "no model to dream" in said(key)
    fake.give_player(PlayerState.PLAYING)
    fake.give_model("rbm")
    assert "whole pictures" in said("wrap")
    assert "snapshot" in said("go_back")
    assert "paint a hole" in said("compare")
    fake.give_dataset()
    assert window.menus.actions["start"].toolTip() == action("start").full_tip("Ctrl+Return")
    assert window.training.head.big.toolTip().startswith("Train a new model")


def test_healing_is_an_action_that_says_why_it_cannot(qtbot: QtBot, window: MainWindow, fake: FakeSession) -> None:
    heal = window.menus.actions["heal"]
    menu = next(menu for menu in window.menus.bar.findChildren(QMenu) if heal in menu.actions())

    def said() -> str:
        assert not heal.isEnabled()
        return said_over(qtbot, menu, heal)

    assert "no model" in said()
    fake.give_player(PlayerState.PLAYING)
    fake.give_model("rbm")
    assert "takes a texture model" in said()
    fake.give_model("texture")
    fake.give_dataset()
    assert "not at hand" in said()
    qtbot.keyClick(window, Qt.Key.Key_H)
    assert fake.last("heal") is None
    fake.give_exemplar()
    assert heal.isEnabled()
    assert heal.toolTip() == action("heal").full_tip("H")
    qtbot.keyClick(window, Qt.Key.Key_H)
    assert fake.last("heal") == (Hole.ALPHA,)
    assert window.dream.strip.hold.check.isChecked()


@pytest.mark.usefixtures("dressed")
def test_a_grey_box_looks_grey_though_it_is_checked(qtbot: QtBot, theme: Theme) -> None:
    box = QCheckBox("Lines")
    qtbot.addWidget(box)
    box.setChecked(True)
    box.show()
    qtbot.waitExposed(box)
    accent, text = QColor(theme.colours.accent), QColor(theme.colours.text)
    assert count_near(drawn(box), accent)
    assert count_near(drawn(box), text)
    box.setEnabled(False)
    assert not count_near(drawn(box), accent)
    assert not count_near(drawn(box), text)
