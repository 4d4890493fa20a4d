"""A small histogram."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget


class Bars(QWidget):
    """Counts as bars, the tallest filling the height."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: NDArray[np.float64] = np.zeros(0)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setMinimumHeight(40)

    def set_counts(self, counts: NDArray[np.int64]) -> None:
        tallest = int(counts.max()) if counts.size else 0
        # the square root keeps the small counts beside a spike in sight
        self._shares = np.sqrt(counts / tallest) if tallest else np.zeros(0)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 56)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Base))
        wide = self.width() / max(1, len(self._shares))
        for index, share in enumerate(self._shares):
            tall = float(share) * (self.height() - 4)
            bar = QRectF(index * wide, self.height() - tall, max(1.0, wide - 1), tall)
            painter.fillRect(bar, palette.color(QPalette.ColorRole.PlaceholderText))
        painter.end()
