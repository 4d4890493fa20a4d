"""A loupe over two pictures: the same place of both, enlarged, one beside the other."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

SIDE = 144.0  # widget pixels of each half
TIMES = 4.0  # as large as the picture below it
LARGEST = 24.0  # widget pixels a pixel of the picture may become
AWAY = 20.0  # from the place that is looked at
GROUND = QColor(0x77, 0x77, 0x77)
FRAME = (QColor(0, 0, 0, 200), QColor(255, 255, 255))


def halves(at: QPointF, room: QSize) -> tuple[QRectF, QRectF]:
    """Return where both halves stand: above the place that is looked at, or below it, within the room."""
    left = min(max(at.x() - SIDE, 0.0), max(0.0, room.width() - 2 * SIDE))
    above = at.y() - AWAY - SIDE
    top = above if above >= 0 else at.y() + AWAY
    top = min(max(top, 0.0), max(0.0, room.height() - SIDE))
    return QRectF(left, top, SIDE, SIDE), QRectF(left + SIDE, top, SIDE, SIDE)


def part(place: QPointF, scale: float) -> QRectF:
    """Return the part of a picture that a half shows around a pixel, where the picture is drawn at a scale."""
    side = SIDE / min(max(1.0, TIMES * scale), LARGEST)
    return QRectF(place.x() - side / 2, place.y() - side / 2, side, side)


def draw(
    painter: QPainter, images: tuple[QImage, QImage], place: QPointF, scale: float, at: QPointF, room: QSize
) -> None:
    """Draw both halves, and a cross where they look, at a place in pixels of the pictures and of the widget."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    areas = halves(at, room)
    for image, area in zip(images, areas, strict=True):
        painter.setClipRect(area)
        painter.fillRect(area, GROUND)
        seen = part(place, scale)
        whole = QRectF(0, 0, image.width(), image.height())
        there = seen.intersected(whole)
        times = area.width() / seen.width()
        corner = area.topLeft() + (there.topLeft() - seen.topLeft()) * times
        painter.drawImage(QRectF(corner.x(), corner.y(), there.width() * times, there.height() * times), image, there)
    painter.setClipping(False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in zip(FRAME, (4.0, 1.5), strict=True):
        painter.setPen(QPen(colour, width))
        for area in areas:
            painter.drawRect(area)
        painter.drawLine(at - QPointF(6, 0), at + QPointF(6, 0))
        painter.drawLine(at - QPointF(0, 6), at + QPointF(0, 6))
    painter.restore()
