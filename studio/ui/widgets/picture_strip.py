"""A few pictures in rows, each with a word under it; what is stacked belongs together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.images import Picture, to_qimage

SMALL = 10


class PictureStrip(QWidget):
    """Draws columns of equal pictures, as many side by side as fit at `side` pixels or more.

    `set_pictures` takes one (n, H, W, C) array for each picture of a column, top to bottom.
    """

    def __init__(
        self, *, side: int = 40, largest: int = 96, gap: int = 4, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._side, self._largest, self._gap = side, largest, gap
        self._columns: list[list[QImage]] = []
        self._captions: list[str] = []
        # Fixed would hold the height of the size hint, whatever the width asks for.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(side)
        self.setAccessibleName(name)

    @property
    def count(self) -> int:
        return len(self._columns)

    def set_pictures(self, stacks: Sequence[Picture], captions: Sequence[str] = ()) -> None:
        """Show the n-th picture of each stack in one column, `captions` under them."""
        before = self.heightForWidth(self.width())
        several = [stack for stack in stacks if stack.size]
        count = min((len(stack) for stack in several), default=0)
        self._columns = [[to_qimage(stack[index]) for stack in several] for index in range(count)]
        self._captions = list(captions)
        if self.heightForWidth(self.width()) != before:
            self.updateGeometry()
        self.update()

    def box(self, column: int, row: int = 0) -> QRect:
        """Return where a picture is drawn."""
        across, side, high = self._measure(self.width())
        line, place = divmod(column, across)
        top = line * self._line_height(high) + row * (high + 2)
        return QRect(place * (side + self._gap), top, side, high)

    def _measure(self, width: int) -> tuple[int, int, int]:
        across = max(1, (width + self._gap) // (self._side + self._gap))
        lines = -(-max(1, self.count) // across)
        across = max(1, -(-self.count // lines))  # the lines come out even
        side = max(4, min(self._largest, (width - self._gap * (across - 1)) // across))
        first = self._columns[0][0] if self._columns else QImage()
        high = side if first.isNull() else max(1, round(side * first.height() / first.width()))
        return across, side, min(high, 3 * side)

    def _line_height(self, high: int) -> int:
        stacked = len(self._columns[0]) if self._columns else 1
        words = SMALL + 6 if self._captions else 0
        return stacked * (high + 2) - 2 + words + self._line_gap()

    def _line_gap(self) -> int:
        # What belongs together lies closer than what does not.
        return 3 * self._gap if self._columns and len(self._columns[0]) > 1 else self._gap

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if not self.count:
            return 0
        across, _, high = self._measure(width)
        return -(-self.count // across) * self._line_height(high) - self._line_gap()

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._side, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(SMALL)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        for column, images in enumerate(self._columns):
            for row, image in enumerate(images):
                box = self.box(column, row)
                reduced = image.width() > box.width() * self.devicePixelRatioF()
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, reduced)
                painter.drawImage(QRectF(box), image)
            if column < len(self._captions):
                below = self.box(column, len(images) - 1)
                words = QRect(below.left(), below.bottom() + 3, below.width(), SMALL + 4)
                painter.drawText(words, Qt.AlignmentFlag.AlignLeft, self._captions[column])
        painter.end()
