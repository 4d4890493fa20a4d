"""A quiet drop-down of keys and words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from studio.ui.widgets.combo import ARROW, QuietCombo

LIST_MARGIN = 40  # of the words in the open list, on both sides together


class Choice(QuietCombo):
    """One key out of a few, as wide as the chosen word; `chosen` tells the user's choice alone."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str]], *, name: str, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(name, tip or name, parent)
        for key, text in options:
            self.addItem(text, key)
        self.activated.connect(self._tell)
        self.currentIndexChanged.connect(self.updateGeometry)

    def key(self) -> str:
        return str(self.currentData() or "")

    def keys(self) -> list[str]:
        return [str(self.itemData(index)) for index in range(self.count())]

    def set_key(self, key: str) -> None:
        """Show a choice without telling it; an unknown key is left out."""
        index = self.findData(key)
        if index >= 0:
            self.setCurrentIndex(index)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer other choices, keeping the current one where it is still there."""
        if [key for key, _ in options] == self.keys():
            return
        key = self.key()
        self.clear()
        for option, text in options:
            self.addItem(text, option)
        self.set_key(key)

    def _tell(self) -> None:
        self.chosen.emit(self.key())

    def showPopup(self) -> None:
        """Open the list as wide as its longest words, which may be wider than the chosen one."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(self.itemText(index)) for index in range(self.count())), default=0)
        self.view().setMinimumWidth(widest + LIST_MARGIN)
        super().showPopup()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.currentText()) + ARROW + 12, metrics.height() + 8)
