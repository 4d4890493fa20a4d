"""What an empty place says and offers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from studio.ui.widgets.labels import dim_label


class EmptyState(QFrame):
    """A sentence and the buttons that would fill the place."""

    def __init__(self, sentence: str, offers: Sequence[QPushButton] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "empty")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 16, 12, 16)
        column.setSpacing(8)
        self._words = dim_label(sentence, wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._words)
        for offer in offers:
            column.addWidget(offer, 0, Qt.AlignmentFlag.AlignHCenter)

    def set_sentence(self, sentence: str) -> None:
        self._words.setText(sentence)

    def sentence(self) -> str:
        return self._words.text()
