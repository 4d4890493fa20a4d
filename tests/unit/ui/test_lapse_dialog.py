"""The time-lapse as a person moves along it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.jobs.lapse_frames import LapsePicture
from studio.jobs.status import Outcome, RunState
from studio.session.session import Session
from studio.ui import lapse_dialog
from studio.ui.lapse_dialog import NOTHING, LapseDialog
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session() -> FakeSession:
    made = FakeSession()
    made.give_model("rbm")
    made.give_lapse(0, 10, 100)
    return made


@pytest.fixture
def dialog(qtbot: QtBot, session: FakeSession) -> LapseDialog:
    made = LapseDialog(cast(Session, session))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def give(session: FakeSession, step: int) -> None:
    session.lapse_shown.emit(LapsePicture(step, np.full((9, 9, 3), step, np.uint8), np.full((8, 8, 1), step, np.uint8)))


def test_it_begins_at_the_end_and_moves_along(dialog: LapseDialog, session: FakeSession) -> None:
    assert session.last("look_at_step") == (100,)
    assert dialog.title.text() == "After 100 steps of 100: 3 of 3 kept"
    give(session, 100)
    dialog.timeline._moved(0)
    assert session.last("look_at_step") == (0,)
    dialog.timeline._typed("1")
    assert session.names().count("look_at_step") == 2  # one at a time
    give(session, 0)
    assert session.last("look_at_step") == (10,)
    give(session, 10)
    dialog.timeline._typed("2")
    assert session.names().count("look_at_step") == 3  # seen before
    assert dialog.title.text().startswith("After 100")


def test_it_plays_to_the_end(dialog: LapseDialog, session: FakeSession, qtbot: QtBot) -> None:
    for step in (0, 10, 100):
        give(session, step)
    qtbot.mouseClick(dialog.play_button, LEFT)
    assert dialog.step == 0
    qtbot.waitUntil(lambda: dialog.step == 100 and not dialog.play_button.isChecked(), timeout=10_000)


def test_one_dreams_from_a_step_unless_a_run_goes_on(dialog: LapseDialog, session: FakeSession, qtbot: QtBot) -> None:
    dialog.timeline._typed("1")
    qtbot.mouseClick(dialog.begin_button, LEFT)
    assert session.last("dream_from_step") == (10,)
    session.give_status(RunState.TRAINING)
    assert not dialog.begin_button.isEnabled()


def test_further_steps_are_followed_while_one_looks_at_the_last(dialog: LapseDialog, session: FakeSession) -> None:
    session.give_lapse(0, 10, 100, 125)
    assert dialog.step == 125
    dialog.timeline._typed("1")
    session.give_lapse(0, 10, 125, 160)
    assert dialog.step == 10
    session.give_lapse(0, 160, 200)
    assert dialog.step == 0


def test_keys_move_from_moment_to_moment(dialog: LapseDialog, session: FakeSession, qtbot: QtBot) -> None:
    session.give_lapse(*range(0, 40, 2))
    dialog.timeline._typed("0")
    dialog.timeline.setFocus()
    for wanted in (2, 4, 6):
        qtbot.keyClick(dialog.timeline.focusProxy(), Qt.Key.Key_Right)
        assert dialog.step == wanted


def test_all_steps_are_drawn_before_they_are_saved(
    dialog: LapseDialog, session: FakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lapse_dialog, "ask_to_save", lambda *_: Path("lapse.gif"))
    qtbot.mouseClick(dialog.export_button, LEFT)
    assert dialog.export_button.text() == "Cancel"
    for step in (100, 0, 10):
        assert session.last("export_lapse") is None
        assert session.last("look_at_step") == (step,)
        give(session, step)
    saved = session.last("export_lapse")
    assert saved is not None
    assert [one.step for one in saved[1]] == [0, 10, 100]
    assert dialog.export_button.text() == "Export..."


def test_an_export_is_cancelled_and_ends_where_a_step_fails(
    dialog: LapseDialog, session: FakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lapse_dialog, "ask_to_save", lambda *_: Path("lapse.gif"))
    for end in (lambda: qtbot.mouseClick(dialog.export_button, LEFT), lambda: session.lapse_shown.emit(None)):
        qtbot.mouseClick(dialog.export_button, LEFT)
        end()
        assert dialog.export_button.text() == "Export..."
    assert session.last("export_lapse") is None


def test_without_steps_it_says_what_to_do(dialog: LapseDialog, session: FakeSession) -> None:
    session.give_lapse()
    assert dialog.title.text() == NOTHING
    assert not dialog.export_button.isEnabled()
    session.give_lapse(0, 5)
    session.give_end(Outcome.STOPPED)
    assert session.last("look_at_step") is not None
