"""Buttons: the big one, quiet ones, links, and segments of one choice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QSizePolicy, QWidget


def button(text: str, tip: str, *, role: str = "", parent: QWidget | None = None) -> QPushButton:
    """Return a flat button with an accessible name; roles: accent, link, quiet, or none."""
    made = QPushButton(text, parent)
    if role:
        made.setProperty("role", role)
    made.setToolTip(tip)
    made.setAccessibleName(text)
    made.setAutoDefault(False)
    if role in ("link", "quiet"):
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return made


def answers(take: QPushButton, *others: QPushButton) -> None:
    """Let Enter press `take` in a dialog, and each of the others while it has the keyboard."""
    for other in others:
        other.setAutoDefault(True)
    take.setAutoDefault(True)
    take.setDefault(True)


class BigButton(QPushButton):
    """The one accent button of a panel."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "accent")
        self.setMinimumHeight(40)
        self.setAutoDefault(False)

    def set_words(self, text: str, tip: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(tip)

    def set_waiting(self, waiting: bool) -> None:
        """Look as if disabled, and keep the focus, which Qt would give to what comes next."""
        if waiting != bool(self.property("waiting")):
            self.setProperty("waiting", waiting)
            self.style().polish(self)


class Segments(QWidget):
    """One choice out of a few, as joined buttons; `chosen` tells the user's choice alone."""

    chosen = Signal(str)

    def __init__(
        self,
        options: Sequence[tuple[str, str, str]],  # key, text, tip
        *,
        columns: int = 0,
        role: str = "segment",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._keys = [key for key, _, _ in options]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        wide = columns or len(options)
        for index, (_, text, tip) in enumerate(options):
            made = button(text, tip, role=role)
            made.setCheckable(True)
            self._group.addButton(made, index)
            grid.addWidget(made, index // wide, index % wide)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        self._group.idClicked.connect(self._clicked)

    def key(self) -> str:
        index = self._group.checkedId()
        return self._keys[index] if index >= 0 else ""

    def set_key(self, key: str) -> None:
        """Show a choice without telling it; the keyboard comes to it, and moves with it where it was on another."""
        if key not in self._keys:
            return
        made = self.button(key)
        made.setChecked(True)
        # Qt leaves the tabulator's stop, and a ring that looks like a choice, where the keyboard was last
        for other in self._group.buttons():
            other.setFocusPolicy(Qt.FocusPolicy.StrongFocus if other is made else Qt.FocusPolicy.ClickFocus)
        if any(other.hasFocus() for other in self._group.buttons()):
            made.setFocus()

    def offer(self, keys: Sequence[str]) -> None:
        """Show these choices alone."""
        for index, key in enumerate(self._keys):
            self._group.button(index).setVisible(key in keys)

    def button(self, key: str) -> QPushButton:
        found = self._group.button(self._keys.index(key))
        assert isinstance(found, QPushButton)
        return found

    def _clicked(self, index: int) -> None:
        self.chosen.emit(self._keys[index])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        index = (self._group.checkedId() + step) % len(self._keys)
        while self._group.button(index).isHidden():
            index = (index + step) % len(self._keys)
        self._group.button(index).setFocus()
        self._group.button(index).click()
