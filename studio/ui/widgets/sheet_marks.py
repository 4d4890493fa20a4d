"""What is drawn over the cells of a sheet of filters to say how they are mixed: told by shape, not by colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

VEIL = QColor(0x77, 0x77, 0x77, 165)
DARK, LIGHT = QColor(0, 0, 0, 200), QColor(255, 255, 255, 235)


@dataclass(frozen=True, slots=True)
class CellMark:
    """A silent cell is veiled, a muted one struck through, a held one has a corner, a chosen one a frame."""

    silent: bool = False
    muted: bool = False
    held: bool = False
    chosen: bool = False

    @property
    def empty(self) -> bool:
        return self == CellMark()


def draw_mark(painter: QPainter, area: QRectF, mark: CellMark, accent: QColor) -> None:
    """Draw a mark over a cell's area."""
    if mark.silent:
        painter.fillRect(area, VEIL)
    if mark.muted:
        for colour, width in ((DARK, 3.0), (LIGHT, 1.4)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(area.bottomLeft() + QPointF(2, -2), area.topRight() + QPointF(-2, 2))
    if mark.held:
        side = min(area.width(), area.height()) * 0.42
        corner = area.topLeft()
        painter.setPen(QPen(DARK, 1))
        painter.setBrush(accent)
        painter.drawPolygon(QPolygonF([corner, corner + QPointF(side, 0), corner + QPointF(0, side)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark.chosen:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 1, Qt.PenStyle.DashLine))
        painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
