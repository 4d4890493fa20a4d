"""A part of a form that is folded away until asked for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.widgets.buttons import button

CLOSED, OPEN = "\u25b8", "\u25be"


class Collapsible(QWidget):
    """A quiet button with an arrow, and what it unfolds."""

    opened = Signal(bool)

    def __init__(self, title: str, content: QWidget, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._title = title
        self._button = button(f"{CLOSED}  {title}", tip or f"Show or hide: {title}", role="quiet")
        self._button.setAccessibleName(title)
        self._button.setCheckable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(content)
        content.hide()
        self._button.toggled.connect(self._toggle)

    def set_open(self, opened: bool) -> None:
        self._button.setChecked(opened)

    def _toggle(self, opened: bool) -> None:
        self._button.setText(f"{OPEN if opened else CLOSED}  {self._title}")
        self._content.setVisible(opened)
        self.opened.emit(opened)
