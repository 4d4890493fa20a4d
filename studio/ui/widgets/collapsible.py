"""A part of a form that is folded away until asked for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget


class Collapsible(QWidget):
    """A quiet button with an arrow, and what it unfolds."""

    opened = Signal(bool)

    def __init__(self, title: str, content: QWidget, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._button = QToolButton()
        self._button.setProperty("role", "quiet")
        self._button.setText(title)
        self._button.setToolTip(tip or f"Show or hide: {title}")
        self._button.setAccessibleName(title)
        self._button.setCheckable(True)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setArrowType(Qt.ArrowType.RightArrow)
        self._button.setAutoRaise(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(content)
        content.hide()
        self._button.toggled.connect(self._toggle)

    def set_open(self, opened: bool) -> None:
        self._button.setChecked(opened)

    def is_open(self) -> bool:
        return self._button.isChecked()

    def _toggle(self, opened: bool) -> None:
        self._button.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self._content.setVisible(opened)
        self.opened.emit(opened)
