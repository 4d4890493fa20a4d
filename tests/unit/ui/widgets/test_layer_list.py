"""Layers as a person adds, types, moves and removes them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.models.spec import MOST_LAYERS, ConvSpec
from studio.ui.widgets.layer_list import LayerList

SHAPE = (1, 71, 71)
LOAD = (8, 0)
TWO = ConvSpec(deeper=("40x6/2",))


@pytest.fixture
def layers(qtbot: QtBot) -> LayerList:
    made = LayerList(TWO, SHAPE, LOAD)
    qtbot.addWidget(made)
    made.resize(252, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def told(layers: LayerList) -> list[ConvSpec]:
    heard: list[ConvSpec] = []
    layers.edited.connect(heard.append)
    return heard


def sights(layers: LayerList) -> list[str]:
    return [row.sight.text().replace("\N{NO-BREAK SPACE}", " ") for row in layers.rows]


def write(qtbot: QtBot, layers: LayerList, row: int, part: str, text: str) -> None:
    edit = layers.rows[row].spins[part]
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_each_row_says_what_it_sees_and_takes(layers: LayerList) -> None:
    assert sights(layers) == [
        "sees 10 px, maps 62 x 62 to 31 x 31, 17 MB a step",
        "sees 21 px, maps 26 x 26 to 13 x 13, 19 MB a step",
    ]
    layers.set_value(TWO, SHAPE, (16, 0))
    assert [words.rpartition(", ")[2] for words in sights(layers)] == ["34 MB a step", "37 MB a step"]
    layers.set_value(ConvSpec(block=1), SHAPE, LOAD)
    assert sights(layers) == ["sees 10 px, maps 62 x 62, 34 MB a step"]


def test_a_layer_is_added_typed_and_removed(qtbot: QtBot, layers: LayerList) -> None:
    heard = told(layers)
    qtbot.mouseClick(layers.add, Qt.MouseButton.LeftButton)
    assert layers.rows[2].spins["filters"].hasFocus()
    write(qtbot, layers, 2, "filters", "100")
    write(qtbot, layers, 2, "side", "4")
    assert heard[-1].deeper == ("40x6/2", "100x4/2")
    qtbot.mouseClick(layers.rows[0].remove, Qt.MouseButton.LeftButton)
    assert heard[-1] == ConvSpec(40, 6, 2, deeper=("100x4/2",))
    assert len(layers.rows) == 2


def test_the_last_layer_cannot_be_removed_and_a_seventh_not_added(qtbot: QtBot, layers: LayerList) -> None:
    heard = told(layers)
    qtbot.mouseClick(layers.rows[1].remove, Qt.MouseButton.LeftButton)
    assert heard[-1] == ConvSpec()
    assert not layers.rows[0].remove.isEnabled()
    for _ in range(MOST_LAYERS + 2):
        qtbot.mouseClick(layers.add, Qt.MouseButton.LeftButton)
    assert len(heard[-1].layers) == MOST_LAYERS
    assert not layers.add.isEnabled()


def test_layers_change_places_by_the_keyboard(qtbot: QtBot, layers: LayerList) -> None:
    heard = told(layers)
    assert not layers.rows[0].up.isEnabled()
    layers.rows[0].down.setFocus()
    qtbot.keyClick(layers.rows[0].down, Qt.Key.Key_Space)
    assert heard[-1] == ConvSpec(40, 6, 2, deeper=("24x10/2",))
    assert layers.rows[1].up.hasFocus(), "the keyboard stays with the layer"
    qtbot.keyClick(layers.rows[1].up, Qt.Key.Key_Space)
    assert heard[-1] == TWO


def test_tab_walks_the_rows_from_the_first_to_the_button(qtbot: QtBot, layers: LayerList) -> None:
    qtbot.mouseClick(layers.add, Qt.MouseButton.LeftButton)
    layers.rows[0].spins["filters"].setFocus()
    walked: list[str] = []
    while not layers.add.hasFocus() and len(walked) < 30:
        focused = layers.focusWidget()
        walked.append(focused.accessibleName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    stops = [stop for row in layers.rows for stop in (*row.spins.values(), row.up, row.down, row.remove)]
    assert walked == [stop.accessibleName() for stop in stops if stop.isEnabled()]


def test_arrow_keys_count(qtbot: QtBot, layers: LayerList) -> None:
    heard = told(layers)
    layers.rows[1].spins["side"].setFocus()
    qtbot.keyClick(layers.rows[1].spins["side"], Qt.Key.Key_Up)
    assert heard == [ConvSpec(deeper=("40x7/2",))]


def test_the_wheel_does_nothing_until_a_number_has_the_keyboard(layers: LayerList) -> None:
    heard, edit = told(layers), layers.rows[0].spins["filters"]
    layers.add.setFocus()
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(edit, turn)
    assert heard == []


def test_a_layer_that_does_not_fit_says_so_in_its_row(qtbot: QtBot, layers: LayerList) -> None:
    layers.set_value(TWO, (1, 16, 20), LOAD)
    assert layers.rows[1].error.text() == "Filters of 6 x 6 do not fit into the 4 x 6 maps of layer 1."
    assert layers.rows[1].error.isVisible()
    assert layers.rows[0].error.isHidden()
    write(qtbot, layers, 1, "side", "4")
    assert layers.rows[1].error.isHidden()
    layers.set_value(TWO, (1, 9, 9), LOAD)
    assert layers.rows[0].error.text() == "Filters of 10 px do not fit into pictures of 9 x 9 px."
    assert layers.rows[0].sight.text() == "sees 10 px"
    assert layers.rows[1].error.text() == "", "one reason is enough"


def test_showing_a_spec_tells_nothing(layers: LayerList) -> None:
    heard = told(layers)
    layers.set_value(ConvSpec(8, 5, 3, deeper=("9x3/1", "7x2/2")), SHAPE, LOAD)
    assert heard == []
    assert [row.layer() for row in layers.rows] == list(ConvSpec(8, 5, 3, deeper=("9x3/1", "7x2/2")).layers)


def test_every_editor_has_its_own_name(layers: LayerList) -> None:
    names = [
        made.accessibleName()
        for row in layers.rows
        for made in (*row.spins.values(), row.up, row.down, row.remove, row.sight)
    ]
    assert len(set(names)) == len(names)
    assert names[0] == "Filters of layer 1"
