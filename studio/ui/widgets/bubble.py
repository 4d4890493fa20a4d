"""A box that points at a part of the window and never covers it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

BEAK = 10
GAP = 4  # between beak and target
ROUND = 8.0
PAD = 14


class Side(Enum):
    """Where a bubble lies, seen from what it points at."""

    RIGHT = "right"
    LEFT = "left"
    BELOW = "below"
    ABOVE = "above"


def place(size: QSize, target: QRect, room: QRect, sides: Sequence[Side] = tuple(Side)) -> tuple[QPoint, Side] | None:
    """Return where the upper left corner of a box lies beside `target`, clear of it and inside `room`.

    The first of `sides` that has room for it is taken; None where none has.
    """
    reach = BEAK + GAP
    for side in sides:
        across = side in (Side.RIGHT, Side.LEFT)
        if across:
            x = target.right() + 1 + reach if side is Side.RIGHT else target.left() - reach - size.width()
            y = target.center().y() - size.height() // 2
        else:
            x = target.center().x() - size.width() // 2
            y = target.bottom() + 1 + reach if side is Side.BELOW else target.top() - reach - size.height()
        corner = QPoint(
            x if across else max(room.left(), min(x, room.right() + 1 - size.width())),
            max(room.top(), min(y, room.bottom() + 1 - size.height())) if across else y,
        )
        if room.contains(QRect(corner, size)):
            return corner, side
    return None


class Bubble(QWidget):
    """A child of a window, drawn over it; `point_at` puts it beside a rectangle of that window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._side = Side.RIGHT
        self._tip = QPoint()
        margin = BEAK + PAD
        self.setContentsMargins(margin, margin, margin, margin)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)

    def point_at(self, target: QRect, sides: Sequence[Side] = tuple(Side)) -> None:
        """Lie beside `target`, in coordinates of the window; where no side has room, in the corner that is furthest."""
        window = self.parentWidget()
        assert window is not None
        box = self._wanted()
        found = place(box, target, window.rect().adjusted(GAP, GAP, -GAP, -GAP), sides)
        if found is None:
            found = furthest(box, target, window.rect()), Side.ABOVE
        corner, self._side = found
        self.setGeometry(QRect(corner, box).adjusted(-BEAK, -BEAK, BEAK, BEAK))
        self._tip = self.mapFromParent(target.center())
        self.update()

    def box(self) -> QRect:
        """The drawn box without its beak, in coordinates of the window."""
        return self.geometry().adjusted(BEAK, BEAK, -BEAK, -BEAK)

    def _wanted(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        hint = self.sizeHint()
        high = layout.totalHeightForWidth(hint.width()) if layout.hasHeightForWidth() else hint.height()
        return QSize(hint.width() - 2 * BEAK, high - 2 * BEAK)

    def _beak(self, box: QRectF) -> QPolygonF:
        reach, half = BEAK, BEAK * 0.8
        y = min(max(float(self._tip.y()), box.top() + 2 * ROUND), box.bottom() - 2 * ROUND)
        x = min(max(float(self._tip.x()), box.left() + 2 * ROUND), box.right() - 2 * ROUND)
        if self._side in (Side.RIGHT, Side.LEFT):
            edge = box.left() if self._side is Side.RIGHT else box.right()
            out = -reach if self._side is Side.RIGHT else reach
            return QPolygonF([QPointF(edge, y - half), QPointF(edge + out, y), QPointF(edge, y + half)])
        edge = box.top() if self._side is Side.BELOW else box.bottom()
        out = -reach if self._side is Side.BELOW else reach
        return QPolygonF([QPointF(x - half, edge), QPointF(x, edge + out), QPointF(x + half, edge)])

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(BEAK + 0.5, BEAK + 0.5, -BEAK - 0.5, -BEAK - 0.5)
        shape, beak = QPainterPath(), QPainterPath()
        shape.addRoundedRect(box, ROUND, ROUND)
        beak.addPolygon(self._beak(box))
        beak.closeSubpath()
        palette = self.palette()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 1))
        painter.setBrush(palette.color(QPalette.ColorRole.Light))
        painter.drawPath(shape.united(beak))
        painter.end()


def furthest(size: QSize, target: QRect, room: QRect) -> QPoint:
    """Return where a box of this size lies in the corner of `room` whose middle is furthest from `target`."""
    left, top = room.left() + GAP, room.top() + GAP
    right, bottom = room.right() + 1 - GAP - size.width(), room.bottom() + 1 - GAP - size.height()
    corners = [QPoint(x, y) for x in (left, right) for y in (top, bottom)]
    middle = target.center()
    return max(corners, key=lambda at: (QRect(at, size).center() - middle).manhattanLength())
