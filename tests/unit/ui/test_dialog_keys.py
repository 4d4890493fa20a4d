"""Enter answers a dialog, by the button it is for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from studio.dream.settings import DreamSettings
from studio.ui.batch_dialog import BatchDialog
from studio.ui.export_dialog import FILM, ExportDialog
from studio.ui.gallery import GallerySettings
from studio.ui.gallery_dialog import GalleryDialog
from studio.ui.widgets.slider import LabelledSlider
from studio.ui.widgets.value_edit import ValueEdit

ENTER = Qt.Key.Key_Return
Asking = ExportDialog | BatchDialog | GalleryDialog

pytestmark = pytest.mark.usefixtures("settings")


def export() -> ExportDialog:
    return ExportDialog((64, 64))


def batch() -> BatchDialog:
    return BatchDialog(DreamSettings())


def gallery() -> GalleryDialog:
    return GalleryDialog(GallerySettings())


@pytest.fixture(params=[export, batch, gallery])
def dialog(request: pytest.FixtureRequest, qtbot: QtBot) -> Asking:
    made: Asking = request.param()
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.open()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(lambda: made.focusWidget() is not None)
    return made


def press(dialog: Asking, qtbot: QtBot) -> None:
    focused = dialog.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, ENTER)


def test_enter_is_the_answer(dialog: Asking, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.chosen):
        press(dialog, qtbot)
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_enter_on_cancel_cancels(dialog: Asking, qtbot: QtBot) -> None:
    dialog.cancel.setFocus()
    with qtbot.assertNotEmitted(dialog.chosen):
        press(dialog, qtbot)
    assert not dialog.isVisible()
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_enter_in_a_number_takes_the_number_first(dialog: Asking, qtbot: QtBot) -> None:
    if isinstance(dialog, ExportDialog):
        qtbot.mouseClick(dialog.kind.button(FILM), Qt.MouseButton.LeftButton)
    slider = next(part for part in dialog.findChildren(LabelledSlider) if part.isVisible())
    field = slider.findChild(ValueEdit)
    assert field is not None
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "12")
    with qtbot.assertNotEmitted(dialog.chosen):
        qtbot.keyClick(field, ENTER)
    assert dialog.isVisible()
    assert slider.value() == 12
    with qtbot.waitSignal(dialog.chosen):
        press(dialog, qtbot)
