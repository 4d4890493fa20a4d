"""Sliders along the directions in which codes differ most."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.ui.widgets.slider import LabelledSlider

MOST = 6
REACH = 3.0  # deviations on either side


class CodeDirections(QWidget):
    """One slider for each direction, the strongest first; `edited` tells all their values."""

    edited = Signal(object)  # tuple[float, ...]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders = [
            LabelledSlider(
                f"Direction {number}",
                -REACH,
                REACH,
                0.0,
                tip=f"Moves the code along its {place} direction, in deviations from the mean.",
            )
            for number, place in enumerate(("strongest", "second", "third", "fourth", "fifth", "sixth"), 1)
        ]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._columns = 0
        self.set_columns(1)
        for slider in self.sliders:
            slider.edited.connect(self._edited)
        self.setAccessibleName("Directions of the codes")

    def set_columns(self, columns: int) -> None:
        """Lay the sliders out in one column or two."""
        if columns != self._columns:
            self._columns = columns
            for number, slider in enumerate(self.sliders):
                self._grid.addWidget(slider, number // columns, number % columns)

    def set_steps(self, steps: Sequence[float]) -> None:
        """Show these values, one for each direction there is."""
        for number, slider in enumerate(self.sliders):
            slider.setVisible(number < len(steps))
            if number < len(steps):
                slider.set_value(steps[number])

    def steps(self) -> tuple[float, ...]:
        return tuple(slider.value() for slider in self.sliders if not slider.isHidden())

    def _edited(self) -> None:
        self.edited.emit(self.steps())
