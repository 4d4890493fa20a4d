"""What is asked before the window, a project or a model goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from studio.jobs.status import RunState
from studio.session.notices import Level, Notice
from studio.ui.dialogs import SaveQuestion
from studio.ui.main_window import MainWindow
from tests.helpers.dropping import drop
from tests.helpers.fake_session import FakeSession


def answer(window: MainWindow, button: QMessageBox.StandardButton) -> None:
    question = window.findChild(SaveQuestion)
    assert question is not None
    chosen = question.button(button)
    chosen.click()


def test_unsaved_changes_are_asked_about_before_another_project(window: MainWindow, fake: FakeSession) -> None:
    fake.give_project(Path("/pictures/old.harmonium"), dirty=True)
    drop(window, "/pictures/new.harmonium")
    assert fake.last("open_project") is None
    answer(window, QMessageBox.StandardButton.Discard)
    assert fake.last("open_project") == (Path("/pictures/new.harmonium"),)


def test_closing_waits_for_the_session(qtbot: QtBot, window: MainWindow, fake: FakeSession) -> None:
    window.close()
    assert window.isVisible()
    assert "Finishing the current step" in window.status.hint.text()
    window.close()
    assert fake.names().count("shutdown") == 1
    with qtbot.waitSignal(window.ended):
        fake.closed.emit()
    assert not window.isVisible()


def test_closing_with_unsaved_changes_can_be_cancelled(window: MainWindow, fake: FakeSession) -> None:
    fake.give_project(Path("/pictures/wall.harmonium"), dirty=True)
    window.close()
    answer(window, QMessageBox.StandardButton.Cancel)
    assert window.isVisible()
    assert "shutdown" not in fake.names()


def test_who_closes_again_is_asked_once_and_the_latest_wish_counts(window: MainWindow, fake: FakeSession) -> None:
    fake.give_project(Path("/pictures/wall.harmonium"), dirty=True)
    window.commands.new_project()
    window.close()
    window.close()
    assert len(window.findChildren(SaveQuestion)) == 1
    answer(window, QMessageBox.StandardButton.Discard)
    assert ("shutdown" in fake.names(), "new_project" in fake.names()) == (True, False)


def test_a_question_that_was_cancelled_is_asked_again(window: MainWindow, fake: FakeSession) -> None:
    fake.give_project(Path("/pictures/wall.harmonium"), dirty=True)
    window.close()
    answer(window, QMessageBox.StandardButton.Cancel)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    window.close()
    answer(window, QMessageBox.StandardButton.Discard)
    assert "shutdown" in fake.names()


def test_closing_after_saving_waits_for_the_save(window: MainWindow, fake: FakeSession) -> None:
    fake.give_project(Path("/pictures/wall.harmonium"), dirty=True)
    window.close()
    answer(window, QMessageBox.StandardButton.Save)
    assert fake.last("save_project") == (None,)
    assert "shutdown" not in fake.names()
    fake.give_project(Path("/pictures/wall.harmonium"), dirty=False)
    assert "shutdown" in fake.names()


def test_what_was_changed_during_the_save_is_asked_about_again(window: MainWindow, fake: FakeSession) -> None:
    fake.give_project(Path("/pictures/wall.harmonium"), dirty=True)
    window.close()
    answer(window, QMessageBox.StandardButton.Save)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    fake.give_project(Path("/pictures/wall.harmonium"), dirty=True)
    assert "shutdown" not in fake.names()
    answer(window, QMessageBox.StandardButton.Discard)
    assert "shutdown" in fake.names()


def test_a_run_asks_before_it_ends_a_model_that_took_long_to_learn(
    qtbot: QtBot, window: MainWindow, fake: FakeSession
) -> None:
    fake.give_dataset()
    fake.give_project(None, dirty=True)
    fake.at_stake = 30.0
    qtbot.mouseClick(window.training.head.big, Qt.MouseButton.LeftButton)
    assert fake.names()[-1] == "start"
    fake.calls.clear()
    fake.at_stake = 300.0
    for begin in (window.training.head.big.click, window.training.head.step.click, window.commands.start):
        begin()
        assert not {"start", "step"} & set(fake.names())
        answer(window, QMessageBox.StandardButton.Cancel)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    window.training.head.big.click()
    answer(window, QMessageBox.StandardButton.Discard)
    assert fake.names()[-1] == "start"
    fake.give_status(RunState.PAUSED)
    window.training.head.step.click()
    assert fake.names()[-1] == "step"


def test_a_save_that_fails_calls_the_closing_off(window: MainWindow, fake: FakeSession) -> None:
    fake.give_project(Path("/pictures/wall.harmonium"), dirty=True)
    window.close()
    answer(window, QMessageBox.StandardButton.Save)
    fake.notify(Notice(Level.ERROR, "The disk is full.", "Choose another folder."))
    fake.give_project(Path("/pictures/wall.harmonium"), dirty=False)
    assert "shutdown" not in fake.names()


def test_closing_at_once_asks_nothing(window: MainWindow, fake: FakeSession) -> None:
    fake.give_project(Path("/pictures/wall.harmonium"), dirty=True)
    window.close_at_once()
    assert "shutdown" in fake.names()
