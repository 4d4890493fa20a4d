"""A row of keys, each with a filter on it that is held on while the key is down."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QImage, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from studio.ui.images import Picture, to_qimage

KEYS = 8
LARGEST = 34
DIGIT = 12  # pixels below the picture


class FilterKey(QAbstractButton):
    """One key: the picture of a filter above its digit."""

    def __init__(self, digit: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._digit = digit
        self._image = QImage()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_filter(-1, None)

    def set_filter(self, unit: int, picture: Picture | None) -> None:
        """Put a filter on the key; None takes it off."""
        self._image = QImage() if picture is None else to_qimage(picture)
        self.setEnabled(picture is not None)
        name = f"Key {self._digit}: filter {unit}" if picture is not None else f"Key {self._digit}: nothing"
        self.setAccessibleName(name)
        tip = f"Filter {unit} is held on while this, or the key {self._digit}, is down"
        self.setToolTip(name if picture is None else tip)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LARGEST, LARGEST + DIGIT)

    def minimumSizeHint(self) -> QSize:
        return QSize(16, LARGEST // 2 + DIGIT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = min(self.width() - 2, self.height() - DIGIT - 2, LARGEST)
        box = QRectF((self.width() - side) / 2, 1, side, side)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._image.width() > side)
        role = QPalette.ColorRole
        if self._image.isNull():
            painter.fillRect(box, self.palette().color(role.AlternateBase))
        else:
            painter.drawImage(box, self._image)
        if self.isDown() or self.hasFocus():
            painter.setPen(QPen(self.palette().color(role.Accent), 3 if self.isDown() else 1))
            painter.drawRect(box)
        font = QFont(self.font())
        font.setPixelSize(10)
        painter.setFont(font)
        painter.setPen(self.palette().color(role.WindowText if self.isDown() else role.PlaceholderText))
        below = QRectF(0, self.height() - DIGIT, self.width(), DIGIT)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._digit)
        painter.end()


class KeyRow(QWidget):
    """Eight keys for the mouse and the digits; `played` tells the units whose keys are down.

    While any is down no key gets another filter.
    """

    played = Signal(object)  # frozenset of units

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._units: tuple[int, ...] = ()
        self._down: set[int] = set()
        self.setAccessibleName("Keys of the strongest filters")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.keys = [FilterKey(str(number + 1)) for number in range(KEYS)]
        for number, key in enumerate(self.keys):
            row.addWidget(key)
            key.pressed.connect(lambda number=number: self.press(number))
            key.released.connect(lambda number=number: self.release(number))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def units(self) -> tuple[int, ...]:
        return self._units

    @property
    def playing(self) -> bool:
        return bool(self._down)

    def set_filters(self, units: Sequence[int], pictures: Sequence[Picture]) -> None:
        """Put filters on the keys, the first on the first."""
        if self.playing:
            return
        self._units = tuple(units[:KEYS])
        for number, key in enumerate(self.keys):
            there = number < len(self._units)
            key.set_filter(self._units[number] if there else -1, pictures[number] if there else None)

    def press(self, number: int) -> bool:
        """Hold the unit of a key on; returns whether there is one."""
        if number >= len(self._units) or not self.isEnabled():
            return False
        if number not in self._down:
            self._down.add(number)
            self._tell()
        return True

    def release(self, number: int) -> None:
        if number in self._down:
            self._down.discard(number)
            self._tell()

    def release_all(self) -> None:
        """Let go of every key, as when the window is left."""
        if self._down:
            self._down.clear()
            self._tell()

    def _tell(self) -> None:
        for number, key in enumerate(self.keys):
            key.setDown(number in self._down)
        self.played.emit(frozenset(self._units[number] for number in self._down))
