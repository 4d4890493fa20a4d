"""Snapshots in a row, the newest last, to be scrolled sideways."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QSizePolicy, QWidget

from studio.dream.snapshot import Snapshot
from studio.ui.widgets.snapshot_button import SIDE, WORDS, SnapshotButton

BAR = 8


class SnapshotStrip(QScrollArea):
    """Shows Snapshots and tells what is asked of them, by number; knows nothing of the session."""

    rewind_asked = Signal(int)
    name_asked = Signal(int)
    lock_asked = Signal(int, bool)
    compare_asked = Signal(int)
    file_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[int, SnapshotButton] = {}
        self._inside = QWidget()
        self._row = QHBoxLayout(self._inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addStretch(1)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(SIDE + WORDS + BAR)
        self.setAccessibleName("Snapshots")
        self._newest_wanted = False
        bar = self.horizontalScrollBar()
        bar.rangeChanged.connect(self._show_newest)  # a button that was added takes its room only later
        bar.valueChanged.connect(self._look_elsewhere)

    @property
    def numbers(self) -> list[int]:
        """The snapshots shown, from left to right."""
        return list(self._buttons)

    def button(self, number: int) -> SnapshotButton:
        return self._buttons[number]

    def set_snapshots(self, snapshots: Sequence[Snapshot]) -> None:
        """Show these snapshots, oldest first; those already shown keep their place."""
        wanted = {snapshot.number: snapshot for snapshot in snapshots}
        for number in [number for number in self._buttons if number not in wanted]:
            gone = self._buttons.pop(number)
            self._row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for number, snapshot in wanted.items():
            if number in self._buttons:
                if self._buttons[number].snapshot is not snapshot:
                    self._buttons[number].set_snapshot(snapshot)
            else:
                self._add(snapshot)
        # One stop for the tabulator, however many there are; the arrow keys walk among them.
        for number, made in self._buttons.items():
            newest = number == max(self._buttons)
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if newest else Qt.FocusPolicy.ClickFocus)

    def set_current(self, number: int) -> None:
        """Frame the one that the dream comes from, 0 for none."""
        for own, made in self._buttons.items():
            made.set_current(own == number)

    def give_file(self, number: int, path: Path) -> None:
        """Let the file of a snapshot be dragged."""
        if number in self._buttons:
            self._buttons[number].give_file(path)

    def _add(self, snapshot: Snapshot) -> None:
        number = snapshot.number
        made = SnapshotButton(snapshot)
        made.clicked.connect(lambda: self.rewind_asked.emit(number))
        made.name_asked.connect(lambda: self.name_asked.emit(number))
        made.file_asked.connect(lambda: self.file_asked.emit(number))
        made.step_asked.connect(lambda by: self._walk(number, by))
        made.menu_asked.connect(lambda at: self._open_menu(number, at))
        self._buttons[number] = made
        self._row.insertWidget(len(self._buttons) - 1, made)
        # nothing moves under the hand
        self._newest_wanted = not any(other.underMouse() for other in self._buttons.values())

    def _walk(self, number: int, by: int) -> None:
        numbers = self.numbers
        place = numbers.index(number) + by
        if 0 <= place < len(numbers):
            made = self._buttons[numbers[place]]
            made.setFocus()
            self.ensureWidgetVisible(made, 0, 0)

    def _show_newest(self) -> None:
        bar = self.horizontalScrollBar()
        if self._newest_wanted:
            bar.setValue(bar.maximum())

    def _look_elsewhere(self, value: int) -> None:
        self._newest_wanted = self._newest_wanted and value == self.horizontalScrollBar().maximum()

    def _open_menu(self, number: int, at: QPoint) -> None:
        locked = self._buttons[number].snapshot.locked
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction("Go back to it", lambda: self.rewind_asked.emit(number))
        menu.addAction("Name...", lambda: self.name_asked.emit(number))
        menu.addAction("Unlock" if locked else "Lock", lambda: self.lock_asked.emit(number, not locked))
        menu.addAction("Compare with the dream", lambda: self.compare_asked.emit(number))
        menu.popup(at)

    def sizeHint(self) -> QSize:
        return QSize(200, SIDE + WORDS + BAR)

    def minimumSizeHint(self) -> QSize:
        return QSize(SIDE, SIDE + WORDS + BAR)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().x() or event.angleDelta().y()
        bar = self.horizontalScrollBar()
        before = bar.value()
        bar.setValue(before - round(turn / 2))
        event.setAccepted(bar.value() != before)  # at either end the column goes on scrolling
