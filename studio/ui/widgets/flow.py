"""A layout that fills lines like words do, so that a control strip survives a narrow column."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Places items left to right and wraps; items that expand share what a line leaves over.

    An item after `push()` starts a right-hand group, which goes to the next line as a whole where that has room for it.
    """

    def __init__(self, parent: QWidget | None = None, *, gap: int = 8, line_gap: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self._line_gap = line_gap
        self._push_before: int | None = None
        self._turn_before: int | None = None
        self._heights: dict[int, int] = {}  # by width: Qt asks dozens of times for what has not changed
        self.setContentsMargins(0, 0, 0, 0)

    def push(self) -> None:
        """Push what is added from here on to the right edge of its line."""
        self._push_before = len(self._items)
        self.invalidate()

    def turn(self) -> None:
        """Let what is added from here on begin the second line, behind what the first had no room for."""
        self._turn_before = len(self._items)
        self.invalidate()

    def arrange(self, width: int, place: bool) -> int:
        """Lay the items out in lines of `width` and return the height used."""
        margins = self.contentsMargins()
        inner = max(1, width - margins.left() - margins.right())
        line: list[tuple[int, QLayoutItem, QSize]] = []
        used, y = 0, margins.top()
        turn = self._turn_before
        for index, item in enumerate(self._items):
            if item.isEmpty():
                continue
            size = self._asked(item, inner)
            wide = size.width()
            if self._begins_group(index, line):
                group = self._group_width(inner)
                wide = group if group <= inner else wide
            turns = turn is not None and index >= turn and y == margins.top()
            if line and (turns or used + self._gap + wide > inner):
                y += self._finish(line, y, inner, place) + self._line_gap
                line, used = [], 0
            used += size.width() + (self._gap if line else 0)
            line.append((index, item, size))
        if line:
            y += self._finish(line, y, inner, place)
        return y + margins.bottom()

    def _asked(self, item: QLayoutItem, inner: int) -> QSize:
        """Return the least size of an item on a line."""
        size = item.sizeHint().expandedTo(item.minimumSize())
        if item.expandingDirections() & Qt.Orientation.Horizontal:
            size.setWidth(item.minimumSize().width())
        size.setWidth(min(size.width(), inner))
        return size

    def _begins_group(self, index: int, line: list[tuple[int, QLayoutItem, QSize]]) -> bool:
        push = self._push_before
        return push is not None and index >= push and bool(line) and line[-1][0] < push

    def _group_width(self, inner: int) -> int:
        widths = [self._asked(item, inner).width() for item in self._items[self._push_before :] if not item.isEmpty()]
        return sum(widths) + self._gap * (len(widths) - 1)

    def _finish(self, line: list[tuple[int, QLayoutItem, QSize]], y: int, inner: int, place: bool) -> int:
        height = max(size.height() for _, _, size in line)
        if not place:
            return height
        spare = inner - sum(size.width() for _, _, size in line) - self._gap * (len(line) - 1)
        growing = [index for index, item, _ in line if item.expandingDirections() & Qt.Orientation.Horizontal]
        pushed = self._pushed([index for index, _, _ in line])
        x, top = self.geometry().x() + self.contentsMargins().left(), self.geometry().y() + y
        for index, item, size in line:
            width = size.width()
            if growing and index in growing:
                width += spare // len(growing)
                width = min(width, item.maximumSize().width())
            elif not growing and index == pushed:
                x += spare
            item.setGeometry(QRect(x, top + (height - size.height()) // 2, width, size.height()))
            x += width + self._gap
        return height

    def _pushed(self, line: list[int]) -> int | None:
        """Return the first item in sight of the right-hand group, on the line where that group begins."""
        push = self._push_before
        shown = [index for index, item in enumerate(self._items) if not item.isEmpty()]
        first = next((index for index in shown if push is not None and index >= push), None)
        if push is None or first not in line:
            return None
        return next((index for index in line if index >= push), None)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        self.invalidate()
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self.arrange(width, place=False)
        return self._heights[width]

    def invalidate(self) -> None:
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self.arrange(rect.width(), place=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        margins = self.contentsMargins()
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        width = max((size.width() for size in sizes), default=0)
        height = max((size.height() for size in sizes), default=0)
        return QSize(width + margins.left() + margins.right(), height + margins.top() + margins.bottom())
