"""How the studio crashed is shown, and copied as it is then."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.ui.crash_dialog import CRASHED, CrashDialog


def test_the_report_is_shown_and_copied(qtbot: QtBot) -> None:
    reports = iter(("first", "with devices"))
    dialog = CrashDialog(CRASHED, lambda: next(reports))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.text.toPlainText() == "first"
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "with devices"
    for part in (dialog.copy, dialog.done_button, dialog.text):
        assert part.accessibleName()
        assert part.toolTip()
    qtbot.mouseClick(dialog.done_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
