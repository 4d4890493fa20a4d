"""The sheet of cells: hover, click, keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
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


@pytest.fixture
def many(qtbot: QtBot) -> SheetView:
    made = SheetView(least=18)
    qtbot.addWidget(made)
    made.resize(250, 240)
    made.show()
    made.set_cells(np.random.default_rng(0).random((352, 11, 11, 1), dtype=np.float32))
    return made


def test_many_small_cells_stay_readable_and_are_scrolled(many: SheetView) -> None:
    assert many.area_of_cell(0).width() == 22  # twice their pixels, all equally large
    assert many.bar.isVisible()
    assert many.area_of_cell(many.columns - 1).right() <= many.bar.x()
    assert many.area_of_cell(351).top() > many.height()
    many.bar.setValue(many.bar.maximum())
    assert many.area_of_cell(351).bottom() <= many.height()
    assert many.area_of_cell(351).bottom() >= many.height() - 2 * many.view.margin
    assert not many.grab().isNull()


def test_large_pictures_are_shrunk_no_further_than_can_be_read(many: SheetView) -> None:
    many.set_cells(np.zeros((500, 28, 28, 1), np.float32))
    assert many.area_of_cell(0).width() == pytest.approx(18, abs=0.01)
    assert many.bar.isVisible()
    many.set_cells(np.zeros((16, 28, 28, 1), np.float32))
    assert not many.bar.isVisible()
    assert many.area_of_cell(15).bottom() <= many.height()


def test_the_wheel_scrolls_to_the_end_and_then_the_column(many: SheetView) -> None:
    def turn(down: int) -> bool:
        event = QWheelEvent(
            QPointF(50, 50),
            QPointF(50, 50),
            QPoint(),
            QPoint(0, -down),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(many, event)
        return event.isAccepted()

    assert turn(120)
    assert many.bar.value() == 60
    assert turn(12000)
    assert many.bar.value() == many.bar.maximum()
    assert not turn(120)


def test_arrow_keys_and_new_frames_keep_the_place(qtbot: QtBot, many: SheetView) -> None:
    many.setFocus()
    qtbot.keyClick(many, Qt.Key.Key_End)
    assert many.selected == 351
    assert many.rect().contains(many.area_of_cell(351).toRect())
    at = many.bar.value()
    many.set_cells(np.zeros((352, 11, 11, 1), np.float32))
    assert many.bar.value() == at
    qtbot.keyClick(many, Qt.Key.Key_Home)
    assert many.rect().contains(many.area_of_cell(0).toRect())


def test_zoomed_by_hand_it_is_panned_and_fitted_again_it_scrolls(many: SheetView) -> None:
    many.set_zoom(6.0)
    assert not many.bar.isVisible()
    many.fit()
    assert many.bar.isVisible()


def test_a_larger_place_shows_all(many: SheetView) -> None:
    many.resize(900, 700)
    assert not many.bar.isVisible()
    assert many.area_of_cell(0).width() >= 18
