"""The sheet of cells: hover, click, keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from studio.ui.widgets.sheet_view import SheetView
from tests.helpers import fake_data


@pytest.fixture
def sheet(qtbot: QtBot) -> SheetView:
    made = SheetView()
    qtbot.addWidget(made)
    made.resize(300, 300)
    made.show()
    made.set_cells(fake_data.strokes(25, 8, 3))
    return made


def middle(sheet: SheetView, cell: int) -> QPoint:
    return sheet.area_of_cell(cell).center().toPoint()


def test_cells_fill_the_room(sheet: SheetView) -> None:
    assert sheet.columns == 5
    sheet.resize(900, 120)
    assert sheet.columns > 8
    sheet.resize(80, 900)
    assert sheet.columns < 4


def test_a_click_selects_and_tells(sheet: SheetView, qtbot: QtBot) -> None:
    with qtbot.waitSignals([sheet.cell_selected, sheet.cell_clicked]):
        qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=middle(sheet, 13))
    assert sheet.selected == 13
    with qtbot.waitSignal(sheet.cell_double_clicked) as told:
        qtbot.mouseDClick(sheet, Qt.MouseButton.LeftButton, pos=middle(sheet, 7))
    assert told.args == [7]


def test_hovering_tells_the_cell_once(sheet: SheetView, qtbot: QtBot) -> None:
    told: list[int] = []
    sheet.cell_hovered.connect(told.append)
    for place in (middle(sheet, 3), middle(sheet, 3) + QPoint(2, 2), middle(sheet, 4), QPoint(1, 1)):
        qtbot.mouseMove(sheet, place)
    assert told == [3, 4, -1]


def test_arrows_walk_and_enter_activates(sheet: SheetView, qtbot: QtBot) -> None:
    keys = (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Up)
    walked = []
    for key in keys:
        qtbot.keyClick(sheet, key)
        walked.append(sheet.selected)
    assert walked == [0, 1, 6, 5, 0, 0]
    qtbot.keyClick(sheet, Qt.Key.Key_End)
    with qtbot.waitSignal(sheet.cell_activated) as told:
        qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert told.args == [24]


def test_walking_keeps_the_selection_in_sight(sheet: SheetView, qtbot: QtBot) -> None:
    sheet.select(0)
    sheet.set_zoom(40)
    qtbot.keyClick(sheet, Qt.Key.Key_End)
    assert sheet.rect().toRectF().intersects(sheet.area_of_cell(24))


def test_the_space_bar_is_left_to_the_window(sheet: SheetView, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(sheet.tapped):
        qtbot.keyClick(sheet, Qt.Key.Key_Space)


def test_fewer_cells_drop_the_selection_and_none_clear(sheet: SheetView) -> None:
    sheet.select(20)
    sheet.set_cells(fake_data.strokes(4, 8, 3))
    assert sheet.selected == -1
    sheet.set_cells(np.zeros((0, 8, 8, 3), np.float32))
    assert sheet.count == 0
    assert sheet.cell_at(sheet.rect().center().toPointF()) == -1
    sheet.grab()
