"""The seed of a dream: typed, drawn anew, or locked."""

from __future__ import annotations

import secrets

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from studio.ui.widgets.allow import allow
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.transport import Sign, SignButton
from studio.ui.widgets.value_edit import ValueEdit

SHORT = 1_000_000  # new seeds have six figures, so that one can be read out


class SeedField(QWidget):
    """Shows a seed; `edited` tells the user's new one. A typed seed is locked, since somebody wants exactly that."""

    edited = Signal(object)  # int, beyond what Signal(int) carries

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seed = 0
        self._number = ValueEdit()
        self._number.setAccessibleName("Seed")
        self._number.setToolTip("The same seed draws the same dream")
        self._number.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{1,19}"), self))
        self.new_button = SignButton(Sign.DICE, "New seed", "Draw a new seed and start over", side=26)
        self.lock_button = SignButton(Sign.UNLOCK, "Lock the seed", "Keep this seed when starting over", side=26)
        self.lock_button.setCheckable(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(dim_label("Seed"))
        row.addWidget(self._number)
        row.addWidget(self.new_button)
        row.addWidget(self.lock_button)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._number.typed.connect(self._typed)
        self.new_button.clicked.connect(self.draw)
        self.lock_button.toggled.connect(self._lock)
        self._number.set_text("0")

    @property
    def number(self) -> ValueEdit:
        return self._number

    @property
    def locked(self) -> bool:
        return self.lock_button.isChecked()

    def set_seed(self, seed: int) -> None:
        """Show a seed without telling it."""
        self._seed = seed
        self._number.set_text(str(seed))

    def fresh(self) -> int:
        """Return the seed of the next start: this one when locked, else a new one."""
        if self.locked:
            return self._seed
        seed = secrets.randbelow(SHORT)
        return seed if seed != self._seed else (seed + 1) % SHORT

    def draw(self) -> None:
        """Tell a new seed, unless this one is locked."""
        if not self.locked:
            self.edited.emit(self.fresh())

    def _typed(self, text: str) -> None:
        self.lock_button.setChecked(True)
        self.edited.emit(int(text))

    def _lock(self, locked: bool) -> None:
        allow(self.new_button, "The seed is locked: unlock it to draw another." if locked else "")
        if locked:
            self.lock_button.set_sign(Sign.LOCK, "Unlock the seed", "Start over with a new seed each time")
        else:
            self.lock_button.set_sign(Sign.UNLOCK, "Lock the seed", "Keep this seed when starting over")
