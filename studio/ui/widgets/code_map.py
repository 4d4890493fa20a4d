"""A map of codes: training pictures where their codes lie, and a point one moves among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

THUMBNAIL = 22.0  # widget pixels of a picture's side
DOT = 1.6
KNOB = 6.0
REACH = 3.0  # deviations on either side, at least
EDGE = 1.1
STEP, LEAP = 0.1, 0.5  # deviations a key moves by, alone and with Shift
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CodeMapView(QWidget):
    """Click, drag or the arrow keys move the point; a double click or Enter takes the picture nearest to it.

    Both axes are in deviations, the second upwards. `moved` and `chosen` tell the user's changes alone.
    """

    moved = Signal(float, float)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: NDArray[np.float32] = np.zeros((0, 2), np.float32)
        self._images: list[QImage] = []
        self._ends: dict[str, tuple[float, float]] = {}
        self._reach = np.array([REACH * EDGE, REACH * EDGE])
        self._ground = QPixmap()
        self.place = (0.0, 0.0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 170)
        self.setAccessibleName("Map of codes")
        self.setToolTip(
            "The pictures by the two directions in which their codes differ most. Click, drag or press the arrow keys "
            "to move; a double click or Enter takes the nearest picture whole."
        )
        self._describe()

    def set_map(self, points: NDArray[np.float32], images: Sequence[QImage]) -> None:
        """Show these pictures at these points (n, 2)."""
        self._points, self._images = points, list(images)
        furthest = np.abs(points).max(0) if len(points) else np.zeros(2)
        self._reach = np.maximum(furthest, REACH) * EDGE
        self._ground = QPixmap()
        self.update()

    def set_place(self, x: float, y: float) -> None:
        """Show the point elsewhere without telling it."""
        self.place = (x, y)
        self._describe()
        self.update()

    def set_ends(self, ends: Mapping[str, tuple[float, float]]) -> None:
        """Mark points by their names."""
        self._ends = dict(ends)
        self.update()

    def spot(self, x: float, y: float) -> QPointF:
        """Return where a point is drawn."""
        across, up = self._reach
        return QPointF((1 + x / across) * self.width() / 2, (1 - y / up) * self.height() / 2)

    def point_at(self, spot: QPointF) -> tuple[float, float]:
        """Return the point drawn there; beside the map the nearest on it."""
        across, up = (float(reach) for reach in self._reach)
        x = (2 * spot.x() / max(1, self.width()) - 1) * across
        y = (1 - 2 * spot.y() / max(1, self.height())) * up
        return min(across, max(-across, x)), min(up, max(-up, y))

    def nearest(self) -> int:
        """Return the picture that is drawn nearest to the point, -1 without pictures."""
        if not len(self._points):
            return -1
        away = (self._points - np.array(self.place)) / self._reach * np.array([self.width(), self.height()])
        return int((away**2).sum(1).argmin())

    def _move(self, x: float, y: float) -> None:
        if (x, y) != self.place:
            self.set_place(x, y)
            self.moved.emit(x, y)

    def _take_nearest(self) -> None:
        found = self.nearest()
        if found >= 0:
            self.chosen.emit(found)

    def _describe(self) -> None:
        x, y = self.place
        self.setAccessibleDescription(f"{x:.1f} deviations across, {y:.1f} up")

    def _draw_ground(self) -> QPixmap:
        """Draw the pictures once: some where there is room for them, the others as dots."""
        ratio = self.devicePixelRatioF()
        ground = QPixmap(QSize(self.width(), self.height()) * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(self.palette().color(QPalette.ColorRole.Base))
        painter = QPainter(ground)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        middle = self.spot(0, 0)
        painter.drawLine(QPointF(0, middle.y()), QPointF(self.width(), middle.y()))
        painter.drawLine(QPointF(middle.x(), 0), QPointF(middle.x(), self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.PlaceholderText))
        spots = [self.spot(float(x), float(y)) for x, y in self._points]
        for spot in spots:
            painter.drawEllipse(spot, DOT, DOT)
        shown: list[QPointF] = []
        for spot, image in zip(spots, self._images, strict=True):
            if all(max(abs(spot.x() - one.x()), abs(spot.y() - one.y())) > THUMBNAIL for one in shown):
                shown.append(spot)
                size = image.size().scaled(int(THUMBNAIL), int(THUMBNAIL), Qt.AspectRatioMode.KeepAspectRatio)
                corner = spot - QPointF(size.width() / 2, size.height() / 2)
                painter.drawImage(QRectF(corner, size.toSizeF()), image)
        painter.end()
        return ground

    def paintEvent(self, _event: QPaintEvent) -> None:
        ratio = self._ground.devicePixelRatio()
        if self._ground.deviceIndependentSize().toSize() != self.size() or ratio != self.devicePixelRatioF():
            self._ground = self._draw_ground()
        accent = self.palette().color(QPalette.ColorRole.Accent)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for name, end in self._ends.items():
            area = QRectF(0, 0, 2 * KNOB + 4, 2 * KNOB + 4)
            area.moveCenter(self.spot(*end))
            painter.setPen(QPen(accent, 1.5))
            painter.setBrush(QColor(0, 0, 0, 190))
            painter.drawEllipse(area)
            painter.setPen(QColor(255, 255, 255))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, name)
        painter.setBrush(accent)
        painter.setPen(QPen(QColor(0, 0, 0, 200), 1.5))
        painter.drawEllipse(self.spot(*self.place), KNOB, KNOB)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(accent, 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._ground = QPixmap()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._move(*self.point_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move(*self.point_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._take_nearest()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in ARROWS:
            step = LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
            across, up = ARROWS[Qt.Key(key)]
            # rounded, or ten steps of a tenth would not lead to one
            self._move(round(self.place[0] + step * across, 4), round(self.place[1] + step * up, 4))
        elif key == Qt.Key.Key_Home:
            self._move(0.0, 0.0)
        elif key in ENTER:
            self._take_nearest()
        else:
            super().keyPressEvent(event)
