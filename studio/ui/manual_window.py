"""The manual in a window of its own: contents at the left, a page at the right, and a search through all of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.paths import manual
from studio.ui.icons import IconButton
from studio.ui.manual_text import FIRST, find, pages
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.manual_view import ManualView

WIDTH, HEIGHT = 1060, 760
CONTENTS = 260
ADDRESS = Qt.ItemDataRole.UserRole
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class ManualWindow(QDialog):
    """Stays open beside the work; Esc closes it, or empties the search first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Manual")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.pages = pages()
        self.view = ManualView()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the manual")
        self.search.setAccessibleName("Search the manual")
        self.search.setClearButtonEnabled(True)
        self.contents = QListWidget()
        self.contents.setAccessibleName("Pages of the manual")
        self.contents.setWordWrap(True)
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nothing = dim_label("", wrap=True)
        self.back = IconButton("left", "Back", "The page before (Alt+Left)")
        self.forward = IconButton("right", "Forward", "The page after (Alt+Right)")
        self._lay_out()
        self._connect()
        self._list("")

    def open_at(self, address: str = FIRST) -> None:
        """Show a page, at the heading after the # if there is one."""
        name, _, anchor = address.partition("#")
        self.show()
        self.view.open(manual() / name, anchor)
        self.raise_()
        self.activateWindow()
        self.view.setFocus()

    @property
    def page(self) -> str:
        """The file name of the page in sight."""
        return self.view.source().fileName()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.back)
        top.addWidget(self.forward)
        top.addSpacing(4)
        top.addWidget(self.search, 1)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addLayout(top)
        left.addWidget(self.contents, 1)
        left.addWidget(self.nothing)
        side = QWidget()
        side.setFixedWidth(CONTENTS)
        side.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 14, 14, 14)
        row.setSpacing(14)
        row.addWidget(side)
        row.addWidget(self.view, 1)
        self.resize(WIDTH, HEIGHT)
        self.nothing.hide()

    def _connect(self) -> None:
        self.search.textChanged.connect(self._list)
        self.search.installEventFilter(self)
        self.contents.itemClicked.connect(self._go)
        self.contents.itemActivated.connect(self._go)
        self.back.clicked.connect(self.view.backward)
        self.forward.clicked.connect(self.view.forward)
        self.view.backwardAvailable.connect(self.back.setEnabled)
        self.view.forwardAvailable.connect(self.forward.setEnabled)
        self.view.sourceChanged.connect(self._follow)
        for keys, slot in (
            (QKeySequence("Alt+Left"), self.view.backward),
            (QKeySequence("Alt+Right"), self.view.forward),
            (QKeySequence("Ctrl+F"), self._to_search),
        ):
            QShortcut(keys, self).activated.connect(slot)
        self.back.setEnabled(False)
        self.forward.setEnabled(False)

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _list(self, typed: str) -> None:
        """List the pages, or where the words that were typed stand."""
        found = find(self.pages, typed)
        entries = [(page.title, page.name) for page in self.pages]
        if typed.strip():
            titles = {page.name: page.title for page in self.pages}
            entries = [
                (
                    "\n".join(dict.fromkeys(filter(None, (titles[one.section.page], one.section.title, one.line)))),
                    one.section.address,
                )
                for one in found
            ]
        self.contents.clear()
        for text, address in entries:
            item = QListWidgetItem(text)
            item.setData(ADDRESS, address)
            self.contents.addItem(item)
        self.nothing.setText(f"The manual does not speak of {typed.strip()!r}.")
        self.nothing.setVisible(not entries)
        self.contents.setVisible(bool(entries))
        self.view.mark(typed.split())
        if typed.strip():
            self.contents.setCurrentRow(0)
        else:
            self._follow(self.view.source())

    def _go(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            name, _, anchor = str(item.data(ADDRESS)).partition("#")
            self.view.open(manual() / name, anchor)

    def _follow(self, source: QUrl) -> None:
        """Mark the page in sight in the contents."""
        if self.search.text().strip():
            return
        for row in range(self.contents.count()):
            if self.contents.item(row).data(ADDRESS) == source.fileName():
                self.contents.setCurrentRow(row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = STEPS.get(Qt.Key(event.key()))
            if step is not None:
                row = min(max(self.contents.currentRow() + step, 0), self.contents.count() - 1)
                self.contents.setCurrentRow(row)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go(self.contents.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)


def open_manual(window: QWidget, address: str = FIRST) -> ManualWindow:
    """Show the manual beside a window, in the one that is open already if there is one."""
    found = next((made for made in window.findChildren(ManualWindow) if made.isVisible()), None)
    shown = found or ManualWindow(window)
    shown.open_at(address)
    return shown
