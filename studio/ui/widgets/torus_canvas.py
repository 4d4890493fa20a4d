"""A canvas whose picture may go on for ever: its copies side by side, as on a wall."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from studio.ui.images import Picture
from studio.ui.widgets.canvas import Canvas
from studio.ui.widgets.viewport import LARGEST, SMALLEST, Viewport

BORDER = QColor(0xE8, 0xA3, 0x3D, 90)
COPIES = 3  # along each side of the fitted view


class TorusViewport(Viewport):
    """While `wrapped` the picture repeats: fitting shows 3 x 3 copies, and panning never reaches an end."""

    def __init__(self, margin: int = 16) -> None:
        super().__init__(margin)
        self.wrapped = False

    @property
    def step(self) -> QPointF:
        """From one copy to the next, in widget pixels that are whole on the device, so that copies stay alike."""
        wide, high = (max(1, round(side * self.zoom)) for side in (self.size.width(), self.size.height()))
        return QPointF(wide / self.ratio, high / self.ratio)

    def fit(self) -> None:
        if not self.wrapped or self.size.isEmpty():
            super().fit()
            return
        self.fitting = True
        width, height = self.room.width() / self.size.width(), self.room.height() / self.size.height()
        self.zoom = min(max(min(width, height) / COPIES * self.ratio, SMALLEST), LARGEST)
        step = self.step
        self.origin = QPointF((self.room.width() - step.x()) / 2, (self.room.height() - step.y()) / 2)

    def keep_in_sight(self) -> None:
        if not self.wrapped:
            super().keep_in_sight()
            return
        step = self.step
        if step.x() and step.y():
            self.origin = QPointF(self.origin.x() % step.x(), self.origin.y() % step.y())

    def pixel_at(self, position: QPointF) -> tuple[int, int] | None:
        if not self.wrapped or self.size.isEmpty():
            return super().pixel_at(position)
        point = (position - self.target().topLeft()) * (1 / self.scale)
        return math.floor(point.x()) % self.size.width(), math.floor(point.y()) % self.size.height()

    def copies(self) -> Iterator[QRectF]:
        """Yield where each copy lies that is at least partly in the widget."""
        step, corner = self.step, self.target().topLeft()
        for row in range(math.floor(-corner.y() / step.y()), math.ceil((self.room.height() - corner.y()) / step.y())):
            for column in range(
                math.floor(-corner.x() / step.x()), math.ceil((self.room.width() - corner.x()) / step.x())
            ):
                x, y = corner.x() + column * step.x(), corner.y() + row * step.y()
                yield QRectF(x, y, step.x(), step.y())


class TorusCanvas(Canvas):
    """Shows one picture, or endless copies of it, or the picture shifted by half so that its seams cross the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: TorusViewport = TorusViewport()
        self._plain: Picture | None = None
        self._bordered = True
        self._shifted = False

    @property
    def wrapped(self) -> bool:
        return self.view.wrapped

    @property
    def shifted(self) -> bool:
        return self._shifted

    @property
    def bordered(self) -> bool:
        return self._bordered

    def set_wrapped(self, wrapped: bool) -> None:
        """Show copies side by side, as many as there is room for, or the picture alone."""
        if wrapped != self.view.wrapped:
            self.view.wrapped = wrapped
            self.fit()

    def set_bordered(self, bordered: bool) -> None:
        """Draw a faint line between copies, or none."""
        self._bordered = bordered
        self.update()

    def set_shifted(self, shifted: bool) -> None:
        """Shift the picture by half its size, on the torus."""
        if shifted != self._shifted:
            self._shifted = shifted
            self.set_picture(self._plain)

    def set_picture(self, picture: Picture | None) -> None:
        self._plain = picture
        if self._shifted and picture is not None and np.size(picture):
            picture = np.roll(picture, (picture.shape[0] // 2, picture.shape[1] // 2), (0, 1))
        super().set_picture(picture)

    def _draw_picture(self, painter: QPainter) -> None:
        if not self.view.wrapped:
            super()._draw_picture(painter)
            return
        view, seen = self.view, QRectF(self.rect())
        image = self._reduced_image() if view.zoom < 1 else self._image
        across, down = view.step.x() / image.width(), view.step.y() / image.height()
        for place in view.copies():
            part = place.intersected(seen)
            left, top = math.floor((part.left() - place.left()) / across), math.floor((part.top() - place.top()) / down)
            right = min(image.width(), math.ceil((part.right() - place.left()) / across))
            bottom = min(image.height(), math.ceil((part.bottom() - place.top()) / down))
            source = QRectF(left, top, right - left, bottom - top)
            target = QRectF(
                place.left() + left * across, place.top() + top * down, source.width() * across, source.height() * down
            )
            painter.drawImage(target, image, source)
        if self._bordered:
            self._draw_borders(painter)

    def _reduced_image(self) -> QImage:
        if self._reduced.isNull():
            self._reduced = self._scaled_down()
        return self._reduced

    def _draw_borders(self, painter: QPainter) -> None:
        step, corner, line = self.view.step, self.view.target().topLeft(), 1 / self.view.ratio
        x, y = corner.x() % step.x(), corner.y() % step.y()
        while x < self.width():
            painter.fillRect(QRectF(x, 0, line, self.height()), BORDER)
            x += step.x()
        while y < self.height():
            painter.fillRect(QRectF(0, y, self.width(), line), BORDER)
            y += step.y()
