"""Which keys lead to which action: those of the table, or those the user chose instead."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QKeySequence

from studio.ui.action_info import ActionInfo
from studio.ui.actions import ACTIONS, action

GROUP = "shortcuts"


class ShortcutBook(QObject):
    """`changed` carries the id of an action whose keys are others now."""

    changed = Signal(str)

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        known = {info.id for info in ACTIONS}
        self._chosen = {
            key: QKeySequence(str(settings.value(f"{GROUP}/{key}"))).toString()
            for key in known
            if settings.contains(f"{GROUP}/{key}")
        }

    def keys(self, key: str) -> str:
        """Return the keys of an action, empty where it has none."""
        return self._chosen.get(key, QKeySequence(action(key).shortcut).toString())

    def words(self, key: str) -> str:
        """Return the keys of an action as this system writes them."""
        return QKeySequence(self.keys(key)).toString(QKeySequence.SequenceFormat.NativeText)

    def is_changed(self, key: str) -> bool:
        return key in self._chosen

    def conflict(self, key: str, keys: str) -> ActionInfo | None:
        """Return the other action that has these keys, or begins with them, or they with its own."""
        wanted = QKeySequence(keys)
        if wanted.isEmpty():
            return None
        return next(
            (info for info in ACTIONS if info.id != key and meet(wanted, QKeySequence(self.keys(info.id)))), None
        )

    def choose(self, key: str, keys: str) -> None:
        """Give an action these keys; whoever had them has none from now on."""
        other = self.conflict(key, keys)
        if other is not None:
            self._put(other.id, "")
        self._put(key, QKeySequence(keys).toString())

    def reset(self, key: str) -> None:
        """Give an action the keys of the table again; whoever has them loses them."""
        self.choose(key, action(key).shortcut)

    def reset_all(self) -> None:
        """Give every action the keys of the table again."""
        for key in list(self._chosen):
            del self._chosen[key]
            self._settings.remove(f"{GROUP}/{key}")
            self.changed.emit(key)

    def _put(self, key: str, keys: str) -> None:
        if keys == QKeySequence(action(key).shortcut).toString():
            self._chosen.pop(key, None)
            self._settings.remove(f"{GROUP}/{key}")
        else:
            self._chosen[key] = keys
            self._settings.setValue(f"{GROUP}/{key}", keys)
        self.changed.emit(key)


def meet(first: QKeySequence, second: QKeySequence) -> bool:
    """Tell whether one of two sequences of keys is the other, or its beginning."""
    none = QKeySequence.SequenceMatch.NoMatch
    return not second.isEmpty() and (first.matches(second) is not none or second.matches(first) is not none)
