"""The window as a person uses it: drops, layouts, and what is grey."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSettings, Qt
from pytestqt.qtbot import QtBot

from studio.jobs.status import PlayerState, RunState
from studio.session.notices import LoadProgress
from studio.session.session import Session
from studio.ui.main_window import MainWindow
from studio.ui.theme import TEXT_KEY, Theme
from tests.helpers.dropping import drop
from tests.helpers.fake_session import FakeSession


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


class SmallScreen:
    """The screen of an older notebook."""

    def availableGeometry(self) -> QRect:
        return QRect(0, 0, 1280, 800)


def test_the_first_window_leaves_room_for_its_title(
    session: Session, settings: QSettings, theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = SmallScreen()
    monkeypatch.setattr(MainWindow, "screen", lambda _window: screen)
    window = MainWindow(session, settings, theme)
    qtbot.addWidget(window)
    title = 32  # pixels, of a common desktop
    assert window.height() + title <= 800, "the line at the bottom is off the screen"
    assert window.width() <= 1280


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


@pytest.mark.parametrize("key", ["inspect", "fill"])
def test_the_canvas_keeps_its_share_of_a_window_that_shrinks(window: MainWindow, qtbot: QtBot, key: str) -> None:
    window.resize(1920, 1056)
    window.show_workspace(key)
    qtbot.waitUntil(lambda: window.dream.width() > 900)
    window.resize(1280, 776)
    qtbot.waitUntil(lambda: window.dream.width() >= 600)
    window.show_workspace("train")
    window.resize(1920, 1056)
    window.show_workspace(key)
    qtbot.waitUntil(lambda: window.dream.width() > 900)


def test_pictures_are_counted_alike_above_and_below(window: MainWindow, fake: FakeSession) -> None:
    fake.loading_changed.emit(LoadProgress(38_773, 1_060_002))
    counted = window.dataset.reading.text().removeprefix("Reading ")
    assert counted.split(" of ")[0] != "38773"
    assert window.status.loading.text() == f"Reading pictures: {counted}"
