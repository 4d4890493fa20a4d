"""What a setting does, in a bubble beside it, with the way into the manual."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from studio.ui.field_info import FieldInfo
from studio.ui.help_links import address_of
from studio.ui.manual_text import pages
from studio.ui.manual_window import open_manual
from studio.ui.widgets.bubble import Bubble
from studio.ui.widgets.buttons import button
from studio.ui.widgets.labels import dim_label

LETTERS = 40  # in a line of the sentence, about


class HelpBubble(Bubble):
    """Goes with Esc, with a click elsewhere, and once the manual is open."""

    def __init__(self, info: FieldInfo, explained: QWidget) -> None:
        super().__init__(explained.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(f"{info.label}: {info.tip}")
        self.address = address_of(info)
        self._before = QApplication.focusWidget()
        name = QLabel(info.label)
        name.setProperty("role", "heading")
        sentence = dim_label(info.tip, wrap=True, role="plain")
        sentence.setFixedWidth(LETTERS * sentence.fontMetrics().averageCharWidth())
        words = f"More in the manual: {title_of(self.address)}"
        self.more = button(words, "Open the manual there (Enter)", role="link")
        column = QVBoxLayout(self)
        column.setSpacing(8)
        for part in (name, sentence, self.more):
            column.addWidget(part)
        self.more.clicked.connect(self._open)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow_focus)
        corner = explained.mapTo(explained.window(), QPoint(0, 0))
        self.point_at(QRect(corner, explained.size()))
        self.show()
        self.raise_()
        self.more.setFocus(Qt.FocusReason.PopupFocusReason)

    def _open(self) -> None:
        window = self.window()
        self.close()
        open_manual(window, self.address)

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and new is not self and not self.isAncestorOf(new):
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            before = self._before
            self.close()
            if before is not None:
                before.setFocus()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)


def title_of(address: str) -> str:
    """Return the title of the page an address leads to."""
    return next(page.title for page in pages() if page.name == address.partition("#")[0])
