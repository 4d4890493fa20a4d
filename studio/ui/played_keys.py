"""The digits as keys of an instrument: what a menu's shortcut cannot do, since it knows no release."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from studio.ui.widgets.key_row import KEYS, KeyRow

DIGITS = {Qt.Key(Qt.Key.Key_1 + number): number for number in range(KEYS)}


class PlayedKeys(QObject):
    """Plays a row of keys with the digits 1 to 8 where no field takes them; leaving the window lets go of all."""

    def __init__(self, window: QWidget, row: KeyRow) -> None:
        super().__init__(window)
        self._row = row
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate:
            self._row.release_all()
        elif kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and isinstance(event, QKeyEvent):
            return self._take(event, kind == QEvent.Type.KeyPress)
        return super().eventFilter(watched, event)

    def _take(self, event: QKeyEvent, pressed: bool) -> bool:
        number = DIGITS.get(Qt.Key(event.key()))
        if number is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.isAutoRepeat():
            return True
        if pressed:
            return self._row.press(number)
        self._row.release(number)
        return True
