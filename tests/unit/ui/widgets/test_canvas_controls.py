"""Size and seams of the canvas as a person sets them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.dream.settings import DreamSettings, Seamless
from studio.ui.widgets.canvas_controls import CanvasControls, size_in


@pytest.fixture
def controls(qtbot: QtBot) -> CanvasControls:
    made = CanvasControls()
    qtbot.addWidget(made)
    made.resize(700, 60)
    made.show()
    return made


@pytest.mark.parametrize(
    ("text", "size"),
    [("640 x 360", (640, 360)), ("640X360 px", (640, 360)), ("300*200", (300, 200)), ("512", (512, 512))],
)
def test_sizes_are_read_as_people_type_them(text: str, size: tuple[int, int]) -> None:
    assert size_in(text) == size


@pytest.mark.parametrize("text", ["", "large", "-5 x 3", "1 x 2 x 3", "9999999"])
def test_what_is_no_size_is_none(text: str) -> None:
    assert size_in(text) is None


def test_a_typed_size_is_told_and_nonsense_is_refused(qtbot: QtBot, controls: CanvasControls) -> None:
    controls.size_edit.selectAll()
    with qtbot.waitSignal(controls.size_edited) as told:
        qtbot.keyClicks(controls.size_edit, "640 x 360")
        qtbot.keyClick(controls.size_edit, Qt.Key.Key_Return)
    assert told.args == [640, 360]
    controls.size_edit.selectAll()
    with qtbot.waitSignal(controls.size_refused):
        qtbot.keyClicks(controls.size_edit, "huge")
        qtbot.keyClick(controls.size_edit, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is controls.size_edit.parentWidget()


def test_the_exemplar_is_among_the_sizes(qtbot: QtBot, controls: CanvasControls) -> None:
    assert controls.size_choice.keys() == ["0x0", *(f"{side}x{side}" for side in (256, 512, 1024, 2048, 4096, 8192))]
    controls.set_exemplar((320, 200))
    place = controls.size_choice.findData("320x200")
    with qtbot.waitSignal(controls.size_edited) as told:
        controls.size_choice.setCurrentIndex(place)
        controls.size_choice.activated.emit(place)
    assert told.args == [320, 200]


def test_it_follows_settings_and_what_is_really_shown(controls: CanvasControls) -> None:
    controls.set_shown((264, 264))
    assert controls.size_edit.text() == "264 x 264"
    controls.set_settings(replace(DreamSettings(), width=640, height=360, seamless=Seamless.X))
    assert controls.size_edit.text() == "640 x 360"
    assert controls.size_choice.currentText() == "other"
    assert controls.seamless.key() == "x"
    controls.set_settings(replace(DreamSettings(), width=512, height=512))
    assert controls.size_choice.key() == "512x512"


def test_the_seam_is_told_in_few_figures(controls: CanvasControls) -> None:
    controls.set_seam(1.0234)
    assert controls.seam.text() == "seam 1.02"
    controls.set_seam(None)
    assert controls.seam.text() == ""


def test_a_click_on_wrap_moves_nothing_from_under_the_hand(qtbot: QtBot, controls: CanvasControls) -> None:
    controls.set_seam(1.0)
    qtbot.waitExposed(controls)
    before = [part.geometry() for part in (controls.shift, controls.wrap, controls.border)]
    at = QPoint(8, controls.wrap.height() // 2)
    assert not controls.border.isEnabled()
    assert "Wrap" in controls.border.toolTip()
    qtbot.mouseClick(controls.wrap, Qt.MouseButton.LeftButton, pos=at)
    assert controls.wrap.isChecked()
    assert controls.border.isEnabled()
    layout = controls.layout()
    assert layout is not None
    layout.activate()
    assert [part.geometry() for part in (controls.shift, controls.wrap, controls.border)] == before
