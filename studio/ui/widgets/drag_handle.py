"""A handle by which the picture is dragged out of the window, as a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPointF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

TIP = "Drag the picture from here to another program, or to a folder: it goes as a PNG with its recipe"
GRIP, STEP, DOT = QSize(14, 20), 5.0, 1.4  # its size, from dot to dot, and how large they are
SIDE = 96  # pixels of the picture that the pointer carries


class DragHandle(QWidget):
    """A grip of dots: asks for a file when it is pressed, and is dragged as that once the pointer moves."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed_at: QPointF | None = None
        self._moved = False
        self._file: Path | None = None
        self.setToolTip(TIP)
        self.setAccessibleName("Drag the picture out")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFixedSize(GRIP)

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

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        role = QPalette.ColorRole.Text if self.underMouse() else QPalette.ColorRole.PlaceholderText
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.setBrush(self.palette().color(group, role))
        middle = QPointF(self.width() / 2, self.height() / 2)
        for across in (-0.5, 0.5):
            for down in (-1, 0, 1):
                painter.drawEllipse(middle + QPointF(across * STEP, down * STEP), DOT, DOT)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

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
