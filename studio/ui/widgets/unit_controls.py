"""What one filter or hidden unit, or several at once, take part in the dream with."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from studio.dream.mixer import LOUDEST
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import button
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider

SWITCHES = (
    ("muted", "Mute", "These filters do not draw, from the next sweep on"),
    ("solo", "Solo", "Of their layer these filters alone draw"),
    ("held", "Hold on", "These filters fire in every sweep, everywhere"),
)


LEAST, WIDEST = 160, 400  # pixels of the switches, and of the gain


class UnitControls(QWidget):
    """Switches and a gain for whatever units are chosen; knows nothing of them but what it is shown."""

    switched = Signal(str, bool)  # muted, solo or held
    gain_edited = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = dim_label("", wrap=True)
        self.switches: dict[str, QPushButton] = {}
        together = QWidget()
        row = QHBoxLayout(together)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for key, text, tip in SWITCHES:
            made = button(text, tip, role="small")
            made.setCheckable(True)
            made.clicked.connect(lambda on, key=key: self.switched.emit(key, on))
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self.switches[key] = made
            row.addWidget(made)
        self.gain = LabelledSlider(
            "Gain", 0, LOUDEST, 1.0, tip="How strongly these filters draw; at 0 they are silent."
        )
        self.gain.edited.connect(self.gain_edited)
        self.reason = dim_label("", wrap=True, role="small")
        self.reason.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        line = FlowLayout(gap=16, line_gap=4)  # one line where the panel is wide
        for part in (together, self.gain):
            part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            part.setMinimumWidth(LEAST)
            part.setMaximumWidth(WIDEST)
            line.addWidget(part)
        column.addLayout(line)
        column.addWidget(self.reason)

    def show_units(self, title: str, muted: bool, solo: bool, held: bool, gain: float, several: bool) -> None:
        """Show how the chosen units are mixed, without telling it."""
        self.title.setText(title)
        self.title.setVisible(several)  # of one the line above speaks
        for key, on in (("muted", muted), ("solo", solo), ("held", held)):
            self.switches[key].setChecked(on)
        self.gain.set_value(gain)

    def refuse(self, reason: str) -> None:
        """Say why these units cannot be played; an empty reason lets them be."""
        for part in (*self.switches.values(), self.gain):
            allow(part, reason)
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
