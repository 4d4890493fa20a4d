"""A number that looks like a label until it is clicked."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class ValueEdit(QLineEdit):
    """Tells `typed` on Enter or when left after a change; Escape brings back what was shown.

    Both give the keyboard away, to `after` or to what the field is a part of: keys that are pressed next are the
    window's again, and Tab goes on from here.
    """

    typed = Signal(str)
    after: QWidget | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setProperty("role", "value")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFrame(False)
        self.setTextMargins(0, 0, -2, 0)  # flush with what is above and below
        self.editingFinished.connect(self._finish)

    def set_text(self, text: str) -> None:
        """Show a value; one that is being typed is left alone."""
        self._shown = text
        if not (self.hasFocus() and self.isModified()):
            self.setText(text)
            self.setCursorPosition(0)
            self.setFixedWidth(max(44, self.fontMetrics().horizontalAdvance(text) + 14))

    def _finish(self) -> None:
        if not self.isModified():
            return
        self.setModified(False)
        text = self.text()
        if text != self._shown:
            self.typed.emit(text)

    def sizeHint(self) -> QSize:
        return QSize(64, self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(44, self.fontMetrics().height() + 4)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setText(self._shown)
        self.deselect()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setModified(False)
            self._leave()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # or a dialog would take it for its answer as well
            self._leave()

    def _leave(self) -> None:
        target = self.after or self.parentWidget()
        while target is not None and target.focusProxy() is self:
            target = target.parentWidget()
        if target is not None:
            target.setFocus()
        else:
            self.clearFocus()
