"""The dialog about the studio shows the licence of whatever part is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.ui.about_dialog import AboutDialog


def test_choosing_a_part_shows_its_licence(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.open()
    assert dialog.parts.item(0).text().startswith("harmonium-studio")
    assert "Permission is hereby granted" in dialog.text.toPlainText()
    (row,) = [row for row in range(dialog.parts.count()) if dialog.parts.item(row).text().startswith("PySide6")]
    item = dialog.parts.item(row)
    dialog.parts.scrollToItem(item)
    qtbot.mouseClick(dialog.parts.viewport(), Qt.MouseButton.LeftButton, pos=dialog.parts.visualItemRect(item).center())
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in dialog.text.toPlainText()
    assert dialog.words.text().startswith("LGPL-3.0")
    qtbot.mouseClick(dialog.shut, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
