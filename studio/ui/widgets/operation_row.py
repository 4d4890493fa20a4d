"""One thing that is done to the model: what it is, how much of it, and away with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.widgets.buttons import button
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider

AMOUNT_TIP = "How much of it: 0 is nothing, 1 all there is."
SHARE_TIP = "How far to go over: 0 is this model, 1 the other."


class OperationRow(QWidget):
    """A name with its controls; `turned` tells the amount, `drawn_anew` asks for another seed."""

    turned = Signal(float)
    drawn_anew = Signal()
    removed = Signal()

    def __init__(self, words: str, amount: float | None, *, seeded: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seeded = seeded
        self.title = dim_label(words, wrap=True)
        self.remove_button = button("Remove", f"Take this away: {words}", role="link")
        self.anew_button = button("New seed", "The same with other random numbers", role="link")
        self.anew_button.setVisible(seeded)
        self.slider: LabelledSlider | None = None
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(4)
        head.addWidget(self.title, 1)
        head.addWidget(self.anew_button)
        head.addWidget(self.remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        if amount is not None:
            self.slider = LabelledSlider("Amount", 0, 1, amount, default=0.0, tip=AMOUNT_TIP)
            self.slider.edited.connect(self.turned)
            column.addWidget(self.slider)
        self.anew_button.clicked.connect(self.drawn_anew)
        self.remove_button.clicked.connect(self.removed)

    @property
    def shape(self) -> tuple[bool, bool]:
        """Whether it has an amount and a seed: rows of one shape may show each other's operations."""
        return self.slider is not None, self._seeded

    def show_operation(self, words: str, amount: float | None) -> None:
        """Show another amount or name without telling it."""
        self.title.setText(words)
        self.remove_button.setToolTip(f"Take this away: {words}")
        if self.slider is not None and amount is not None:
            self.slider.set_value(amount)


class FadeRow(QWidget):
    """How far the model goes over to another, and in which way."""

    turned = Signal(float)
    way_chosen = Signal(str)
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = dim_label("", wrap=True)
        self.way = Choice(
            (("weights", "of weights"), ("energies", "of energies")),
            name="Way of the fade",
            tip="Weights between those of both models, or both models at once, each with its share of the energy",
        )
        self.remove_button = button("Remove", "Play this model alone again", role="link")
        self.slider = LabelledSlider("Share of the other", 0, 1, 0.0, tip=SHARE_TIP)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(4)
        head.addWidget(self.title, 1)
        head.addWidget(self.way)
        head.addWidget(self.remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.slider)
        self.slider.edited.connect(self.turned)
        self.way.chosen.connect(self.way_chosen)
        self.remove_button.clicked.connect(self.removed)

    def show_fade(self, name: str, share: float, way: str) -> None:
        """Show a fade without telling it."""
        self.title.setText(f"Fade to {name}")
        self.slider.set_value(share)
        self.way.set_key(way)
