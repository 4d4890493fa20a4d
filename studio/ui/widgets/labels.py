"""Plain and dim words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

LARGEST = 16_777_215  # Qt's own, for "no limit"


def dim_label(text: str, *, wrap: bool = False, role: str = "dim", parent: QWidget | None = None) -> QLabel:
    """Return a label in the secondary colour; wrapped ones may become as narrow as the column."""
    label = QLabel(text, parent)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if wrap:
        label.setWordWrap(True)
        label.setMinimumWidth(1)
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label


class SteadyLabel(QLabel):
    """Words that change many times a second; grows to the widest so far, so that nothing around it is laid out anew.

    Qt lays out everything above a label whose text changes, unless its size is fixed.
    """

    def __init__(self, role: str = "dim", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:
        if text == self.text():
            return
        room = self.fontMetrics().size(0, text)
        margins = self.contentsMargins()
        width = room.width() + margins.left() + margins.right() + 2 * self.margin() + 2
        if width > self.width() or self.minimumWidth() != self.maximumWidth():
            self.setFixedSize(max(width, self.minimumWidth()), max(self.sizeHint().height(), room.height()))
        super().setText(text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            text = self.text()
            super().setText("")
            self.setMinimumSize(0, 0)
            self.setMaximumSize(LARGEST, LARGEST)
            self.setText(text)
        super().changeEvent(event)


class ElidedLabel(QLabel):
    """Dim words that end in dots where the room ends."""

    def __init__(
        self,
        least: int = 130,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setProperty("role", "dim")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(least)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(self.rect(), self.alignment(), text)
        painter.end()


class Chip(QLabel):
    """A short live figure; keeps its width while its digits change."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chip")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.hide()

    def show_text(self, text: str) -> None:
        """Show a figure, or nothing."""
        if text != self.text():
            self.setText(text)
            self.setVisible(bool(text))
