"""A bundled project to be opened: its picture, its name and a line about it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QImage, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.project.sample_projects import SampleProject

LETTERS = 26  # in a line of words, about
LINES = 4
GAP = 8
ROUND = 6


class SampleCard(QAbstractButton):
    """`chosen` carries the project; click, Space and Enter choose it."""

    chosen = Signal(object)  # SampleProject

    def __init__(self, sample: SampleProject, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sample = sample
        self._picture = QImage(str(sample.picture))
        self._scaled = QImage()
        self.setText(sample.title)
        self.setAccessibleName(f"Sample: {sample.title}")
        self.setAccessibleDescription(sample.line)
        self.setToolTip("Open a copy of this project")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(self.sizeHint())
        self.clicked.connect(self._tell)

    def _tell(self) -> None:
        self.chosen.emit(self.sample)

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def sizeHint(self) -> QSize:
        letters = self.fontMetrics()
        wide = LETTERS * letters.averageCharWidth() + 2 * GAP
        high = 2 * wide // 3 + (LINES + 1) * letters.lineSpacing() + 3 * GAP
        return QSize(wide, high)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, role = self.palette(), QPalette.ColorRole
        lit = self.underMouse() or self.hasFocus()
        frame = QPen(palette.color(role.Accent), 2) if self.hasFocus() else QPen(palette.color(role.Mid), 1)
        painter.setPen(frame)
        painter.setBrush(palette.color(role.AlternateBase if lit else role.Base))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), ROUND, ROUND)
        wide = self.width() - 2 * GAP
        place = QRect(GAP, GAP, wide, 2 * wide // 3)
        painter.drawImage(place, self._fitted(place.size()))
        letters = QFontMetrics(self._bold())
        title = QRect(GAP, place.bottom() + GAP, wide, letters.lineSpacing())
        painter.setFont(self._bold())
        painter.setPen(palette.color(role.WindowText))
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft, self.text())
        painter.setFont(self.font())
        painter.setPen(palette.color(role.PlaceholderText))
        rest = QRect(GAP, title.bottom() + 2, wide, self.height() - title.bottom() - GAP)
        painter.drawText(rest, Qt.TextFlag.TextWordWrap, self.sample.line)
        painter.end()

    def _fitted(self, size: QSize) -> QImage:
        dense = size * self.devicePixelRatioF()
        if self._scaled.size() != dense and not self._picture.isNull():
            mode = Qt.TransformationMode.SmoothTransformation
            self._scaled = self._picture.scaled(dense, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
        return self._scaled

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
