"""The help sheet: every action and its keys, made from the action table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui.action_info import ActionInfo
from studio.ui.actions import ACTIONS, MENUS
from studio.ui.shortcut_book import ShortcutBook
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label

GESTURES: tuple[tuple[str, str], ...] = (
    ("Learn from pictures", "Drop them on the window"),
    ("Dream from a picture", "Drop it on the canvas"),
    ("Take the picture elsewhere", "Drag the dots beside Export"),
    ("Zoom, pan the canvas", "Wheel, middle drag"),
    ("Hold a filter on", "1 to 8, while down"),
    ("Choose several filters", "Ctrl and click"),
    ("Type a value", "Click the number"),
    ("Explain a setting", "F1 on it, or its ?"),
    ("Reset a slider", "Double click"),
)


class HelpSheet(QDialog):
    """A sheet to read; Esc closes it."""

    def __init__(self, book: ShortcutBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts and help")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(24, 24, 24, 24)
        columns.setSpacing(40)
        for menus in (MENUS[:2], MENUS[2:4], MENUS[4:]):
            column = QVBoxLayout()
            column.setSpacing(16)
            for menu in menus:
                column.addWidget(part(menu, [rows_of(info, book) for info in ACTIONS if info.menu == menu]))
            if menus == MENUS[:2]:
                column.addWidget(part("By hand", list(GESTURES)))
            column.addStretch(1)
            columns.addLayout(column)


def rows_of(info: ActionInfo, book: ShortcutBook) -> tuple[str, str]:
    return info.text.removesuffix("..."), book.words(info.id)


def part(title: str, rows: list[tuple[str, str]]) -> QWidget:
    """Return a heading and two columns of words."""
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    grid.addWidget(Heading(title), 0, 0, 1, 2)
    for row, (text, keys) in enumerate(rows, start=1):
        grid.addWidget(QLabel(text), row, 0)
        grid.addWidget(dim_label(keys), row, 1, Qt.AlignmentFlag.AlignRight)
    return box
