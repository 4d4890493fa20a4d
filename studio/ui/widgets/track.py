"""The bar of a slider: a thin groove filled up to a round knob."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

KNOB = 5.0
GROOVE = 3.0


class Track(QSlider):
    """A horizontal slider that jumps to the click and leaves the wheel to the column unless it has the focus."""

    reset_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(24)

    def _share(self) -> float:
        span = self.maximum() - self.minimum()
        return (self.value() - self.minimum()) / span if span else 0.0

    def _take(self, x: float) -> None:
        room = max(1.0, self.width() - 2 * KNOB)
        share = min(1.0, max(0.0, (x - KNOB) / room))
        self.setValue(self.minimum() + round(share * (self.maximum() - self.minimum())))

    def sizeHint(self) -> QSize:
        return QSize(120, 16)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, 16)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._take(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._take(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.reset_asked.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        role = QPalette.ColorRole
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        knob = KNOB + self._share() * (self.width() - 2 * KNOB)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(0, middle - GROOVE / 2, self.width(), GROOVE)
        painter.setBrush(palette.color(role.Midlight))
        painter.drawRoundedRect(groove, GROOVE / 2, GROOVE / 2)
        groove.setWidth(knob)
        painter.setBrush(palette.color(role.Accent) if self.isEnabled() else palette.color(role.Midlight))
        painter.drawRoundedRect(groove, GROOVE / 2, GROOVE / 2)
        if self.hasFocus():
            painter.setPen(QPen(palette.color(role.Accent), 2))
        else:
            painter.setPen(QPen(palette.color(QPalette.ColorGroup.Disabled, role.Text), 0.8))
        painter.setBrush(palette.color(role.BrightText) if self.isEnabled() else palette.color(role.Midlight))
        painter.drawEllipse(QPointF(knob, middle), KNOB, KNOB)
        painter.end()
