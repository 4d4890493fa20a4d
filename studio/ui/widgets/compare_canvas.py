"""A canvas that shows two pictures at once, or in turn."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from studio.ui.compare_pixels import Pixels, Way, alike, composed
from studio.ui.images import to_qimage
from studio.ui.widgets import loupe
from studio.ui.widgets.canvas import Canvas

TURN = 400  # ms: more than three changes a second are not safe to look at
STEP = 0.05  # of the width, for an arrow key
ARROWS = {
    Qt.Key.Key_Left: QPointF(-STEP, 0),
    Qt.Key.Key_Right: QPointF(STEP, 0),
    Qt.Key.Key_Up: QPointF(0, -STEP),
    Qt.Key.Key_Down: QPointF(0, STEP),
}


class CompareCanvas(Canvas):
    """The line of the slider and the loupe follow the mouse, or the arrow keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pair: tuple[Pixels, Pixels] | None = None
        self._way = Way.SLIDER
        self._share = 0.5
        self._place = QPointF(0.5, 0.5)
        self._images: tuple[QImage, QImage] | None = None  # of the pair, while there is a loupe over them
        self._second = False
        self._pulling = False
        self._turn = QTimer(self)
        self._turn.setInterval(TURN)
        self._turn.timeout.connect(self._take_turn)
        self.setAccessibleName("Comparison")

    @property
    def way(self) -> Way:
        return self._way

    @property
    def share(self) -> float:
        """Where the line parts the pictures, from 0 at the left to 1."""
        return self._share

    @property
    def place(self) -> QPointF:
        """Where the loupe looks, in shares of the picture's sides."""
        return self._place

    @property
    def second(self) -> bool:
        """Whose turn it is while they flicker."""
        return self._second

    def set_pair(self, one: Pixels | None, other: Pixels | None) -> None:
        """Compare these two pictures; one alone is shown as it is."""
        self._pair = None
        if one is not None and other is not None:
            self._pair = (one, other)
            self._compose()
        else:
            self.set_picture(one if one is not None else other)

    def set_way(self, way: Way) -> None:
        self._way = way
        self._second = False
        self._run()
        self._compose()

    def set_share(self, share: float) -> None:
        """Move the line."""
        self._share = min(1.0, max(0.0, share))
        self._compose()

    def set_place(self, place: QPointF) -> None:
        """Look at another place through the loupe."""
        self._place = QPointF(min(1.0, max(0.0, place.x())), min(1.0, max(0.0, place.y())))
        self.update()

    def draw_over(self, painter: QPainter) -> None:
        if self._way is Way.LOUPE and self._images is not None:
            wide, high = self.view.size.toTuple()
            pixel = QPointF(self._place.x() * wide, self._place.y() * high)
            at = self.view.target().topLeft() + pixel * self.view.scale
            loupe.draw(painter, self._images, pixel, self.view.scale, at, self.size())
        if self._way is not Way.SLIDER or self._pair is None:
            return
        target = self.view.target()
        x = target.left() + target.width() * self._share
        line = QLineF(x, max(0.0, target.top()), x, min(float(self.height()), target.bottom()))
        for colour, width in ((QColor(0, 0, 0, 160), 4), (QColor(255, 255, 255), 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(line)

    def _compose(self) -> None:
        self._images = None
        if self._pair is not None:
            if self._way is Way.LOUPE:
                one, other = alike(*self._pair)
                self._images = to_qimage(one), to_qimage(other)
            self.set_picture(composed(*self._pair, self._way, self._share, self._second))

    def _take_turn(self) -> None:
        self._second = not self._second
        self._compose()

    def _run(self) -> None:
        if self._way is Way.FLICKER and self.isVisible():
            self._turn.start()
        else:
            self._turn.stop()

    def _pull(self, at: QPointF) -> None:
        target = self.view.target()
        if target.width() > 0:
            self.set_share((at.x() - target.left()) / target.width())

    def _look_at(self, at: QPointF) -> None:
        target = self.view.target()
        if not target.isEmpty():
            inside = at - target.topLeft()
            self.set_place(QPointF(inside.x() / target.width(), inside.y() / target.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(Qt.Key(event.key())) if self.takes(event) else None
        if step is not None and self._way is Way.SLIDER and step.x():
            self.set_share(self._share + step.x())
        elif step is not None and self._way is Way.LOUPE:
            self.set_place(self._place + step)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.dragging and self._way is Way.SLIDER:
            self._pulling = True
            self._pull(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._way is Way.LOUPE and not self.dragging:
            self._look_at(event.position())
        if self._pulling:
            self._pull(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pulling = False
        super().mouseReleaseEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._run()
        self._turn.stop()
