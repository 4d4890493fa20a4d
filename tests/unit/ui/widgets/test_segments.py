"""One choice out of a few: where the keyboard comes to it, and goes with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.widgets.buttons import Segments

OPTIONS = (("a", "First", "The first"), ("b", "Second", "The second"), ("c", "Third", "The third"))


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def place(page: QWidget, qtbot: QtBot) -> tuple[QLineEdit, Segments]:
    before, segments = QLineEdit(), Segments(OPTIONS)
    column = QVBoxLayout(page)
    column.addWidget(before)
    column.addWidget(segments)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    before.setFocus()
    qtbot.waitUntil(before.hasFocus)
    return before, segments


def test_the_tabulator_comes_to_what_is_chosen(place: tuple[QLineEdit, Segments], qtbot: QtBot) -> None:
    before, segments = place
    segments.set_key("b")
    qtbot.keyClick(before, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is segments.button("b")


def test_a_choice_made_elsewhere_takes_the_keyboard_along(place: tuple[QLineEdit, Segments], qtbot: QtBot) -> None:
    _, segments = place
    qtbot.mouseClick(segments.button("c"), Qt.MouseButton.LeftButton)
    assert segments.button("c").hasFocus()
    segments.set_key("a")  # as undo does: a ring around the third would look like a second choice
    assert segments.button("a").hasFocus()


def test_a_choice_made_elsewhere_takes_no_keyboard_from_others(place: tuple[QLineEdit, Segments]) -> None:
    before, segments = place
    segments.set_key("c")
    assert before.hasFocus()
