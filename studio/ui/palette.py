"""The command palette: every action and every look, found by typing a few of its letters."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.ui.action_info import ActionInfo
from studio.ui.actions import ACTIONS
from studio.ui.shortcut_book import ShortcutBook

WIDTH, HEIGHT = 520, 420
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


class CommandPalette(QDialog):
    """Type, choose with the arrows, press Enter; `chosen` carries the id of an action.

    `looks` are entries of menus below menus, by what they are called here; one that is taken is triggered.
    """

    chosen = Signal(str)

    def __init__(
        self,
        actions: Mapping[str, QAction],
        book: ShortcutBook,
        parent: QWidget | None = None,
        *,
        looks: Mapping[str, QAction] | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._actions, self._book, self._looks = actions, book, dict(looks or {})
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Command palette")
        self.search = QLineEdit()
        self.search.setPlaceholderText("What do you want to do?")
        self.search.setAccessibleName("Search for a command")
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tip = QLabel()
        self.tip.setProperty("role", "dim")
        self.tip.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.tip)
        self.resize(WIDTH, HEIGHT)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._take)
        self.list.currentItemChanged.connect(self._tell)
        self._filter("")
        self.search.setFocus()

    def open_over(self, window: QWidget) -> None:
        """Show it in the upper middle of a window."""
        place = window.mapToGlobal(window.rect().center())
        self.move(place.x() - WIDTH // 2, window.mapToGlobal(window.rect().topLeft()).y() + 80)
        self.show()
        self.search.setFocus()

    def _filter(self, text: str) -> None:
        self.list.clear()
        scored = [(score(text, info), self._item(info)) for info in ACTIONS if info.id in self._actions]
        scored += [(score_of_name(text, name), look_item(name, made)) for name, made in self._looks.items()]
        for points, item in sorted(scored, key=lambda pair: -pair[0]):
            if points > 0:
                self.list.addItem(item)
        self.list.setCurrentRow(0)
        if not self.list.count():
            self.tip.setText("No command is called so.")

    def _item(self, info: ActionInfo) -> QListWidgetItem:
        keys = self._book.words(info.id)
        words = self._actions[info.id].text().removesuffix("...")
        item = QListWidgetItem(f"{info.menu}: {words}" + (f"    {keys}" if keys else ""))
        item.setData(Qt.ItemDataRole.UserRole, info.id)
        item.setToolTip(self._actions[info.id].toolTip())
        if not self._actions[info.id].isEnabled():
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        return item

    def _tell(self, item: QListWidgetItem | None) -> None:
        self.tip.setText(item.toolTip() if item is not None else "")

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        key = str(item.data(Qt.ItemDataRole.UserRole))
        self.close()
        if key in self._looks:
            self._looks[key].trigger()
        else:
            self.chosen.emit(key)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)  # an edge: the window below is of the same grey
        painter.setPen(self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = STEPS.get(Qt.Key(event.key()))
            if step is not None:
                row = min(max(self.list.currentRow() + step, 0), self.list.count() - 1)
                self.list.setCurrentRow(row)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)


def score(typed: str, info: ActionInfo) -> float:
    """Return how well an action answers what was typed: 0 where its letters are not there in order.

    Letters that begin words and letters in a row count more; those of the
    action's name more than those of its tip.
    """
    wanted = "".join(typed.lower().split())
    if not wanted:
        return 1.0
    name = max(in_order(wanted, f"{info.menu} {info.text}".lower()), in_order(wanted, info.text.lower()) * 1.2)
    if name > 0:
        return 2 * name
    return 0.5 if all(word in info.tip.lower() for word in typed.lower().split()) else 0.0


def look_item(name: str, look: QAction) -> QListWidgetItem:
    """Return the row of a look; the one in force is said to be."""
    item = QListWidgetItem(f"View: {name}")
    item.setData(Qt.ItemDataRole.UserRole, name)
    item.setToolTip("This is how the window looks now." if look.isChecked() else look.toolTip())
    return item


def score_of_name(typed: str, name: str) -> float:
    """Return how well a look answers what was typed, as `score` does for actions."""
    wanted = "".join(typed.lower().split())
    return 2 * max(in_order(wanted, f"view {name}".lower()), in_order(wanted, name.lower()) * 1.2) if wanted else 1.0


def in_order(wanted: str, text: str) -> float:
    """Return points for the letters of `wanted` found in order in a text, 0 where one is missing."""
    points, place, before = 0.0, 0, -2
    for letter in wanted:
        found = text.find(letter, place)
        if found < 0:
            return 0.0
        points += 3.0 if found == before + 1 else 2.0 if found == 0 or text[found - 1] == " " else 1.0
        before, place = found, found + 1
    return points / len(wanted) / (1 + len(text) / 200)
