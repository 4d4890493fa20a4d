"""Where a picture lies in its widget: fitting, zoom at a point, pan."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize

SMALLEST, LARGEST = 1 / 64, 128.0
IN_SIGHT = 32  # widget pixels of the picture that cannot be pushed out


class Viewport:
    """Maps picture pixels to widget positions.

    Zoom 1.0 is one picture pixel to one device pixel; `ratio` is device pixels to
    a widget pixel. The picture is fitted until the user zooms or pans.
    """

    def __init__(self, margin: int = 16) -> None:
        self.margin = margin
        self.size = QSize(0, 0)
        self.room = QSize(0, 0)
        self.ratio = 1.0
        self.zoom = 1.0
        self.origin = QPointF()
        self.fitting = True

    @property
    def scale(self) -> float:
        """Widget pixels per picture pixel."""
        return self.zoom / self.ratio

    def fit(self) -> None:
        """Show the whole picture, as large as it goes, in the middle."""
        self.fitting = True
        if self.size.isEmpty():
            return
        margin = min(self.margin, self.room.width() // 8, self.room.height() // 8)
        width, height = max(1, self.room.width() - 2 * margin), max(1, self.room.height() - 2 * margin)
        wanted = min(width / self.size.width(), height / self.size.height()) * self.ratio
        self.zoom = min(max(wanted, SMALLEST), LARGEST)
        used = self.target()
        self.origin = QPointF((self.room.width() - used.width()) / 2, (self.room.height() - used.height()) / 2)

    def zoom_at(self, zoom: float, at: QPointF) -> None:
        """Zoom so that what lies under `at` stays there."""
        still = (at - self.origin) * (1 / self.scale)
        self.fitting = False
        self.zoom = min(max(zoom, SMALLEST), LARGEST)
        self.origin = at - still * self.scale
        self.keep_in_sight()

    def pan(self, by: QPointF) -> None:
        self.fitting = False
        self.origin += by
        self.keep_in_sight()

    def keep_in_sight(self) -> None:
        target = self.target()
        x = min(max(self.origin.x(), IN_SIGHT - target.width()), self.room.width() - IN_SIGHT)
        y = min(max(self.origin.y(), IN_SIGHT - target.height()), self.room.height() - IN_SIGHT)
        self.origin = QPointF(x, y)

    def target(self) -> QRectF:
        """Where the picture lies, its corner on a whole device pixel so that enlarged pixels stay even."""
        x, y = round(self.origin.x() * self.ratio) / self.ratio, round(self.origin.y() * self.ratio) / self.ratio
        return QRectF(x, y, self.size.width() * self.scale, self.size.height() * self.scale)

    def area_of(self, picture: QRectF | QRect) -> QRectF:
        """Return where a rectangle of picture pixels lies in the widget."""
        scale, corner = self.scale, self.target().topLeft()
        x, y = corner.x() + picture.x() * scale, corner.y() + picture.y() * scale
        return QRectF(x, y, picture.width() * scale, picture.height() * scale)

    def pixel_at(self, position: QPointF) -> tuple[int, int] | None:
        """Return the picture pixel (x, y) under a widget position, None beside the picture."""
        point = (position - self.target().topLeft()) * (1 / self.scale)
        x, y = math.floor(point.x()), math.floor(point.y())
        return (x, y) if 0 <= x < self.size.width() and 0 <= y < self.size.height() else None

    def visible(self) -> QRect:
        """Return the picture pixels that are at least partly in the widget."""
        scale, corner = self.scale, self.target().topLeft()
        left, top = max(0, math.floor(-corner.x() / scale)), max(0, math.floor(-corner.y() / scale))
        right = min(self.size.width(), math.ceil((self.room.width() - corner.x()) / scale))
        bottom = min(self.size.height(), math.ceil((self.room.height() - corner.y()) / scale))
        return QRect(QPoint(left, top), QPoint(right - 1, bottom - 1))
