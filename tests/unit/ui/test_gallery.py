"""The gallery as a visitor meets it, and as only its owner leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.dream.strokes import Brush, Stroke
from studio.jobs.status import PlayerState
from studio.session.notices import Level
from studio.session.session import Session
from studio.ui.gallery import CHORD, Gallery, GallerySettings
from studio.ui.gallery_dialog import GalleryDialog
from studio.ui.main_window import MainWindow
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton
QUICK = GallerySettings(brush=0.25, idle=5, turn=10, alone=False)


@pytest.fixture
def shown(qtbot: QtBot, fake: FakeSession) -> Iterator[Gallery]:
    fake.give_model("rbm")
    made = Gallery(cast(Session, fake), QUICK, seed=1)
    qtbot.addWidget(made)
    made.open_on(QApplication.primaryScreen())
    qtbot.waitExposed(made)
    fake.give_dream(chains=1, side=40)
    yield made
    made.leave()


def covers(fake: FakeSession) -> list[Stroke]:
    return [args[0] for name, args in fake.calls if name == "cover"]


def drag(qtbot: QtBot, gallery: Gallery) -> None:
    middle = gallery.canvas.rect().center()
    qtbot.mousePress(gallery.canvas, LEFT, pos=middle)
    qtbot.mouseMove(gallery.canvas, middle + QPoint(40, 30))
    qtbot.mouseRelease(gallery.canvas, LEFT, pos=middle + QPoint(40, 30))


def test_it_shows_a_picture_and_a_visitor_covers_a_part(shown: Gallery, fake: FakeSession, qtbot: QtBot) -> None:
    assert "begin_exhibiting" in fake.names()
    assert fake.last("exhibit") == (0,)
    drag(qtbot, shown)
    [stroke] = covers(fake)
    assert (stroke.brush, stroke.size) == (Brush.HOLE, 10)
    assert fake.names().count("cover_on") == 1


def test_keys_wheel_and_closing_do_nothing_but_the_chord_leaves(
    shown: Gallery, fake: FakeSession, qtbot: QtBot
) -> None:
    ends: list[bool] = []
    shown.ended.connect(lambda: ends.append(True))
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Q, Qt.Key.Key_F11, Qt.Key.Key_Space, Qt.Key.Key_0):
        qtbot.keyClick(shown.canvas, key)
    shown.close()
    assert shown.isVisible()
    assert "end_exhibiting" not in fake.names()
    qtbot.keyClick(shown.canvas, CHORD[1], CHORD[0])
    assert fake.names()[-1] == "end_exhibiting"
    assert ends == [True]


def test_an_idle_picture_gives_way_to_the_next_but_not_under_a_hand(
    shown: Gallery, fake: FakeSession, qtbot: QtBot
) -> None:
    qtbot.mousePress(shown.canvas, LEFT, pos=shown.canvas.rect().center())
    shown.next_picture()
    assert fake.last("exhibit") == (0,)
    qtbot.mouseRelease(shown.canvas, LEFT, pos=shown.canvas.rect().center())
    shown.next_picture()
    assert fake.last("exhibit") == (1,)


def test_a_picture_that_cannot_be_shown_is_passed_over(qtbot: QtBot, fake: FakeSession) -> None:
    fake.give_model("rbm")
    made = Gallery(cast(Session, fake), QUICK)
    qtbot.addWidget(made)
    made.open_on(QApplication.primaryScreen())
    fake.give_notice(Level.ERROR, "There is no exemplar at hand.")
    qtbot.waitUntil(lambda: fake.last("exhibit") == (1,), timeout=10_000)
    made.leave()


def test_it_covers_a_part_by_itself_while_nobody_does(qtbot: QtBot, fake: FakeSession) -> None:
    fake.give_model("rbm")
    made = Gallery(cast(Session, fake), GallerySettings(alone=True), seed=3)
    qtbot.addWidget(made)
    made.open_on(QApplication.primaryScreen())
    fake.give_dream(chains=1, side=40)
    qtbot.waitUntil(lambda: len(covers(fake)) == 1, timeout=10_000)
    assert len(covers(fake)[0].points) > 1
    made.leave()


def test_what_was_chosen_is_remembered_and_nonsense_is_not(settings: QSettings) -> None:
    chosen = GallerySettings("HDMI-1", 0.3, 12.0, 90.0, False)
    chosen.write(settings)
    assert GallerySettings.read(settings) == chosen
    settings.setValue("gallery/idle", "soon")
    settings.setValue("gallery/brush", 9)
    assert GallerySettings.read(settings) == GallerySettings("HDMI-1", turn=90.0, alone=False)


def test_the_window_makes_room_and_comes_back(window: MainWindow, fake: FakeSession, qtbot: QtBot) -> None:
    gallery_action = window.menus.actions["gallery"]
    assert not gallery_action.isEnabled()
    fake.give_model("rbm")
    fake.give_player(PlayerState.PLAYING)
    fake.give_dataset()
    assert gallery_action.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    dialog = window.findChild(GalleryDialog)
    assert dialog is not None
    dialog.alone.click()
    qtbot.mouseClick(dialog.begin, LEFT)
    gallery = window.gallery
    assert gallery is not None
    assert not window.isVisible()
    qtbot.keyClick(gallery, CHORD[1], CHORD[0])
    assert window.isVisible()
    assert window.gallery is None
