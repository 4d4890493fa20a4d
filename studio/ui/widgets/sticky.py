"""A column that scrolls, with one part that never leaves the sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from studio.ui.widgets.heading import Line

MARGIN = 16


class Content(QWidget):
    """What scrolls; where its height follows its width, the scroll area asks for that itself.

    The hint would be the height of the narrowest shape, and far too much.
    """

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(hint.width(), 1) if self.hasHeightForWidth() else hint


class StickyColumn(QScrollArea):
    """Widgets one below the other; the sticky one stays at the edge it would scroll past."""

    def __init__(self, name: str, *, margin: int = MARGIN, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = self._content = Content()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(margin, min(12, margin), margin, margin)
        self._column.setSpacing(14 if margin else 0)
        self.setWidget(content)
        self._sticky: QWidget | None = None
        self._place = QWidget(content)
        self._place.hide()
        self._edge = Line()  # between what is pinned and what scrolls beneath it
        self._edge.setParent(self.viewport())
        self._edge.hide()

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        self._column.addWidget(widget, stretch)

    def add_stretch(self) -> None:
        self._column.addStretch(1)

    def add_sticky(self, widget: QWidget) -> None:
        """Add the part that stays in sight."""
        self._sticky = widget
        self._column.addWidget(self._place)
        self._place.show()
        widget.setParent(self.viewport())
        widget.setAutoFillBackground(True)
        widget.setProperty("role", "sticky")
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        widget.show()
        for watched in (self._place, widget, self._content):
            watched.installEventFilter(self)
        self.verticalScrollBar().valueChanged.connect(self._stick)
        self._stick()

    def _stick(self) -> None:
        sticky = self._sticky
        if sticky is None:
            return
        width = self._place.width()
        height = sticky.heightForWidth(width) if sticky.hasHeightForWidth() else sticky.sizeHint().height()
        if self._place.minimumHeight() != height:
            self._place.setFixedHeight(height)
        at = self._place.mapTo(self.viewport(), QPoint(0, 0))
        y = max(0, min(at.y(), self.viewport().height() - height))
        pinned = y != at.y()
        # while pinned it covers what scrolls beneath it, to the column's edges
        sticky.setContentsMargins(MARGIN if pinned else 0, 0, MARGIN if pinned else 0, 0)
        left = 0 if pinned else at.x()
        sticky.setGeometry(left, y, self.viewport().width() if pinned else width, height)
        sticky.raise_()
        self._edge.setVisible(pinned)
        self._edge.setGeometry(0, y + height if y > at.y() else y - 1, self.viewport().width(), 1)
        self._edge.raise_()

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 120)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.LayoutRequest)
        if event.type() in kinds and (watched is not self._sticky or event.type() is QEvent.Type.LayoutRequest):
            self._stick()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stick()
