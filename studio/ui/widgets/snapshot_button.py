"""One snapshot: its picture, a few words, and a lock where it stays."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QWidget

from studio.dream.snapshot import MEGABYTE, Snapshot
from studio.ui.images import to_qimage
from studio.ui.numbers import amount
from studio.ui.widgets.drag_out import drag_out
from studio.ui.widgets.transport import Sign, draw_sign

SIDE = 56
WORDS = 14
BACKING = QColor(0, 0, 0, 150)


class SnapshotButton(QAbstractButton):
    """A click goes back to it; it is named by F2 or a double click, and dragged out as a file.

    `file_asked` asks for the file while the mouse is down, `give_file` begins the drag.
    """

    name_asked = Signal()
    menu_asked = Signal(object)  # where on the screen
    file_asked = Signal()
    step_asked = Signal(int)  # to the one before or after it

    def __init__(self, snapshot: Snapshot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._from: QPointF | None = None
        self._waiting = False
        self._current = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.snapshot = snapshot
        self._image = to_qimage(snapshot.thumbnail)
        self.set_snapshot(snapshot)

    @property
    def current(self) -> bool:
        return self._current

    def set_snapshot(self, snapshot: Snapshot) -> None:
        """Show another name or lock of the same snapshot."""
        self.snapshot = snapshot
        branch = f", from snapshot {snapshot.parent}" if snapshot.parent else ""
        locked = ", locked" if snapshot.locked else ""
        size = f"{snapshot.width} x {snapshot.height} px, {max(0.1, snapshot.bytes / MEGABYTE):.1f} MB"
        self.setAccessibleName(f"Snapshot {snapshot.number}: {snapshot.title}{locked}")
        self.setToolTip(
            f"Snapshot {snapshot.number}: {snapshot.title}{locked}\nSweep {snapshot.sweep:,}, {size}{branch}\n"
            "Click to go back to it, drag it out as a PNG file"
        )
        self.update()

    def set_current(self, current: bool) -> None:
        """Say that the dream comes from this one."""
        if current != self._current:
            self._current = current
            self.update()

    def give_file(self, path: Path) -> None:
        """Drag this file, if the mouse is still down."""
        waiting, self._waiting = self._waiting, False
        if waiting and QApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._from = None
            self.setDown(False)
            drag_out(self, path, self._image)

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE + WORDS)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        role, image = QPalette.ColorRole, self._image
        scale = min(SIDE / image.width(), SIDE / image.height())
        wide, high = image.width() * scale, image.height() * scale
        box = QRectF((SIDE - wide) / 2, (SIDE - high) / 2, wide, high)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
        painter.drawImage(box, image)
        accent = self.palette().color(role.Accent)
        if self._current or self.hasFocus() or self.underMouse():
            colour = accent if self._current or self.hasFocus() else self.palette().color(role.PlaceholderText)
            painter.setPen(QPen(colour, 2 if self._current else 1))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        if self.snapshot.locked:
            self._draw_lock(painter, box)
        self._draw_words(painter)
        painter.end()

    def _draw_lock(self, painter: QPainter, box: QRectF) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(box.right() - 9, box.top() + 9)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(BACKING)
        painter.drawEllipse(QPointF(0, 0), 8, 8)
        painter.scale(0.65, 0.65)
        draw_sign(painter, Sign.LOCK, QColor(Qt.GlobalColor.white))
        painter.restore()

    def _draw_words(self, painter: QPainter) -> None:
        font = QFont(self.font())
        font.setPixelSize(10)
        painter.setFont(font)
        strong = self._current or self.underMouse()
        role = QPalette.ColorRole
        painter.setPen(self.palette().color(role.WindowText if strong else role.PlaceholderText))
        words = self.snapshot.name or amount(self.snapshot.sweep)
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, SIDE)
        painter.drawText(QRectF(0, SIDE, SIDE, WORDS), Qt.AlignmentFlag.AlignCenter, words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None or self._waiting:
            return
        if (event.position() - self._from).manhattanLength() >= QApplication.startDragDistance():
            self._waiting = True
            self.setDown(False)  # so that letting go is no click
            self.file_asked.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged, self._from, self._waiting = self._waiting, None, False
        if dragged:
            self.setDown(False)
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.name_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.name_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.step_asked.emit(1 if event.key() == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_asked.emit(event.globalPos())
