"""A handle by which the picture is dragged out of the window, as a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QWidget

TIP = "Drag the picture from here to another program, or to a folder: it goes as a PNG with its recipe"
SIDE = 96  # pixels of the picture that the pointer carries


class DragHandle(QLabel):
    """Asks for a file when it is pressed, and is dragged as that file once it is there and the pointer has moved."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Drag out", parent)
        self._pressed_at: QPointF | None = None
        self._moved = False
        self._file: Path | None = None
        self.setProperty("role", "dim")
        self.setToolTip(TIP)
        self.setAccessibleName("Drag the picture out")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_file(self, path: Path | None) -> None:
        """Take the file that was asked for; None where it could not be made."""
        if self._pressed_at is None:
            return
        self._file = path
        self._drag_when_ready()

    def _drag_when_ready(self) -> None:
        if self._file is None or not self._moved:
            return
        path, self._file, self._pressed_at, self._moved = self._file, None, None, False
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        drag = QDrag(self)
        drag.setMimeData(data)
        picture = QPixmap(str(path))
        if not picture.isNull():
            drag.setPixmap(picture.scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio))
        drag.exec(Qt.DropAction.CopyAction)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self._pressed_at, self._moved, self._file = event.position(), False, None
            self.asked.emit()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        way = event.position() - self._pressed_at
        if way.manhattanLength() >= QApplication.startDragDistance():
            self._moved = True
            self._drag_when_ready()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._pressed_at, self._file, self._moved = None, None, False
