"""The layout that wraps."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.widgets.flow import FlowLayout


class Box(QWidget):
    def __init__(self, width: int, height: int, grows: bool = False) -> None:
        super().__init__()
        self.setMinimumSize(width, height)
        policy = QSizePolicy.Policy.Expanding if grows else QSizePolicy.Policy.Fixed
        self.setSizePolicy(policy, QSizePolicy.Policy.Fixed)
        if not grows:
            self.setFixedSize(width, height)


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def laid_out(page: QWidget, width: int, boxes: list[Box], push_before: int | None = None) -> FlowLayout:
    flow = FlowLayout(page, gap=10, line_gap=5)
    for index, box in enumerate(boxes):
        if index == push_before:
            flow.push()
        flow.addWidget(box)
    page.resize(width, 200)
    page.show()
    return flow


def test_it_wraps_and_asks_for_the_height(page: QWidget) -> None:
    boxes = [Box(50, 20), Box(50, 30), Box(50, 20)]
    flow = laid_out(page, 120, boxes)
    assert [box.x() for box in boxes] == [0, 60, 0]
    assert boxes[2].y() == 35
    assert flow.heightForWidth(120) == 55
    assert flow.heightForWidth(400) == 30


def test_growing_boxes_share_what_is_left(page: QWidget) -> None:
    boxes = [Box(50, 20), Box(50, 20, grows=True), Box(50, 20, grows=True)]
    laid_out(page, 270, boxes)
    assert [box.width() for box in boxes] == [50, 100, 100]


def test_what_is_pushed_stands_at_the_right(page: QWidget) -> None:
    boxes = [Box(50, 20), Box(50, 20), Box(50, 20)]
    laid_out(page, 300, boxes, push_before=1)
    assert [box.x() for box in boxes] == [0, 190, 250]


@pytest.mark.parametrize(
    ("width", "places"),
    [
        (229, [(0, 0), (59, 25), (119, 25), (179, 25)]),
        (230, [(0, 0), (60, 0), (120, 0), (180, 0)]),
        (160, [(0, 0), (110, 0), (0, 25), (60, 25)]),
    ],
)
def test_what_is_pushed_stays_together_where_a_line_has_room(
    page: QWidget, width: int, places: list[tuple[int, int]]
) -> None:
    boxes = [Box(50, 20), Box(50, 20), Box(50, 20), Box(50, 20)]
    laid_out(page, width, boxes, push_before=1)
    assert [(box.x(), box.y()) for box in boxes] == places


def test_hidden_boxes_take_no_room(page: QWidget) -> None:
    boxes = [Box(50, 20), Box(50, 20), Box(50, 20)]
    flow = laid_out(page, 300, boxes)
    boxes[1].hide()
    flow.activate()
    assert boxes[2].x() == 60


def test_a_height_that_was_asked_for_is_another_once_a_box_is(page: QWidget) -> None:
    boxes = [Box(50, 20), Box(50, 30), Box(50, 20)]
    flow = laid_out(page, 120, boxes)
    assert flow.heightForWidth(120) == 55
    boxes[1].setFixedSize(50, 40)
    assert flow.heightForWidth(120) == 65
    boxes[1].hide()
    assert flow.heightForWidth(120) == 20
    flow.turn()
    last = Box(50, 25)
    flow.addWidget(last)
    last.show()
    assert flow.heightForWidth(120) == flow.heightForWidth(400) == 50
    flow.takeAt(3)
    assert flow.heightForWidth(400) == 20


def test_an_empty_one_is_nothing(page: QWidget) -> None:
    flow = laid_out(page, 100, [])
    assert flow.heightForWidth(100) == 0


@pytest.mark.parametrize(
    ("width", "places"),
    [
        (400, [(0, 0), (60, 0), (120, 0), (0, 25), (60, 25)]),  # all of the first line fits
        (110, [(0, 0), (60, 0), (0, 25), (60, 25), (0, 50)]),  # what it has no room for begins the second
    ],
)
def test_the_second_line_begins_behind_what_the_first_had_no_room_for(
    page: QWidget, width: int, places: list[tuple[int, int]]
) -> None:
    boxes = [Box(50, 20) for _ in range(5)]
    flow = FlowLayout(page, gap=10, line_gap=5)
    for index, box in enumerate(boxes):
        if index == 3:
            flow.turn()
        flow.addWidget(box)
    page.resize(width, 200)
    page.show()
    flow.arrange(width, place=True)
    assert [(box.x(), box.y()) for box in boxes] == places
