"""Between several materials: a place to lean to, or a map that lays them out on the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.dream.settings import Blend, DreamSettings
from studio.ui.fields import field
from studio.ui.widgets.allow import allow
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.helped import set_topic
from studio.ui.widgets.labels import ElidedLabel, dim_label
from studio.ui.widgets.slider import LabelledSlider

WIDEST, LEAST = 260, 60
LAID_OUT = "The materials are laid out by Blend: choose None there to lean everywhere alike."


class LeanControls(QWidget):
    """Shows lean and blend of a DreamSettings; tells the user's changes alone. Hidden while there is one material."""

    lean_edited = Signal(float)
    blend_chosen = Signal(object)  # Blend

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        lean, blend = field(DreamSettings, "lean"), field(DreamSettings, "blend")
        self.slider = LabelledSlider(lean.label, lean.low, lean.high, DreamSettings().lean, tip=lean.tip)
        self.first, self.last = ElidedLabel(), ElidedLabel()
        self.last.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.blend = Choice(blend.choices, name=blend.label, tip=blend.tip)
        set_topic(self.slider, lean)
        set_topic(self.blend, blend)
        leaning, ends = QWidget(), QHBoxLayout()
        ends.setSpacing(8)
        for name in (self.first, self.last):
            name.setProperty("role", "small")
            name.setMinimumWidth(LEAST)
            ends.addWidget(name, 1)
        column = QVBoxLayout(leaning)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self.slider)
        column.addLayout(ends)
        leaning.setMaximumWidth(WIDEST)
        leaning.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = FlowLayout(self, gap=12, line_gap=4)
        for made in (leaning, dim_label(blend.label), self.blend):
            row.addWidget(made)
        self.slider.edited.connect(self.lean_edited)
        self.blend.chosen.connect(lambda key: self.blend_chosen.emit(Blend(key)))
        self.set_materials(())

    def set_materials(self, names: Sequence[str]) -> None:
        """Offer to lean between these materials; nothing while there are fewer than two."""
        self.setVisible(len(names) > 1)
        if len(names) > 1:
            self.slider.set_high(len(names) - 1)
            self.first.setText(names[0])
            self.last.setText(names[-1])

    def set_settings(self, settings: DreamSettings) -> None:
        """Show settings without telling them."""
        self.slider.set_value(settings.lean)
        allow(self.slider, "" if settings.blend is Blend.NONE else LAID_OUT)
        self.blend.set_key(str(settings.blend))
        tip = field(DreamSettings, "blend").tip
        name = Path(settings.blend_picture).name
        self.blend.setToolTip(f"{tip} Now by {name}." if name else tip)
