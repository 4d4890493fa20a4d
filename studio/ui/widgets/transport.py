"""Round buttons of a player, their signs drawn so that they follow the palette."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget


class Sign(Enum):
    PLAY = "play"
    PAUSE = "pause"
    STEP = "step"
    RESTART = "restart"
    LOCK = "lock"
    UNLOCK = "unlock"
    DICE = "dice"


class SignButton(QAbstractButton):
    """A button that is a sign: filled with the accent when it is the one that acts, else quiet."""

    def __init__(
        self, sign: Sign, name: str, tip: str, *, side: int = 28, accent: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._sign = sign
        self._side = side
        self._accent = accent
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def sign(self) -> Sign:
        return self._sign

    def set_sign(self, sign: Sign, name: str, tip: str) -> None:
        if sign is not self._sign:
            self._sign = sign
            self.setAccessibleName(name)
            self.setToolTip(tip)
            self.update()

    def _ink(self) -> QColor:
        role = QPalette.ColorRole
        if not self.isEnabled():
            return self.palette().color(QPalette.ColorGroup.Disabled, role.WindowText)
        if self._accent:
            return self.palette().color(role.HighlightedText)
        lively = self.underMouse() or self.isDown() or self.isChecked()
        return self.palette().color(role.WindowText if lively else role.PlaceholderText)

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        role = QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self._accent:
            fill = self.palette().color(role.Accent if self.isEnabled() else role.Light)
            painter.setBrush(fill.lighter(108) if self.underMouse() and self.isEnabled() else fill)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(disc)
        elif self.underMouse() and self.isEnabled():
            painter.setBrush(self.palette().color(role.AlternateBase))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(disc, 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(role.WindowText if self._accent else role.Accent), 1.5))
            if self._accent:
                painter.drawEllipse(disc.adjusted(1, 1, -1, -1))
            else:
                painter.drawRoundedRect(disc, 6, 6)
        painter.translate(disc.center())
        unit = disc.width() / (40 if self._accent else 26)
        painter.scale(unit, unit)
        draw_sign(painter, self._sign, self._ink())
        painter.end()


def draw_sign(painter: QPainter, sign: Sign, ink: QColor) -> None:
    """Draw `sign` around the origin, about 16 units wide."""
    line = QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    if sign is Sign.PLAY:
        painter.drawPolygon(QPolygonF([QPointF(-5, -8), QPointF(9, 0), QPointF(-5, 8)]))
    elif sign is Sign.PAUSE:
        painter.drawRect(QRectF(-6, -7, 4, 14))
        painter.drawRect(QRectF(2, -7, 4, 14))
    elif sign is Sign.STEP:
        painter.drawPolygon(QPolygonF([QPointF(-6, -6), QPointF(3, 0), QPointF(-6, 6)]))
        painter.drawRect(QRectF(4, -6, 2, 12))
    else:
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw_outline(painter, sign, ink)


def draw_outline(painter: QPainter, sign: Sign, ink: QColor) -> None:
    if sign is Sign.RESTART:
        path = QPainterPath()
        path.arcMoveTo(QRectF(-6, -6, 12, 12), 60)
        path.arcTo(QRectF(-6, -6, 12, 12), 60, -290)
        painter.drawPath(path)
        painter.drawPolyline(QPolygonF([QPointF(-1.5, -7.5), QPointF(3, -5.2), QPointF(0.2, -1.2)]))
    elif sign is Sign.DICE:
        painter.drawRoundedRect(QRectF(-6, -6, 12, 12), 2.5, 2.5)
        painter.setBrush(ink)
        painter.setPen(Qt.PenStyle.NoPen)
        for x, y in ((-2.8, -2.8), (2.8, -2.8), (0, 0), (-2.8, 2.8), (2.8, 2.8)):
            painter.drawEllipse(QPointF(x, y), 1.2, 1.2)
    else:
        painter.drawRoundedRect(QRectF(-5, -1, 10, 8), 1.5, 1.5)
        bow = QPainterPath(QPointF(-3, -1))
        bow.lineTo(-3, -3)
        bow.arcTo(QRectF(-3, -6, 6, 6), 180, -180)
        if sign is Sign.LOCK:
            bow.lineTo(3, -1)
        painter.drawPath(bow)
