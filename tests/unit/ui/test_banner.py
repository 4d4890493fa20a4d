"""Notices slide in, stay as long as they matter, and go when told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.session.notices import Level, Notice
from studio.ui.banner import Banner
from studio.ui.icons import IconButton
from studio.ui.main_window import MainWindow
from tests.helpers.fake_session import FakeSession

ERROR = Notice(Level.ERROR, "The disk is full.", "Choose another folder.")
INFO = Notice(Level.INFO, "Saved.")


@pytest.fixture
def banner(qtbot: QtBot) -> Banner:
    made = Banner()
    qtbot.addWidget(made)
    return made


def test_a_notice_is_shown_and_dismissed_by_its_button(qtbot: QtBot, window: MainWindow, fake: FakeSession) -> None:
    fake.notify(ERROR)
    qtbot.waitUntil(lambda: window.banner.height() > 24)
    assert window.banner.accessibleName() == "error: The disk is full. Choose another folder."
    close = next(item for item in window.banner.findChildren(IconButton) if item.accessibleName() == "Dismiss")
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert window.banner.notice is None
    qtbot.waitUntil(lambda: not window.banner.isVisible())


def test_escape_dismisses(qtbot: QtBot, window: MainWindow, fake: FakeSession) -> None:
    fake.notify(ERROR)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.banner.notice is None


def test_an_error_comes_back_from_behind_an_information(banner: Banner) -> None:
    banner.post(ERROR)
    banner.post(INFO)
    assert banner.notice == INFO
    banner.dismiss()
    assert banner.notice == ERROR
    banner.dismiss()
    assert banner.notice is None


def test_the_same_error_is_said_once(banner: Banner) -> None:
    banner.post(ERROR)
    banner.post(ERROR)
    banner.dismiss()
    assert banner.notice is None


def test_information_gives_way_to_what_follows(banner: Banner) -> None:
    banner.post(INFO)
    banner.post(ERROR)
    banner.dismiss()
    assert banner.notice is None


def test_a_later_error_takes_the_place_of_those_before(banner: Banner, monkeypatch: pytest.MonkeyPatch) -> None:
    together = Notice(Level.WARNING, "Two folders are not where they were.")
    banner.post(ERROR)
    banner.post(together)
    assert banner.notice == together
    banner.dismiss()
    assert banner.notice == ERROR
    monkeypatch.setattr("studio.ui.banner.TOGETHER_MS", -1)
    banner.post(together)
    banner.dismiss()
    assert banner.notice is None


def test_what_is_of_another_project_or_mended_goes(window: MainWindow, fake: FakeSession) -> None:
    def shown() -> Notice | None:
        return window.banner.notice

    fake.notify(ERROR)
    fake.project_replaced.emit()
    assert shown() is None
    window.dream.strip.canvas.size_refused.emit("huge")
    assert shown() is not None
    fake.set_dream(replace(fake.dream, width=256, height=256))
    assert shown() is None


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        (
            "Saved sheet.png.",
            "792 x 792 px. Its seam lies within the spread of the lines inside it, so nobody finds it.",
        ),
        (
            "The pictures of this project are not where they were when it was saved, so none of them is at hand.",
            "Stop.",
        ),
        ("Set up with the preset Digits.", "Press Start, or choose another preset under Model first."),
    ],
)
def test_a_short_sentence_leaves_its_room_to_the_long_one(
    qtbot: QtBot, window: MainWindow, fake: FakeSession, message: str, hint: str
) -> None:
    fake.notify(Notice(Level.WARNING, message, hint))
    banner = window.banner
    labels = [label for label in banner.findChildren(QLabel) if label.text() in (message, hint)]
    assert len(labels) == 2
    lines = 2 * labels[0].fontMetrics().lineSpacing() + 2
    # no tall column beside an empty one
    qtbot.waitUntil(lambda: all(1 < label.heightForWidth(label.width()) <= lines for label in labels))
