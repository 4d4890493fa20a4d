"""Editors of settings that say what they are for: F1, or the small question mark beside their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QEnterEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QToolButton, QWidget

if TYPE_CHECKING:
    from studio.ui.field_info import FieldInfo

TOPIC = "topic"
GAP = 5


def set_topic(widget: QWidget, info: FieldInfo) -> None:
    """Let the help of a widget be that of a setting."""
    widget.setProperty(TOPIC, info)


def topic_of(widget: QWidget | None) -> tuple[QWidget, FieldInfo] | None:
    """Return the setting that a widget belongs to, and the widget that edits it."""
    while widget is not None:
        info: FieldInfo | None = widget.property(TOPIC)
        if info is not None:
            return widget, info
        widget = widget.parentWidget()
    return None


class Helped(QWidget):
    """Shows its mark while the mouse is over it, where it has a topic; the mark is made when it is first wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark: QToolButton | None = None

    def name_label(self) -> QLabel | QCheckBox | None:
        """The widget after whose words the mark stands; for those who build on this."""
        return None

    def explain(self) -> None:
        """Say what the setting does."""
        from studio.ui.help_bubble import HelpBubble  # seldom: the window has to show first

        topic = topic_of(self)
        if topic is not None:
            place, info = topic
            HelpBubble(info, place)

    def _show_mark(self) -> None:
        label = self.name_label()
        if self.property(TOPIC) is None or label is None:
            return
        if self._mark is None:
            self._mark = QToolButton(self)
            self._mark.setObjectName("mark")
            self._mark.setText("?")
            self._mark.setProperty("role", "mark")
            self._mark.setAccessibleName("What is this?")
            self._mark.setToolTip("What this does, and where the manual says more (F1)")
            self._mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._mark.setCursor(Qt.CursorShape.PointingHandCursor)
            self._mark.clicked.connect(self.explain)
        mark = self._mark
        side = label.fontMetrics().height() + 2
        words = label.fontMetrics().horizontalAdvance(label.text())
        # a box to tick stands before its words, and ends with them
        at = label.mapTo(self, QPoint(label.width() if isinstance(label, QCheckBox) else words, 0))
        at.setX(at.x() + GAP)
        mark.setGeometry(min(at.x(), self.width() - side), at.y() + (label.height() - side) // 2, side, side)
        mark.show()
        mark.raise_()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._show_mark()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self._mark is not None:
            self._mark.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # in the window F1 is an action; in a dialog the key arrives here
        if event.key() == Qt.Key.Key_F1 and not event.modifiers() and self.property(TOPIC) is not None:
            self.explain()
        else:
            super().keyPressEvent(event)
