"""The manual as one reads it: opened, searched, followed, left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.ui.main_window import MainWindow
from studio.ui.manual_window import ManualWindow, open_manual
from studio.ui.widgets.manual_view import MARGIN, WIDEST, ManualView, pictures_in

SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def plain(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def shown(plain: QWidget) -> ManualWindow:
    return open_manual(plain)


def widths(view: ManualView) -> list[float]:
    found, block = [], view.document().begin()
    while block.isValid():
        found += [form.width() for _, _, form in pictures_in(block)]
        block = block.next()
    return found


def heading_in_sight(view: ManualView) -> str:
    """Return the heading of the uppermost line."""
    block = view.cursorForPosition(view.viewport().rect().topLeft()).block()
    while block.isValid() and not block.blockFormat().headingLevel():
        block = block.previous()
    return block.text()


def test_a_key_of_the_window_opens_it(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1, SHIFT)
    found = window.findChild(ManualWindow)
    assert found is not None
    assert found.page == "README.md"


def test_it_opens_at_a_heading_in_the_window_that_is_open(plain: QWidget, shown: ManualWindow) -> None:
    again = open_manual(plain, "training.md#the-settings")
    assert again is shown
    assert shown.page == "training.md"
    assert heading_in_sight(shown.view) == "The settings"
    assert shown.contents.currentItem().text() == "Training and its curves"


def test_a_search_leads_to_the_place_and_marks_the_words(shown: ManualWindow, qtbot: QtBot) -> None:
    pages = shown.contents.count()
    qtbot.keyClick(shown, Qt.Key.Key_F, CTRL)
    assert shown.search.hasFocus()
    qtbot.keyClicks(shown.search, "sparsity target")
    assert 0 < shown.contents.count() < pages
    qtbot.keyClick(shown.search, Qt.Key.Key_Return)
    assert "Sparsity target" in shown.view.toPlainText()
    assert shown.view.extraSelections()
    qtbot.keyClicks(shown.search, " zzz")
    assert shown.nothing.isVisible()
    qtbot.keyClick(shown.search, Qt.Key.Key_Escape)
    assert shown.contents.count() == pages
    assert not shown.view.extraSelections()
    assert shown.isVisible()


def test_links_are_followed_and_the_way_goes_back(shown: ManualWindow, qtbot: QtBot) -> None:
    assert not shown.back.isEnabled()
    shown.view.setSource(QUrl("playing.md#altering-the-model"))  # what a click on a link does
    assert shown.page == "playing.md"
    assert heading_in_sight(shown.view) == "Altering the model"
    qtbot.keyClick(shown, Qt.Key.Key_Left, ALT)
    assert shown.page == "README.md"
    assert widths(shown.view)[0] > 1
    shown.forward.click()
    assert shown.page == "playing.md"


def test_pictures_are_as_wide_as_the_page(shown: ManualWindow) -> None:
    shown.open_at("first-ten-minutes.md")
    room = min(WIDEST, shown.view.viewport().width() - 2 * MARGIN)
    assert max(widths(shown.view)) == room
    shown.resize(700, 500)
    shown.view._fit_pictures()  # the timer's own, at once
    assert max(widths(shown.view)) < room


def test_escape_closes_it(shown: ManualWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(shown.view, Qt.Key.Key_Escape)
    assert not shown.isVisible()
