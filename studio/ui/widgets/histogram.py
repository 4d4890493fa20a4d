"""How often a filter fires how strongly."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.numbers import amount

SMALL = 10


class Histogram(QWidget):
    """Bars of counts over 0..1, with the mean as a line in the accent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: NDArray[np.int64] = np.zeros(0, np.int64)
        self._mean = math.nan
        self._what = "pictures"
        self.setMinimumSize(60, 56)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Activation histogram")
        self.setToolTip("How often the filter fires how strongly: from never at the left to surely")

    def set_counts(self, counts: NDArray[np.int64], mean: float = math.nan, what: str = "pictures") -> None:
        """Show how many of what is counted make the filter fire so strongly, and their mean."""
        self._what = what
        self._counts = np.maximum(counts, 0)
        self._mean = mean
        self.setAccessibleDescription(f"{int(self._counts.sum())} {self._what}")
        self.update()

    def bars(self) -> list[QRectF]:
        """Return one rectangle for each bin; what is not empty is at least a pixel high."""
        area = self._area()
        most = int(self._counts.max(initial=0))
        if not most or area.isEmpty():
            return []
        wide = area.width() / len(self._counts)
        heights = [max(1.0, area.height() * int(count) / most) if count else 0.0 for count in self._counts]
        gap = 1 if wide >= 3 else 0
        return [
            QRectF(area.left() + place * wide, area.bottom() - high, wide - gap, high)
            for place, high in enumerate(heights)
        ]

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(0, SMALL + 4, 0, -SMALL - 5)

    def sizeHint(self) -> QSize:
        return QSize(140, 96)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        role, palette, area = QPalette.ColorRole, self.palette(), self._area()
        font = QFont(self.font())
        font.setPixelSize(SMALL)
        painter.setFont(font)
        for bar in self.bars():
            painter.fillRect(bar, palette.color(role.PlaceholderText))
        painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), 1), palette.color(role.Mid))
        painter.setPen(palette.color(role.PlaceholderText))
        foot = QRectF(area.left(), area.bottom() + 3, area.width(), SMALL + 3)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, "1")
        head = QRectF(area.left(), 0, area.width(), SMALL + 3)
        total = amount(float(self._counts.sum()))
        wide = painter.fontMetrics().horizontalAdvance(f"{total} {self._what}") <= head.width()
        painter.drawText(head, Qt.AlignmentFlag.AlignRight, f"{total} {self._what}" if wide else total)
        if math.isfinite(self._mean):
            self._draw_mean(painter, area, palette.color(role.Accent))
        painter.end()

    def _draw_mean(self, painter: QPainter, area: QRectF, colour: QColor) -> None:
        x = area.left() + min(max(self._mean, 0.0), 1.0) * (area.width() - 1)
        painter.setPen(QPen(colour, 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
