"""One picture to look at closely: zoom, pan, pixel grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.images import Picture, to_bytes, wrap
from studio.ui.widgets.viewport import Viewport

SURROUND = QColor(0x77, 0x77, 0x77)  # 18 % grey in either theme: colours are judged against it
GRID = QColor(128, 128, 128, 110)
GRID_ZOOM = 8.0
ZOOMS = {Qt.Key.Key_1: 1.0, Qt.Key.Key_2: 2.0, Qt.Key.Key_3: 4.0, Qt.Key.Key_4: 8.0}
ARROWS = {
    Qt.Key.Key_Left: QPointF(48, 0),
    Qt.Key.Key_Right: QPointF(-48, 0),
    Qt.Key.Key_Up: QPointF(0, 48),
    Qt.Key.Key_Down: QPointF(0, -48),
}
WHEEL_DOUBLES = 240  # eighths of a degree: two notches of a common wheel double the zoom


class Canvas(QWidget):
    """Shows one picture; fits it to the widget until the user zooms or pans.

    An `embedded` one stands in a column that scrolls: it leaves the wheel to that
    until it has the focus or Ctrl is held, and the space bar to the window.

    `hovered` tells the picture pixel under the cursor as (x, y), or None; `tapped`
    tells that the space bar was pressed and released without a drag.
    """

    hovered = Signal(object)
    tapped = Signal()
    zoom_changed = Signal(float)
    surround = SURROUND

    def __init__(self, parent: QWidget | None = None, *, margin: int = 16, embedded: bool = False) -> None:
        super().__init__(parent)
        self.view = Viewport(margin)
        self._embedded = embedded
        self._pixels: NDArray[np.uint8] = np.zeros((0, 0, 1), np.uint8)
        self._image = QImage()
        self._reduced = QImage()
        self._marked = False
        self._space_held = False
        self._space_used = False
        self._drag_from: QPointF | None = None
        self._checkers = checkerboard()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if embedded else Qt.FocusPolicy.WheelFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Picture")

    @property
    def dragging(self) -> bool:
        return self._drag_from is not None

    def set_picture(self, picture: Picture | None) -> None:
        """Show `picture`, (H, W) or (H, W, C) in 0..1 or uint8; None or an empty one clears the canvas."""
        if picture is None or not np.size(picture):
            self._pixels = np.zeros((0, 0, 1), np.uint8)
        else:
            self._pixels = to_bytes(picture, self._pixels)
        image = wrap(self._pixels)
        # Qt enlarges its own formats three to nine times faster than grey or RGB bytes.
        form = QImage.Format.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else QImage.Format.Format_RGB32
        self._image = image.convertToFormat(form)
        self._reduced = QImage()
        size = QSize(self._image.width(), self._image.height())
        if size != self.view.size:
            self.view.size = size
            if self.view.fitting:
                self.fit()
            else:
                self.view.keep_in_sight()
        self.update()

    def fit(self) -> None:
        """Show the whole picture, as large as it goes, and keep doing so."""
        self._measure()
        self.view.fit()
        self._moved()

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom so that what lies under `at` (the middle by default) stays there; 1.0 is 100 %."""
        if not self._image.isNull():
            self._measure()
            self.view.zoom_at(zoom, QRectF(self.rect()).center() if at is None else at)
            self._moved()

    def pan(self, by: QPointF) -> None:
        """Move the picture by widget pixels."""
        if not self._image.isNull():
            self.view.pan(by)
            self.update()

    def set_marked(self, marked: bool) -> None:
        """Frame the canvas, to say that what is dragged over it may be dropped."""
        self._marked = marked
        self.update()

    def draw_over(self, painter: QPainter) -> None:
        """Draw on top of the picture; for those who build on the canvas."""

    def _measure(self) -> None:
        self.view.room = self.size()
        self.view.ratio = self.devicePixelRatioF()

    def _moved(self) -> None:
        self._reduced = QImage()
        self.zoom_changed.emit(self.view.zoom)
        self.update()

    def _draw_picture(self, painter: QPainter) -> None:
        view, target = self.view, self.view.target()
        if self._image.hasAlphaChannel():
            painter.setBrushOrigin(target.topLeft())
            painter.fillRect(target.intersected(QRectF(self.rect())), self._checkers)
        if view.zoom < 1:
            # Qt's smooth drawing reads four pixels only, which shimmers below one half; scaled() averages areas.
            if self._reduced.isNull():
                self._reduced = self._scaled_down()
            painter.drawImage(target, self._reduced)
            return
        seen = view.visible()
        if seen.isEmpty():
            return
        painter.drawImage(view.area_of(seen), self._image, seen)
        # A small picture fitted to a large canvas is looked at as a whole: no lines through it.
        if view.zoom >= GRID_ZOOM and not view.fitting:
            self._draw_grid(painter, seen)

    def _scaled_down(self) -> QImage:
        wide, high = (max(1, round(side * self.view.zoom)) for side in self.view.size.toTuple())
        mode = Qt.TransformationMode.SmoothTransformation
        return self._image.scaled(wide, high, Qt.AspectRatioMode.IgnoreAspectRatio, mode)

    def _draw_grid(self, painter: QPainter, seen: QRect) -> None:
        area, scale = self.view.area_of(seen), self.view.scale
        line = 1 / self.view.ratio
        for column in range(seen.width() + 1):
            painter.fillRect(QRectF(area.left() + column * scale, area.top(), line, area.height()), GRID)
        for row in range(seen.height() + 1):
            painter.fillRect(QRectF(area.left(), area.top() + row * scale, area.width(), line), GRID)

    def _show_hand(self) -> None:
        if self._drag_from is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space_held:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

    def takes(self, event: QKeyEvent) -> bool:
        """Return whether this key is the canvas's own while it has the focus."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers == Qt.KeyboardModifier.ControlModifier:
            return event.key() == Qt.Key.Key_0 or event.key() in ZOOMS
        return modifiers == Qt.KeyboardModifier.NoModifier and (
            (event.key() == Qt.Key.Key_Space and not self._embedded) or event.key() in ARROWS
        )

    def event(self, event: QEvent) -> bool:
        # The window may have shortcuts on these keys, which would otherwise win.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.takes(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._measure()
            if self.view.fitting:
                self.fit()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.surround)
        if not self._image.isNull():
            self._draw_picture(painter)
            self.draw_over(painter)
        if self._marked:
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 3))
            painter.drawRect(self.rect().adjusted(2, 2, -3, -3))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()
        if self.view.fitting:
            self.fit()
        elif not self._image.isNull():
            self.view.keep_in_sight()

    def wheelEvent(self, event: QWheelEvent) -> None:
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if self._embedded and not held and not self.hasFocus():
            event.ignore()
            return
        turn = event.angleDelta().y()
        if turn:
            self.set_zoom(self.view.zoom * 2 ** (turn / WHEEL_DOUBLES), event.position())
            self.hovered.emit(self.view.pixel_at(event.position()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.takes(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space_held, self._space_used = True, False
                self._show_hand()
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        elif event.key() in ARROWS:
            self.pan(ARROWS[Qt.Key(event.key())])
        else:
            self.set_zoom(ZOOMS[Qt.Key(event.key())])

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif self._space_held and not event.isAutoRepeat():
            self._space_held = False
            self._show_hand()
            if not self._space_used:
                self.tapped.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space_held):
            self._drag_from = event.position()
            self._space_used = True
            self._show_hand()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag_from is not None:
            self.pan(event.position() - self._drag_from)
            self._drag_from = event.position()
        self.hovered.emit(None if self._image.isNull() else self.view.pixel_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag_from is not None:
            self._drag_from = None
            self._show_hand()
        else:
            super().mouseReleaseEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._space_held = False
        self._drag_from = None
        self._show_hand()


def checkerboard() -> QPixmap:
    """Return the tile that stands behind transparent pixels."""
    tile = QPixmap(16, 16)
    tile.fill(QColor(0x9A, 0x9A, 0x9A))
    painter = QPainter(tile)
    painter.fillRect(0, 0, 8, 8, QColor(0x66, 0x66, 0x66))
    painter.fillRect(8, 8, 8, 8, QColor(0x66, 0x66, 0x66))
    painter.end()
    return tile
