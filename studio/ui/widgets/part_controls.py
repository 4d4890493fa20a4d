"""Temperature and gain of one layer of the model, or of one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.dream.mixer import PartMix
from studio.errors import SettingsError
from studio.models.parts import Part
from studio.ui.fields import field
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.helped import set_topic
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider

LEAST, WIDEST = 160, 400  # pixels of a slider


class PartControls(QWidget):
    """Shows the mix of one part at a time; `edited` tells its number and what it is turned to.

    A model of one layer has no temperature here: that is the dream's own.
    """

    edited = Signal(int, object)  # PartMix
    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mix = PartMix()
        self.choice = Choice((), name="Layer to mix", tip="Whose temperature and gain are turned")
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(6)
        head.addWidget(dim_label("Layer"))
        head.addWidget(self.choice)
        head.addStretch(1)
        self.temperature = slider("temperature")
        self.gain = slider("gain")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._head)
        line = FlowLayout(gap=16, line_gap=4)
        for part in (self.temperature, self.gain):
            part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            part.setMinimumWidth(LEAST)
            part.setMaximumWidth(WIDEST)
            line.addWidget(part)
        column.addLayout(line)
        self.choice.chosen.connect(self.chosen)
        self.temperature.edited.connect(lambda value: self._tell(temperature=value))
        self.gain.edited.connect(lambda value: self._tell(gain=value))

    @property
    def number(self) -> int:
        """Which part is shown, counted over all of the model."""
        return int(self.choice.key() or 0)

    def offer(self, parts: Sequence[tuple[int, Part]]) -> None:
        """Offer parts by their numbers."""
        self.choice.set_options([(str(number), part.name) for number, part in parts])
        several = len(parts) > 1
        self._head.setVisible(several)
        self.temperature.setVisible(several)
        self.gain.set_label("Layer gain" if several else "Gain of all")

    def show_mix(self, mix: PartMix) -> None:
        """Show the mix of the chosen part without telling it."""
        self._mix = mix
        self.temperature.set_value(mix.temperature)
        self.gain.set_value(mix.gain)

    def _tell(self, **changes: float) -> None:
        try:
            mix = replace(self._mix, **changes)
        except SettingsError:  # typed beyond what can be: the bar says where that ends
            self.show_mix(self._mix)
            return
        self.edited.emit(self.number, mix)


def slider(name: str) -> LabelledSlider:
    info = field(PartMix, name)
    made = LabelledSlider(info.label, info.low, info.high, 1.0, log=info.log, decimals=info.decimals, tip=info.tip)
    set_topic(made, info)
    return made
