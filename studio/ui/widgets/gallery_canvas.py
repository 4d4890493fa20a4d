"""A canvas for visitors: black around the picture, smooth when small, and nothing to press but the picture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.ui.widgets.paint_canvas import PaintCanvas


class GalleryCanvas(PaintCanvas):
    """Always shows the whole picture; keys and wheel do nothing."""

    surround = QColor(0, 0, 0)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_rim_shown(False)
        self.setAccessibleName("Picture to cover")

    @property
    def whole(self) -> tuple[int, int]:
        """Width and height of the canvas in its own pixels; zeros before a picture is there."""
        return self.view.size.width() * self._reduction, self.view.size.height() * self._reduction

    def _draw_picture(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        super()._draw_picture(painter)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)

    def takes(self, _event: QKeyEvent) -> bool:
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the gallery's chord is listened to above

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()

    def _show_hand(self) -> None:
        self.setCursor(Qt.CursorShape.CrossCursor if self.tool is not None else Qt.CursorShape.BlankCursor)
