"""One large picture that is learned from, with what is cut from it marked."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

TALLEST = 1.2  # of the width
SHADE = QColor(0, 0, 0, 110)


class ExemplarView(QWidget):
    """As wide as the column; a frame shows how large one crop is, and what is held out is shaded."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._small = QImage()
        self._crop = QSize(0, 0)
        self._held_out = QRectF()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(60)
        self.setAccessibleName("Picture learned from")

    def set_picture(self, image: QImage, crop: QSize, held_out: QRectF) -> None:
        """Show a picture at its scale; `crop` and `held_out` are in its pixels."""
        self._image, self._small, self._crop, self._held_out = image, QImage(), crop, held_out
        shaded = " The shaded part is held out." if not held_out.isEmpty() else ""
        self.setToolTip(
            f"{image.width()} x {image.height()} px at this scale. The frame is the size of one crop.{shaded}"
        )
        self.updateGeometry()
        self.update()

    def place(self) -> QRectF:
        """Return where the picture is drawn."""
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((self.width() - size.width()) / 2, 0, size.width(), size.height())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._image.isNull():
            return 0
        return round(width * min(TALLEST, self._image.height() / self._image.width()))

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        painter = QPainter(self)
        place = self.place()
        wanted = (place.size() * self.devicePixelRatioF()).toSize()
        if self._small.size() != wanted:
            mode = Qt.TransformationMode.SmoothTransformation
            enlarged = wanted.width() > self._image.width()
            self._small = (
                self._image if enlarged else self._image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
            )
        painter.drawImage(place, self._small)
        painter.translate(place.topLeft())
        scale = place.width() / self._image.width()
        painter.scale(scale, scale)
        painter.fillRect(self._held_out, SHADE)
        if 0 < self._crop.width() <= self._image.width() and self._crop.height() <= self._image.height():
            pen = QPen(self.palette().color(QPalette.ColorRole.Accent), 1.5)
            pen.setCosmetic(True)
            painter.setPen(pen)
            inset = 4 / scale
            painter.drawRect(QRectF(inset, inset, self._crop.width(), self._crop.height()))
        painter.end()
