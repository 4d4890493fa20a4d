"""All that was changed, the oldest first: a click goes back or forth to there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label

if TYPE_CHECKING:
    from studio.session.session import Session

BEGINNING = "As it was opened"


class HistoryDialog(QDialog):
    """Stays open beside the work; what is in force is bold, what was taken back is grey."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("History")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget()
        self.list.setAccessibleName("Changes, the oldest first")
        self.list.setSpacing(2)
        self.words = dim_label("Click a change to go back or forth to it. The last 500 are kept.", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(Heading("History"))
        column.addWidget(self.list, 1)
        column.addWidget(self.words)
        self.resize(320, 480)
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        session.undo_changed.connect(self._follow)
        self._follow()

    def _follow(self, _undo: str = "", _redo: str = "") -> None:
        labels, in_force = self._session.history
        self.list.clear()
        for count, label in enumerate((BEGINNING, *labels)):
            item = QListWidgetItem(label[:1].upper() + label[1:])
            item.setData(Qt.ItemDataRole.UserRole, count)
            font = QFont(self.font())
            font.setBold(count == in_force)
            item.setFont(font)
            if count > in_force:
                item.setForeground(self.palette().placeholderText())
            self.list.addItem(item)
        self.list.setCurrentRow(in_force)
        self.list.scrollToItem(self.list.item(in_force))

    def _go(self, item: QListWidgetItem) -> None:
        count = item.data(Qt.ItemDataRole.UserRole)
        if count != self._session.history[1]:
            self._session.go_to_change(int(count))
