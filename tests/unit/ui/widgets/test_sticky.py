"""A column whose important part never scrolls out of sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.colours import DARK
from studio.ui.widgets.sticky import StickyColumn


def tall(height: int) -> QWidget:
    made = QWidget()
    made.setFixedHeight(height)
    return made


@pytest.fixture
def column(qtbot: QtBot) -> tuple[StickyColumn, QPushButton]:
    made, button = StickyColumn("Column"), QPushButton("Start")
    made.add(tall(500))
    made.add_sticky(button)
    made.add(tall(500))
    qtbot.addWidget(made)
    made.resize(260, 300)
    made.show()
    qtbot.waitExposed(made)
    return made, button


@pytest.mark.parametrize("share", [0.0, 0.2, 0.45, 0.7, 1.0])
def test_the_sticky_part_is_whole_at_any_scroll(column: tuple[StickyColumn, QPushButton], share: float) -> None:
    made, button = column
    bar = made.verticalScrollBar()
    bar.setValue(round(share * bar.maximum()))
    top = button.mapTo(made, QPoint(0, 0)).y()
    assert 0 <= top <= made.height() - button.height()


def test_it_scrolls_along_where_it_is_in_sight(column: tuple[StickyColumn, QPushButton]) -> None:
    made, button = column
    bar = made.verticalScrollBar()
    bar.setValue(round(0.45 * bar.maximum()))
    before = button.y()
    bar.setValue(bar.value() + 10)
    assert button.y() == before - 10


@pytest.mark.usefixtures("dressed")
def test_nothing_shines_through_what_is_pinned(qtbot: QtBot) -> None:
    column, head, bright = StickyColumn("Column"), QWidget(), tall(500)
    QVBoxLayout(head).addWidget(tall(60))
    bright.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    bright.setStyleSheet("background: #ff0000")
    column.add(bright)
    column.add_sticky(head)
    qtbot.addWidget(column)
    column.resize(260, 300)
    column.show()
    qtbot.waitExposed(column)
    seen = column.grab().toImage()
    assert seen.pixelColor(100, 200).name() == "#ff0000"
    at = head.mapTo(column, head.rect().center())
    assert seen.pixelColor(at).name() == DARK.window
