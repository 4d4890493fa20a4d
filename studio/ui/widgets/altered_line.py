"""A line above the canvas that says that the model on it is not as it was learned."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.ui.widgets.buttons import button
from studio.ui.widgets.labels import dim_label


class AlteredLine(QWidget):
    """Shows what is done to the model, with the way back; hidden where nothing is."""

    reset_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = dim_label("")
        self.words.setMinimumWidth(1)
        self.words.setAccessibleName("What is done to the model")
        self.reset_button = button("Reset", "Play the model as it was learned", role="link")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.reset_button)
        self.reset_button.clicked.connect(self.reset_asked)
        self.hide()

    def show_words(self, said: list[str]) -> None:
        """Show what is done; where that is nothing, the line is hidden."""
        text = f"The model is altered: {'; '.join(said)}"
        self.words.setText(text)
        self.words.setToolTip(text)
        self.setVisible(bool(said))
