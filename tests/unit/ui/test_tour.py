"""The tour: five steps beside the real things, by keys, once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio import app
from studio.ui.colours import ThemeName
from studio.ui.main_window import TOUR_SEEN, MainWindow
from studio.ui.theme import Theme
from studio.ui.tour import Tour
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton


def begun(window: MainWindow) -> Tour:
    window.menus.actions["tour"].trigger()
    assert window.tour is not None
    return window.tour


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_step_covers_what_it_points_at(
    open_window: Callable[..., MainWindow], theme: Theme, qtbot: QtBot, qapp: QApplication, scale: float
) -> None:
    font = qapp.font()
    font.setPixelSize(round(font.pixelSize() * scale))
    qapp.setFont(font)
    theme.set_name(ThemeName.LIGHT if scale == 1.0 else ThemeName.DARK)
    window = open_window(1280, 800)
    tour = begun(window)
    for place in range(5):
        assert tour.place == place
        target = tour.target()
        assert not target.isEmpty()
        assert window.rect().contains(tour.geometry())
        assert not tour.box().intersects(target)
        assert tour.frame.geometry().contains(target)
        qtbot.keyClick(tour, Qt.Key.Key_Right)
    assert window.tour is None


def test_every_step_points_at_something_where_samples_are_offered(
    window: MainWindow, fake: FakeSession, qtbot: QtBot
) -> None:
    fake.project_changed.emit(fake.project)
    assert not window.dream.strip.isVisible()
    tour = begun(window)
    for _ in range(5):
        qtbot.waitUntil(lambda: not tour.target().isEmpty())
        qtbot.keyClick(tour, Qt.Key.Key_Right)
    assert not window.dream.strip.isVisible()


def test_keys_go_back_and_forth_and_escape_ends_it_for_good(
    window: MainWindow, settings: QSettings, qtbot: QtBot
) -> None:
    tour = begun(window)
    qtbot.keyClick(tour, Qt.Key.Key_Return)
    qtbot.keyClick(tour, Qt.Key.Key_Down)
    assert tour.place == 2
    assert "3 of 5" in tour.accessibleName()
    qtbot.keyClick(tour, Qt.Key.Key_Left)
    assert tour.place == 1
    assert not settings.contains(TOUR_SEEN)
    qtbot.keyClick(tour, Qt.Key.Key_Escape)
    assert window.tour is None
    assert settings.contains(TOUR_SEEN)
    assert not window.banner.isVisible()


def test_the_window_is_used_meanwhile_and_the_tour_follows(window: MainWindow, fake: FakeSession, qtbot: QtBot) -> None:
    tour = begun(window)
    qtbot.mouseClick(tour.next, LEFT)
    before = tour.target()
    fake.give_dataset()  # thumbnails take another height than the words they replace
    qtbot.waitUntil(lambda: tour.target() != before)
    qtbot.waitUntil(lambda: tour.frame.geometry().contains(tour.target()))
    window.resize(1100, 700)
    qtbot.waitUntil(lambda: window.rect().contains(tour.geometry()))
    qtbot.mouseClick(window.model.families.button("texture"), LEFT)
    assert fake.recipe.model.family == "texture"
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.tour is None


def test_space_is_the_dreams_after_the_tour(window: MainWindow, fake: FakeSession, qtbot: QtBot) -> None:
    fake.give_model("rbm")
    tour = begun(window)
    for _ in range(5):
        qtbot.mouseClick(tour.next, LEFT)
    assert window.tour is None
    qtbot.waitUntil(window.dream.canvas.hasFocus)


def test_it_begins_anew_while_it_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    tour = begun(window)
    qtbot.keyClick(tour, Qt.Key.Key_Right)
    window.show_workspace("dream")  # which has none of what the step speaks of
    qtbot.waitUntil(lambda: tour.target().isEmpty() and window.rect().contains(tour.box()))
    assert begun(window) is tour
    assert tour.place == 0
    assert window.regions.key == "train"
    qtbot.mouseClick(tour.skip, LEFT)
    assert window.tour is None


@pytest.mark.parametrize(("argv", "greets"), [([], True), (["wall.harmonium"], False), (["--some-style"], False)])
def test_only_who_opens_the_bare_studio_is_greeted(
    monkeypatch: pytest.MonkeyPatch, argv: list[str], greets: bool
) -> None:
    shown: list[bool] = []

    class Recorder:
        def __init__(self, _arguments: object) -> None: ...

        def show(self, _project: Path | None, **said: Any) -> None:
            shown.append(said["greet"])

        def execute(self) -> int:
            return 0

    monkeypatch.setattr(app, "Studio", Recorder)
    assert app.main(argv) == 0
    assert shown == [greets]
