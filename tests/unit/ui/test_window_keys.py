"""Keys pressed in the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.jobs.status import PlayerState, RunState
from studio.models.spec import Family
from studio.ui.help_sheet import HelpSheet
from studio.ui.main_window import MainWindow
from studio.ui.widgets.value_edit import ValueEdit
from tests.helpers.fake_session import FakeSession


def test_keys_reach_the_session(qtbot: QtBot, window: MainWindow, fake: FakeSession) -> None:
    fake.give_dataset()
    fake.give_player(PlayerState.PAUSED)
    fake.undo_changed.emit("the model", "")
    window.activateWindow()
    window.setFocus()
    control, none = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
    for key, modifier, intent in (
        (Qt.Key.Key_Return, control, "start"),
        (Qt.Key.Key_Z, control, "undo"),
        (Qt.Key.Key_Period, none, "sweep_once"),
        (Qt.Key.Key_Space, none, "play"),
    ):
        asked = len(fake.calls)
        qtbot.keyClick(window, key, modifier)
        assert fake.names()[asked:] == [intent]


def test_ctrl_p_pauses_and_resumes(qtbot: QtBot, window: MainWindow, fake: FakeSession) -> None:
    for state, intent in ((RunState.TRAINING, "pause"), (RunState.PAUSED, "resume")):
        fake.give_status(state)
        qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        assert fake.names()[-1] == intent


def test_f_hides_the_panels_but_not_in_a_text_field(qtbot: QtBot, window: MainWindow) -> None:
    edit = window.model.forms[Family.RBM].form.findChild(ValueEdit)
    assert edit is not None
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    qtbot.keyClick(edit, Qt.Key.Key_F)
    assert window.plots.isVisible()
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F)
    assert not window.plots.isVisible()
    assert not window.dataset.isVisible()
    assert window.dream.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.plots.isVisible()


def test_space_presses_a_focused_button(qtbot: QtBot, window: MainWindow, fake: FakeSession) -> None:
    fake.give_dataset()
    fake.give_player(PlayerState.PAUSED)
    window.training.head.big.setFocus()
    qtbot.waitUntil(window.training.head.big.hasFocus)
    qtbot.keyClick(window.training.head.big, Qt.Key.Key_Space)
    assert fake.names()[-1] == "start"


def test_space_holds_the_dream_from_the_start(
    open_window: Callable[[], MainWindow], fake: FakeSession, qtbot: QtBot
) -> None:
    fake.give_model("rbm")
    fake.give_player(PlayerState.PLAYING)
    window = open_window()
    qtbot.waitUntil(window.dream.canvas.hasFocus)
    qtbot.keyClick(window.dream.canvas, Qt.Key.Key_Space)
    assert fake.names()[-1] == "pause_dream"


def test_space_holds_the_dream_of_a_sample_that_was_opened(window: MainWindow, fake: FakeSession, qtbot: QtBot) -> None:
    fake.project_changed.emit(fake.project)
    assert window.start is not None
    card = window.start.cards[0]
    card.setFocus()
    qtbot.waitUntil(card.hasFocus)
    qtbot.keyClick(card, Qt.Key.Key_Return)
    fake.give_model("rbm")
    qtbot.waitUntil(window.dream.canvas.hasFocus)


def test_f1_opens_the_help_sheet(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.findChild(HelpSheet) is not None


def test_keys_turn_the_wall_on_and_off_for_textures(qtbot: QtBot, window: MainWindow, fake: FakeSession) -> None:
    fake.give_player(PlayerState.PAUSED)
    fake.give_model("rbm")
    canvas, seen = window.dream.canvas, []
    for family in ("rbm", "texture", "texture"):
        fake.give_model(family)
        qtbot.keyClick(window, Qt.Key.Key_W)
        seen.append(canvas.wrapped)
    assert seen == [False, True, False]
    qtbot.keyClick(window, Qt.Key.Key_O)
    qtbot.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert (canvas.shifted, canvas.bordered) == (True, False)
