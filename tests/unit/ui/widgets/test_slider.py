"""A slider under the hand: bar, wheel, typed values, reset."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.widgets.combo import QuietCombo
from studio.ui.widgets.slider import LabelledSlider
from studio.ui.widgets.track import Track
from studio.ui.widgets.value_edit import ValueEdit


def turn_wheel(widget: QWidget) -> bool:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


@pytest.fixture
def slider(qtbot: QtBot) -> LabelledSlider:
    made = LabelledSlider("Rate", 0.001, 1, 0.1, decimals=None, log=True, unit="x", tip="Faster.")
    qtbot.addWidget(made)
    made.resize(220, 40)
    made.show()
    qtbot.waitExposed(made)
    return made


def parts(slider: LabelledSlider) -> tuple[Track, ValueEdit]:
    track, edit = slider.findChild(Track), slider.findChild(ValueEdit)
    assert track is not None
    assert edit is not None
    return track, edit


def test_it_shows_value_and_unit(slider: LabelledSlider) -> None:
    assert parts(slider)[1].text() == "0.10 x"


@pytest.mark.parametrize(("share", "value"), [(0.0, 0.001), (0.5, 0.0316), (1.0, 1.0)])
def test_a_click_on_the_bar_jumps_there(qtbot: QtBot, slider: LabelledSlider, share: float, value: float) -> None:
    track, _ = parts(slider)
    x = round(5 + share * (track.width() - 10))
    with qtbot.waitSignal(slider.edited):
        qtbot.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(x, track.height() // 2))
    assert slider.value() == pytest.approx(value, rel=0.05)


@pytest.mark.parametrize(("text", "value"), [("0.25", 0.25), ("0,5 x", 0.5), ("3e-2", 0.03), ("7", 7.0)])
def test_a_typed_value_counts_even_beyond_the_bar(
    qtbot: QtBot, slider: LabelledSlider, text: str, value: float
) -> None:
    _, edit = parts(slider)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    with qtbot.waitSignal(slider.edited) as told:
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert told.args == [value]


def test_the_lowest_value_may_be_a_word(qtbot: QtBot) -> None:
    slider = LabelledSlider("In a row", 0, 32, 0, whole=True, lowest="as a square")
    qtbot.addWidget(slider)
    edit = slider.findChild(ValueEdit)
    assert edit is not None
    assert edit.text() == "as a square"
    edit.selectAll()
    qtbot.keyClicks(edit, "4")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert (slider.value(), edit.text()) == (4, "4")
    slider.reset()
    assert edit.text() == "as a square"


def test_nonsense_and_escape_bring_back_what_was_there(qtbot: QtBot, slider: LabelledSlider) -> None:
    _, edit = parts(slider)
    for text, key in (("abc", Qt.Key.Key_Return), ("9", Qt.Key.Key_Escape)):
        edit.setFocus()
        edit.selectAll()
        qtbot.keyClicks(edit, text)
        with qtbot.assertNotEmitted(slider.edited):
            qtbot.keyClick(edit, key)
        assert edit.text() == "0.10 x"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_a_number_that_is_done_with_takes_no_more_keys(qtbot: QtBot, slider: LabelledSlider, key: Qt.Key) -> None:
    track, edit = parts(slider)
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    edit.selectAll()
    qtbot.keyClicks(edit, "0.2")
    qtbot.keyClick(edit, key)
    assert track.hasFocus()


def test_what_is_being_typed_is_not_overwritten(qtbot: QtBot, slider: LabelledSlider) -> None:
    _, edit = parts(slider)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "0.")
    slider.set_value(0.9)
    assert edit.text() == "0."


def test_a_double_click_brings_back_the_default(qtbot: QtBot, slider: LabelledSlider) -> None:
    track, _ = parts(slider)
    slider.set_value(0.7)
    with qtbot.waitSignal(slider.edited) as told:
        qtbot.mouseDClick(track, Qt.MouseButton.LeftButton)
    assert told.args == [0.1]


def test_setting_a_value_tells_nothing(qtbot: QtBot, slider: LabelledSlider) -> None:
    with qtbot.assertNotEmitted(slider.edited):
        slider.set_value(0.5)
    assert slider.value() == 0.5


def test_the_wheel_is_the_columns_unless_focused(qtbot: QtBot, slider: LabelledSlider) -> None:
    track, edit = parts(slider)
    slider.activateWindow()
    edit.setFocus()
    assert not turn_wheel(track)
    assert slider.value() == 0.1
    track.setFocus()
    qtbot.waitUntil(track.hasFocus)
    assert turn_wheel(track)
    assert slider.value() > 0.1


def test_arrow_keys_move_a_focused_bar(qtbot: QtBot, slider: LabelledSlider) -> None:
    track, _ = parts(slider)
    qtbot.keyClick(track, Qt.Key.Key_Right)
    assert slider.value() > 0.1


def test_a_whole_slider_keeps_integers(qtbot: QtBot) -> None:
    slider = LabelledSlider("Units", 1, 9, 3, whole=True)
    qtbot.addWidget(slider)
    track, edit = parts(slider)
    qtbot.keyClick(track, Qt.Key.Key_Right)
    assert (slider.value(), edit.text()) == (4.0, "4")


def test_a_combo_leaves_the_wheel_too(qtbot: QtBot) -> None:
    host = QWidget()
    column = QVBoxLayout(host)
    combo: QComboBox = QuietCombo("Fit", "How")
    combo.addItems(["a", "b"])
    combo.setCurrentIndex(1)
    column.addWidget(combo)
    qtbot.addWidget(host)
    host.show()
    qtbot.waitExposed(host)
    combo.clearFocus()
    assert not turn_wheel(combo)
    assert combo.currentIndex() == 1
