"""Keys, chosen by the user: one row an action, and a word where two would have the same."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.ui.action_info import ActionInfo
from studio.ui.actions import ACTIONS
from studio.ui.shortcut_book import ShortcutBook
from studio.ui.widgets.buttons import button
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label


class KeyRow:
    """One action: its name, its keys to be typed, and a link that brings back those of the table."""

    def __init__(self, info: ActionInfo, book: ShortcutBook) -> None:
        self.info, self._book = info, book
        self.name = QLabel(f"{info.menu}: {info.text.removesuffix('...')}")
        self.name.setToolTip(info.tip)
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setClearButtonEnabled(True)
        self.edit.setAccessibleName(f"Keys of {info.text}")
        self.edit.setToolTip("Press the keys; the cross takes them away")
        self.reset = button("Reset", f"Bring back the usual keys of {info.text}", role="link")
        self.show()

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        return self.name, self.edit, self.reset

    def show(self) -> None:
        """Show what the book says."""
        self.edit.setKeySequence(QKeySequence(self._book.keys(self.info.id)))
        self.reset.setEnabled(self._book.is_changed(self.info.id))


class ShortcutEditor(QDialog):
    """Changes act at once; keys that another action has are taken only when that is said twice."""

    def __init__(self, book: ShortcutBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._asked: tuple[str, str] = ("", "")
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.rows = {info.id: KeyRow(info, book) for info in ACTIONS}
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search for an action")
        self.words = dim_label("Press the keys you want. They act at once, and are remembered.", wrap=True)
        self.take = button("Take them", "Take the keys away from the other action", role="link")
        self.reset_all = button("Reset all", "Bring back the usual keys of every action")
        self.close_button = button("Close", "Close this list")
        self._lay_out()
        for row in self.rows.values():
            row.edit.editingFinished.connect(lambda row=row: self._typed(row))
            row.reset.clicked.connect(lambda _=False, key=row.info.id: book.reset(key))
        book.changed.connect(self._show)
        self.search.textChanged.connect(self._filter)
        self.take.clicked.connect(self._take)
        self.reset_all.clicked.connect(book.reset_all)
        self.close_button.clicked.connect(self.accept)

    def _lay_out(self) -> None:
        grid_widget = QWidget()
        grid = QGridLayout(grid_widget)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setColumnStretch(0, 1)
        for place, row in enumerate(self.rows.values()):
            for side, widget in enumerate(row.widgets):
                grid.addWidget(widget, place, side)
        grid.setRowStretch(len(self.rows), 1)
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(grid_widget)
        scrolled.setAccessibleName("Actions and their keys")
        said = QHBoxLayout()
        said.addWidget(self.words, 1)
        said.addWidget(self.take)
        self.take.hide()
        last = QHBoxLayout()
        last.addWidget(self.reset_all)
        last.addStretch(1)
        last.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(Heading("Keys"))
        column.addWidget(self.search)
        column.addWidget(scrolled, 1)
        column.addLayout(said)
        column.addLayout(last)
        self.resize(560, 620)

    def _typed(self, row: KeyRow) -> None:
        keys = row.edit.keySequence().toString()
        if keys == self._book.keys(row.info.id):
            return
        other = self._book.conflict(row.info.id, keys)
        if other is not None:
            self._asked = row.info.id, keys
            self.words.setText(f"{keys} is {other.text.removesuffix('...')} already.")
            self.take.show()
            row.show()
            return
        self._say_nothing()
        self._book.choose(row.info.id, keys)

    def _take(self) -> None:
        key, keys = self._asked
        self._say_nothing()
        if key:
            self._book.choose(key, keys)

    def _say_nothing(self) -> None:
        self._asked = ("", "")
        self.words.setText("Press the keys you want. They act at once, and are remembered.")
        self.take.hide()

    def _show(self, key: str) -> None:
        self.rows[key].show()

    def _filter(self, text: str) -> None:
        wanted = text.lower().split()
        for row in self.rows.values():
            words = f"{row.name.text()} {row.info.tip}".lower()
            for widget in row.widgets:
                widget.setVisible(all(word in words for word in wanted))
