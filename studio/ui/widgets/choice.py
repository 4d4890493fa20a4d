"""A quiet drop-down: the chosen word and a small arrow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

ARROW_ROOM = 18


class Choice(QComboBox):
    """One key out of a few; `chosen` tells the user's choice alone, a wheel passing over it changes nothing."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str]], *, name: str, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        for key, text in options:
            self.addItem(text, key)
        self.setAccessibleName(name)
        self.setToolTip(tip or name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(self._tell)

    def key(self) -> str:
        return str(self.currentData() or "")

    def keys(self) -> list[str]:
        return [str(self.itemData(index)) for index in range(self.count())]

    def set_key(self, key: str) -> None:
        """Show a choice without telling it; an unknown key is left out."""
        index = self.findData(key)
        if index >= 0:
            self.setCurrentIndex(index)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer other choices, keeping the current one where it is still there."""
        if [key for key, _ in options] == self.keys():
            return
        key = self.key()
        self.clear()
        for option, text in options:
            self.addItem(text, option)
        self.set_key(key)

    def _tell(self) -> None:
        self.chosen.emit(self.key())

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(ARROW_ROOM - 6, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(56, self.sizeHint().width()), super().minimumSizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1.2))
        x, y = self.width() - 11, self.height() / 2 - 1
        painter.drawPolyline(QPolygonF([QPointF(x - 3, y - 1), QPointF(x, y + 2), QPointF(x + 3, y - 1)]))
        painter.end()
