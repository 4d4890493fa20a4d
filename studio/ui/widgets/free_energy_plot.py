"""Free energies of several kinds of picture as histograms drawn over each other."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.jobs.evaluation import Histograms, number
from studio.ui.widgets.curve_style import CurveStyle

SMALL = 11
SWATCH = 22
PEN = Qt.PenStyle
# Kinds are told apart by their lines as well as by their colours.
LINES = (PEN.SolidLine, PEN.DashLine, PEN.DotLine, PEN.DashDotLine)
FOOT = "Free energy in nats: the further left, the likelier"


class FreeEnergyPlot(QWidget):
    """Each kind by the share of its pictures, the highest bin of all at the top."""

    def __init__(self, drawing: Histograms, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self.setMinimumHeight(190)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Histogram of free energies")
        means = ", ".join(f"{name} {number(mean)}" for name, mean in zip(drawing.names, drawing.means, strict=True))
        self.setAccessibleDescription(f"Means in nats: {means}. {drawing.beyond}".strip())
        self.setToolTip(f"{FOOT}.\nMeans: {means}.")

    def outlines(self) -> list[QPolygonF]:
        """Return the line of each kind in pixels; what is empty lies on the ground."""
        area, counts = self._area(), self._drawing.counts
        shares = counts / counts.sum(1, keepdims=True).clip(1)
        most = float(shares.max(initial=0)) or 1.0
        wide = area.width() / counts.shape[1]
        lines = []
        for row in shares:
            line = QPolygonF([QPointF(area.left(), area.bottom())])
            for place, share in enumerate(row):
                y = area.bottom() - area.height() * float(share) / most
                line.append(QPointF(area.left() + place * wide, y))
                line.append(QPointF(area.left() + (place + 1) * wide, y))
            line.append(QPointF(area.right(), area.bottom()))
            lines.append(line)
        return lines

    def sizeHint(self) -> QSize:
        return QSize(480, 200)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(1, 2 * SMALL, -1, -2 * SMALL - 4)

    def _colours(self, style: CurveStyle) -> list[QColor]:
        return [style.first, style.second, style.words, self.palette().color(self.foregroundRole())]

    def paintEvent(self, _event: QPaintEvent) -> None:
        style, area = CurveStyle.of(self.palette()), self._area()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(SMALL)
        painter.setFont(font)
        painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), 1), style.line)
        colours = self._colours(style)
        left = area.left()
        for place, (name, line) in enumerate(zip(self._drawing.names, self.outlines(), strict=True)):
            pen = QPen(colours[place % len(colours)], 1.5, LINES[place % len(LINES)])
            painter.setPen(pen)
            painter.drawPolyline(line)
            painter.drawLine(QPointF(left, SMALL / 2 + 2), QPointF(left + SWATCH, SMALL / 2 + 2))
            painter.setPen(style.words)
            painter.drawText(QPointF(left + SWATCH + 5, SMALL + 1), name)
            left += SWATCH + 22 + painter.fontMetrics().horizontalAdvance(name)
        painter.setPen(style.words)
        foot = QRectF(area.left(), area.bottom() + 4, area.width(), SMALL + 4)
        flag, edges = Qt.AlignmentFlag, self._drawing.edges
        painter.drawText(foot, flag.AlignLeft, number(float(edges[0])))
        painter.drawText(foot, flag.AlignHCenter, FOOT)
        painter.drawText(foot, flag.AlignRight, number(float(edges[-1])))
        painter.end()
