"""The window as a person uses it: keys, drops, closing, layouts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from studio.dream.holes import Hole
from studio.jobs.status import PlayerState, RunState
from studio.models.spec import Family
from studio.session.notices import Level, Notice
from studio.ui.actions import action
from studio.ui.dialogs import SaveQuestion
from studio.ui.help_sheet import HelpSheet
from studio.ui.main_window import MainWindow
from studio.ui.theme import TEXT_KEY
from studio.ui.widgets.value_edit import ValueEdit
from tests.helpers.fake_session import FakeSession


def drop(target: QWidget, *paths: str) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    action, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(5, 5), action, data, left, plain))
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), action, data, left, plain))


def answer(window: MainWindow, button: QMessageBox.StandardButton) -> None:
    question = window.findChild(SaveQuestion)
    assert question is not None
    chosen = question.button(button)
    chosen.click()


@pytest.mark.parametrize(
    ("key", "modifier", "intent"),
    [
        (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, "start"),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, "undo"),
        (Qt.Key.Key_Period, Qt.KeyboardModifier.NoModifier, "sweep_once"),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, "play"),
    ],
)
def test_keys_reach_the_session(
    qtbot: QtBot,
    window: MainWindow,
    fake: FakeSession,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    intent: str,
) -> None:
    fake.give_dataset()
    fake.give_player(PlayerState.PAUSED)
    fake.undo_changed.emit("the model", "")
    window.activateWindow()
    window.setFocus()
    qtbot.keyClick(window, key, modifier)
    assert fake.names()[-1] == intent


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


def test_the_bar_for_painting_goes_with_the_project(window: MainWindow, fake: FakeSession, qtbot: QtBot) -> None:
    fake.give_model("rbm")
    fake.give_player(PlayerState.PLAYING)
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_B)
    assert window.dream.paint_bar.isVisible()
    fake.give_model(None)
    assert not window.dream.paint_bar.isVisible()
    fake.project_replaced.emit()
    fake.give_model("rbm")
    assert not window.dream.paint_bar.isVisible()
    window.show_workspace("fill")
    assert window.dream.paint_bar.isVisible()


def test_f1_opens_the_help_sheet(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.findChild(HelpSheet) is not None


def test_menu_entries_follow_the_state(window: MainWindow, fake: FakeSession) -> None:
    actions = window.menus.actions
    assert not actions["start"].isEnabled()
    fake.give_dataset()
    assert actions["start"].isEnabled()
    fake.give_status(RunState.TRAINING)
    assert not actions["start"].isEnabled()
    assert actions["keep"].isEnabled()
    fake.undo_changed.emit("the model", "")
    assert actions["undo"].text() == "Undo: the model"
    assert not actions["redo"].isEnabled()


def test_dropped_pictures_are_added(window: MainWindow, fake: FakeSession, tmp_path: Path) -> None:
    drop(window, str(tmp_path / "a.png"), str(tmp_path / "b.npy"))
    assert fake.last("add_data") == ((str(tmp_path / "a.png"), str(tmp_path / "b.npy")),)


def test_a_dropped_project_is_opened(window: MainWindow, fake: FakeSession, tmp_path: Path) -> None:
    drop(window, str(tmp_path / "wall.harmonium"))
    assert fake.last("open_project") == (tmp_path / "wall.harmonium",)
    assert fake.last("add_data") is None


def test_unsaved_changes_are_asked_about_before_another_project(window: MainWindow, fake: FakeSession) -> None:
    fake.give_project(Path("/pictures/old.harmonium"), dirty=True)
    drop(window, "/pictures/new.harmonium")
    assert fake.last("open_project") is None
    answer(window, QMessageBox.StandardButton.Discard)
    assert fake.last("open_project") == (Path("/pictures/new.harmonium"),)


def test_the_title_tells_of_unsaved_changes(window: MainWindow, fake: FakeSession) -> None:
    fake.give_project(Path("/pictures/wall.harmonium"), dirty=True)
    assert window.top.title.text() == "wall *"
    assert window.isWindowModified()


def test_large_text_fits_a_small_screen_while_it_learns(
    settings: QSettings, request: pytest.FixtureRequest, qtbot: QtBot
) -> None:
    settings.setValue(TEXT_KEY, 1.5)  # before the theme looks
    window: MainWindow = request.getfixturevalue("window")
    top = window.top
    for chip, text in ((top.device, "CPU, 16 threads"), (top.speed, "12 345 pictures/s"), (top.memory, "1.2 GB")):
        chip.show_text(text)
    assert window.minimumSizeHint().width() <= 1280
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: not top.device.visibleRegion().isEmpty())
    assert top.speed.visibleRegion().isEmpty()
    window.resize(1800, 800)
    qtbot.waitUntil(lambda: not top.speed.visibleRegion().isEmpty())


def test_recent_projects_are_offered(window: MainWindow, fake: FakeSession) -> None:
    fake.recent_changed.emit((Path("/pictures/wall.harmonium"),))
    recent = window.menus.recent.actions()
    assert [item.text() for item in recent] == ["wall.harmonium"]
    recent[0].trigger()
    assert fake.last("open_project") == (Path("/pictures/wall.harmonium"),)


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


def test_the_bar_for_painting_goes_with_the_workspace_that_opened_it(window: MainWindow, fake: FakeSession) -> None:
    fake.give_model()
    painter = window.dream.painter
    shown = []
    for key in ("fill", "inspect", "fill", "fill", "train"):
        window.show_workspace(key)
        shown.append(painter.open)
    assert shown == [True, False, True, True, False]
    painter.set_open(True)
    for key in ("fill", "dream"):
        window.show_workspace(key)
        assert painter.open, "it was open before"


def test_workspaces_show_their_parts(qtbot: QtBot, window: MainWindow) -> None:
    for key, shown in (
        ("inspect", (False, True, True)),
        ("dream", (False, True, False)),
        ("train", (True, True, True)),
    ):
        qtbot.mouseClick(window.top.workspaces.button(key), Qt.MouseButton.LeftButton)
        assert (window.dataset.isVisible(), window.filters.isVisible(), window.plots.isVisible()) == shown


@pytest.mark.parametrize("key", ["train", "inspect", "dream"])
def test_the_page_of_filling_goes_with_its_workspace(qtbot: QtBot, window: MainWindow, key: str) -> None:
    for chosen in ("fill", key):
        qtbot.mouseClick(window.top.workspaces.button(chosen), Qt.MouseButton.LeftButton)
        assert window.fill.isVisible() is (chosen == "fill")
    assert window.filters.isVisible()
    window.learned.show_fill()
    window.show_workspace("inspect")  # which is for looking at filters
    assert window.filters.isVisible()


def test_layout_is_remembered(open_window: Callable[[], MainWindow], fake: FakeSession, settings: QSettings) -> None:
    first = open_window()
    first.show_workspace("dream")
    first.close()
    fake.closed.emit()
    settings.sync()
    second = open_window()
    assert second.regions.key == "dream"
    assert second.top.workspaces.key() == "dream"


@pytest.mark.parametrize("key", ["train", "inspect", "dream"])
def test_nothing_is_clipped_at_1280_by_800(window: MainWindow, fake: FakeSession, key: str) -> None:
    fake.give_dataset()
    fake.give_model()
    fake.give_status(RunState.TRAINING)
    fake.give_progress()
    fake.give_advice()
    window.show_workspace(key)
    assert (window.width(), window.height()) == (1280, 800)
    big = window.training.head.big
    if key == "train":
        assert window.rect().contains(big.mapTo(window, big.rect().bottomRight()))
        assert window.dream.width() >= 640


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
        assert menu.toolTipsVisible()
        return heal.toolTip()

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
    fake.give_snapshots(1)
    assert not menu.toolTipsVisible()
    qtbot.keyClick(window, Qt.Key.Key_H)
    assert fake.last("heal") == (Hole.ALPHA,)
    assert window.dream.strip.hold.check.isChecked()


def test_codes_have_a_tab_beside_the_filters_while_the_model_has_some(window: MainWindow, fake: FakeSession) -> None:
    pages = window.learned
    assert [pages.tabText(place) for place in range(pages.count())] == ["Filters", "Fill"]
    fake.give_dataset()
    fake.give_model("codes")
    assert [pages.tabText(place) for place in range(pages.count())] == ["Filters", "Codes", "Fill"]
    assert window.filters.isVisible()
    assert "map_codes" not in fake.names()
    pages.setCurrentIndex(1)
    assert window.codes.isVisible()
    assert fake.names().count("map_codes") == 1
    fake.give_codes()
    fake.give_model("rbm")
    assert [pages.tabText(place) for place in range(pages.count())] == ["Filters", "Fill"]
    assert not window.codes.isVisible()
    assert window.filters.isVisible()
