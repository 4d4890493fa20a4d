"""A column whose important part never scrolls out of sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

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
