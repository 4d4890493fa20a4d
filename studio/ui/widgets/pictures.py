"""Thumbnails in a grid."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget


class PictureGrid(QWidget):
    """Thumbnails in rows of `columns` squares, painted in one go."""

    clicked = Signal(int)

    def __init__(self, columns: int = 5, gap: int = 3, limit: int = 64, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns, self._gap, self._limit = columns, gap, limit
        self._images: list[QImage] = []
        self._tips: list[str] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(60)

    def set_images(self, images: Sequence[QImage], tips: Sequence[str] = ()) -> None:
        self._images = list(images[: self._limit])
        self._tips = list(tips)
        self.updateGeometry()
        self.update()

    def count(self) -> int:
        return len(self._images)

    def cell(self, index: int) -> QRect:
        """Return where a thumbnail is drawn."""
        side = self._side(self.width())
        row, column = divmod(index, self._columns)
        return QRect(column * (side + self._gap), row * (side + self._gap), side, side)

    def _side(self, width: int) -> int:
        return max(4, (width - self._gap * (self._columns - 1)) // self._columns)

    def _index_at(self, point: QPoint) -> int:
        return next((index for index in range(len(self._images)) if self.cell(index).contains(point)), -1)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rows = -(-len(self._images) // self._columns)
        return max(0, rows * (self._side(width) + self._gap) - self._gap)

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        self.setToolTip(self._tips[index] if 0 <= index < len(self._tips) else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index, image in enumerate(self._images):
            box = self.cell(index)
            enlarged = image.width() < box.width() * self.devicePixelRatioF()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not enlarged)
            painter.fillRect(box, self.palette().color(QPalette.ColorRole.Base))
            painter.drawImage(fitted(box, image.size()), image)
        painter.end()


def fitted(box: QRect, size: QSize) -> QRect:
    """Return the largest rectangle of `size`'s shape centred in `box`."""
    inner = size.scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(QPoint(0, 0), inner)
    place.moveCenter(box.center())
    return place
