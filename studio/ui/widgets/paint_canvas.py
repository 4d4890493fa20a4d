"""A canvas that is painted on: with mouse, pen or finger, in the picture's own pixels."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtWidgets import QWidget

from studio.dream.strokes import Brush, Form, Point
from studio.ui.widgets.paint_tool import PaintTool
from studio.ui.widgets.torus_canvas import TorusCanvas

RIM = QColor(0xE8, 0xA3, 0x3D)
RING = (QColor(0, 0, 0, 160), QColor(255, 255, 255, 220))  # one of them is seen on any ground
MOST_LINES = 6_000  # around a hole
TRACE = QColor(128, 128, 128)
SPANNED = (Form.RECTANGLE, Form.ELLIPSE, Form.LASSO)
LEAST_MOVE = 1.5  # widget pixels between two points of a line
PEN_GONE_MS = 1000  # a pen on its tablet says more often where it is; after that the mouse may end its stroke


class PaintCanvas(TorusCanvas):
    """Tells strokes of the tool it was given; without one it is looked at only.

    `begun` carries the first points of a stroke, `led_on` further points of a
    line, `picked` the pixel (x, y) under a pick. Rectangles, ellipses and lassos
    are told when they are whole. Points are in pixels of the whole canvas, of
    which the picture shown may be a reduction. A stroke whose end is never heard
    of, since the tablet was unplugged or the window left, ends where it stands.
    """

    begun = Signal(object)  # tuple[Point, ...]
    led_on = Signal(object)  # tuple[Point, ...]
    finished = Signal()
    picked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tool: PaintTool | None = None
        self._picking = False
        self._reduction = 1
        self._points: list[Point] = []
        self._trace: list[Point] = []  # of a line, that the dream has not shown yet
        self._corner = QPointF()  # of the copy of the picture in which the stroke began
        self._pen_heard: int | None = None  # when the pen that paints moved last, in milliseconds; None for the mouse
        self._cursor: QPointF | None = None
        self._last = QPointF()
        self._rim: list[QLineF] = []
        self._shown_rim = True
        self._overlay = QImage()

    @property
    def painting(self) -> bool:
        """Whether a stroke is under way."""
        return bool(self._points)

    @property
    def tool(self) -> PaintTool | None:
        return self._tool

    def set_tool(self, tool: PaintTool | None) -> None:
        """Paint with this tool, or only look."""
        self._tool = tool
        if tool is None:
            self._points.clear()
            self._trace.clear()
            self._picking = False
        self._show_hand()
        self.update()

    def set_picking(self, picking: bool) -> None:
        """Let the next press pick a colour."""
        self._picking = picking and self._tool is not None
        self._show_hand()

    def set_reduction(self, side: int) -> None:
        """Say how many pixels of the canvas a side one pixel of the picture shows."""
        self._reduction = max(1, side)

    def set_hole(self, known: NDArray[np.bool_] | None) -> None:
        """Draw a line around what is not known (H, W), where anything is held; what was painted is seen from now on."""
        self._trace = self._trace[-1:] if self._points else []
        self._rim = [] if known is None or known.all() or not known.any() else rim_of(~known)
        self.update()

    def set_rim_shown(self, shown: bool) -> None:
        """Draw that line, or leave it out."""
        self._shown_rim = shown
        self.update()

    def set_overlay(self, spread: NDArray[np.float32] | None) -> None:
        """Lay a glow over the picture, as strong as a map (H, W) in 0..1 says; None takes it away."""
        self._overlay = QImage() if spread is None else glow(spread)
        self.update()

    @property
    def glowing(self) -> bool:
        return not self._overlay.isNull()

    def draw_over(self, painter: QPainter) -> None:
        super().draw_over(painter)
        if self.glowing and not self.wrapped and not self.shifted:
            painter.drawImage(self.view.target(), self._overlay)
        if self._shown_rim and self._rim and not self.wrapped and not self.shifted:
            self._draw_rim(painter)
        if self._tool is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_trace(painter, self._tool)
            self._draw_shape(painter)
            self._draw_ring(painter)

    def _draw_rim(self, painter: QPainter) -> None:
        corner, scale = self.view.target().topLeft(), self.view.scale
        painter.save()
        painter.translate(corner)
        painter.scale(scale, scale)
        for colour, width in zip((RING[0], RIM), (3.0, 1.5), strict=True):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(self._rim)
        painter.restore()

    def _draw_trace(self, painter: QPainter, tool: PaintTool) -> None:
        """Draw what the hand has just painted, at once: the dream may be in the middle of a sweep."""
        if not self._trace:
            return
        colour = QColor.fromRgbF(*tool.colour) if tool.brush is Brush.COLOUR and not tool.erasing else TRACE
        for begin, end in zip(self._trace, self._trace[1:] or self._trace, strict=False):
            width = max(1.0, tool.size * end[2] / self._reduction * self.view.scale)
            pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(self._to_widget(begin), self._to_widget(end))

    def _draw_shape(self, painter: QPainter) -> None:
        """Draw the form under way."""
        if not self._points or self._tool is None or self._tool.form not in SPANNED:
            return
        seen = [self._to_widget(point) for point in self._points]
        path = QPainterPath(seen[0])
        if self._tool.form is Form.LASSO:
            for point in seen[1:]:
                path.lineTo(point)
        else:
            area = QRectF(seen[0], seen[-1]).normalized()
            path = QPainterPath()
            (path.addRect if self._tool.form is Form.RECTANGLE else path.addEllipse)(area)
        for colour, width in zip(RING, (2.5, 1.0), strict=True):
            painter.setPen(QPen(colour, width))
            painter.drawPath(path)

    def _draw_ring(self, painter: QPainter) -> None:
        if self._cursor is None or self._tool is None or self._tool.form is not Form.LINE or self._picking:
            return
        radius = max(1.5, self._tool.size / 2 / self._reduction * self.view.scale)
        for colour, width in zip(RING, (2.5, 1.0), strict=True):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(self._cursor, radius, radius)

    def _point(self, position: QPointF, pressure: float) -> Point:
        """Return where on the canvas a widget position lies, in the copy in which the stroke began."""
        place = (position - self.view.target().topLeft()) * (1 / self.view.scale) - self._corner
        return place.x() * self._reduction, place.y() * self._reduction, pressure

    def _to_widget(self, point: Point) -> QPointF:
        place = QPointF(point[0] / self._reduction, point[1] / self._reduction) + self._corner
        return self.view.target().topLeft() + place * self.view.scale

    def _anchor(self, position: QPointF) -> None:
        """Note in which copy a stroke begins, and how far the picture in it is shifted."""
        wide, high = self.view.size.width(), self.view.size.height()
        place = (position - self.view.target().topLeft()) * (1 / self.view.scale)
        corner = QPointF()
        if self.wrapped:
            corner = QPointF(math.floor(place.x() / wide) * wide, math.floor(place.y() / high) * high)
        if self.shifted:
            inside, half = place - corner, QPointF(wide // 2, high // 2)
            corner += QPointF(
                half.x() if inside.x() >= half.x() else half.x() - wide,
                half.y() if inside.y() >= half.y() else half.y() - high,
            )
        self._corner = corner

    def _begin(self, position: QPointF, pressure: float, pen: int | None = None) -> None:
        self._end()
        self._pen_heard = pen
        self._anchor(position)
        point = self._point(position, pressure)
        if self._picking:
            self._picking = False
            self._show_hand()
            if 0 <= point[0] < self.view.size.width() * self._reduction and point[1] >= 0:
                self.picked.emit(int(point[0] // self._reduction), int(point[1] // self._reduction))
            return
        self._points = [point]
        self._last = position
        if self._tool is not None and self._tool.form is Form.LINE:
            self._trace = [point]
            self.begun.emit((point,))
        self.update()

    def _lead(self, position: QPointF, pressure: float) -> None:
        moved = position - self._last
        if math.hypot(moved.x(), moved.y()) < LEAST_MOVE:
            return
        self._last = position
        point = self._point(position, pressure)
        self._points.append(point)
        if self._tool is not None and self._tool.form is Form.LINE:
            self._trace.append(point)
            self.led_on.emit((point,))

    def _end(self) -> None:
        points, self._points = tuple(self._points), []
        spanned = self._tool is not None and self._tool.form in SPANNED
        if points and spanned and len(points) > 1:
            self.begun.emit(points)
        if points:
            self.finished.emit()
        self.update()

    def _show_hand(self) -> None:
        super()._show_hand()
        if self._tool is not None and not self.dragging and not self._space_held:
            self.setCursor(Qt.CursorShape.PointingHandCursor if self._picking else Qt.CursorShape.CrossCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        paints = event.button() == Qt.MouseButton.LeftButton and not self._space_held
        if self._tool is None or not paints or self._image.isNull():
            super().mousePressEvent(event)
            return
        self._begin(event.position(), 1.0)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._cursor = event.position()
        if self._points and self._lost(event):
            self._end()
        elif self._points and self._pen_heard is None:
            self._lead(event.position(), 1.0)
        if self._tool is not None:
            self.update()

    def _lost(self, event: QMouseEvent) -> bool:
        """Whether a move of the mouse shows that what led the stroke is gone."""
        if self._pen_heard is None:
            return not event.buttons() & Qt.MouseButton.LeftButton
        return event.timestamp() - self._pen_heard > PEN_GONE_MS

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._points and event.button() == Qt.MouseButton.LeftButton:
            self._end()
        else:
            super().mouseReleaseEvent(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Paint with a pen, whose pressure is the brush's width; its other end erases nothing by itself."""
        pen = event.pointerType() in (QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser)
        if self._tool is None or not pen or self._image.isNull():
            event.ignore()  # and becomes a mouse event
            return
        self._cursor = event.position()
        if self._pen_heard is not None:
            self._pen_heard = event.timestamp()
        match event.type():
            case QTabletEvent.Type.TabletPress:
                self._begin(event.position(), event.pressure(), event.timestamp())
            case QTabletEvent.Type.TabletMove if self._points:
                self._lead(event.position(), event.pressure())
            case QTabletEvent.Type.TabletRelease if self._points:
                self._end()
            case _:
                pass
        self.update()
        event.accept()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self._points or self._picking):
            self._points.clear()
            self.set_picking(False)
            self.update()
            return
        super().keyPressEvent(event)


def glow(spread: NDArray[np.float32]) -> QImage:
    """Return a picture of one colour, as opaque as a map (H, W) in 0..1 says."""
    share = np.clip(spread, 0, 1)[..., None]
    colour = np.array((RIM.blue(), RIM.green(), RIM.red(), 255), np.float32)
    pixels = np.ascontiguousarray(np.rint(share * colour).astype(np.uint8))
    high, wide, _ = pixels.shape
    return QImage(pixels.data, wide, high, wide * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()


def rim_of(hole: NDArray[np.bool_]) -> list[QLineF]:
    """Return the lines, in pixels, between a hole (H, W) and what is held; none along the border of the canvas.

    Around every grain of a scattered edge they would be too many to be drawn
    while one paints: such a hole is outlined by every second pixel, or fourth.
    """
    side = 1
    while True:
        across, down = runs(hole[1:] != hole[:-1]), runs((hole[:, 1:] != hole[:, :-1]).T)
        if len(across) + len(down) <= MOST_LINES:
            break
        hole, side = hole[::2, ::2], 2 * side
    lines = [QLineF(first * side, (row + 1) * side, end * side, (row + 1) * side) for row, first, end in across]
    return lines + [QLineF((row + 1) * side, first * side, (row + 1) * side, end * side) for row, first, end in down]


def runs(marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return row, first column and end of every run of marked pixels in a row: (n, 3)."""
    steps = np.diff(np.pad(marked, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, firsts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    return np.stack((rows, firsts, ends), 1)
