"""A slider as the whole window uses it: name left, value and unit right, the bar below."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.errors import SettingsError
from studio.ui import numbers
from studio.ui.percent import Scale
from studio.ui.widgets.helped import Helped
from studio.ui.widgets.track import Track
from studio.ui.widgets.value_edit import ValueEdit

POSITIONS = 1000


class LabelledSlider(Helped):
    """A number between `low` and `high`; typed values may leave that range, `edited` tells the user's changes alone.

    `unclear` carries a sentence where it cannot be told which number was typed, and nothing once it can.
    `lowest` is a word for what `low` stands for. `decimals` None shows two significant figures; `log` spaces the bar by
    ratios; `whole` keeps integers. A double click on bar or name brings back
    `default`.
    """

    edited = Signal(float)
    unclear = Signal(str)

    def __init__(
        self,
        label: str,
        low: float,
        high: float,
        value: float,
        *,
        default: float | None = None,
        unit: str = "",
        decimals: int | None = 2,
        log: bool = False,
        whole: bool = False,
        tip: str = "",
        lowest: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._log, self._whole = low, high, log, whole
        self._unit, self._decimals = unit, 0 if whole else decimals
        self._lowest = lowest
        self._doubtful = False
        self._default = value if default is None else default
        self._value = value
        self._label = QLabel(label)
        self._label.setProperty("role", "dim")
        self._number = ValueEdit()
        self._track = Track()
        direct = self._direct = whole and not log and high - low <= POSITIONS
        self._track.setRange(0, round(high - low) if direct else POSITIONS)
        self._track.setSingleStep(1 if direct else POSITIONS // 100)
        self._track.setPageStep(max(1, self._track.maximum() // 10))
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(8)
        top.addWidget(self._label, 1)
        top.addWidget(self._number, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(top)
        column.addWidget(self._track)
        self.setFocusProxy(self._track)
        self._number.after = self._track
        self.set_label(label)
        self.set_tip(tip)
        self._show()
        self._track.valueChanged.connect(self._moved)
        self._track.reset_asked.connect(self.reset)
        self._number.typed.connect(self._typed)

    def name_label(self) -> QLabel:
        return self._label

    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Show another value without telling it as an edit."""
        if value != self._value:
            self._value = value
            self._show()

    def set_high(self, high: float) -> None:
        """Let the bar end elsewhere."""
        if high != self._high:
            self._high = high
            if self._direct:
                self._track.blockSignals(True)
                self._track.setRange(0, round(high - self._low))
                self._track.blockSignals(False)
            self._show()

    def set_default(self, value: float) -> None:
        if value != self._default:
            self._default = value
            self.set_tip(self._tip)

    def set_label(self, text: str) -> None:
        self._label.setText(text)
        self._track.setAccessibleName(text)
        self._number.setAccessibleName(f"{text}, value")
        self.setAccessibleName(text)

    def set_tip(self, tip: str) -> None:
        self._tip = tip
        text = f"{tip} Double click brings back {self._text(self._default)}.".strip()
        for widget in (self, self._label, self._number, self._track):
            widget.setToolTip(text)

    def reset(self) -> None:
        """Bring back the default."""
        self._set_by_user(self._default)

    def _text(self, value: float) -> str:
        if self._lowest and value == self._low:
            return self._lowest
        return numbers.show(value, self._decimals, self._unit)

    def _show(self) -> None:
        self._number.set_text(self._text(self._value))
        self._track.blockSignals(True)
        self._track.setValue(self._position(self._value))
        self._track.blockSignals(False)
        self._track.update()

    def _position(self, value: float) -> int:
        inside = min(self._high, max(self._low, value))
        if self._log:
            share = math.log(inside / self._low) / math.log(self._high / self._low)
        else:
            share = (inside - self._low) / (self._high - self._low) if self._high > self._low else 0.0
        return round(share * self._track.maximum())

    def _value_at(self, position: int) -> float:
        share = position / max(1, self._track.maximum())
        if self._log:
            value = self._low * math.exp(share * math.log(self._high / self._low))
        else:
            value = self._low + share * (self._high - self._low)
        if self._whole:
            return float(round(value))
        places = self._decimals if self._decimals is not None else numbers.significant(value) + 1
        return round(value, places)

    def _moved(self, position: int) -> None:
        self._set_by_user(self._value_at(position))

    def _typed(self, text: str) -> None:
        try:
            value = Scale(self._low, self._high, self._unit, self._decimals).read(text)
        except SettingsError as error:
            self._show()
            self._doubtful = True
            self.unclear.emit(str(error))
            return
        if self._doubtful:
            self._doubtful = False
            self.unclear.emit("")
        if value is None:
            self._show()
        else:
            self._set_by_user(float(round(value)) if self._whole else value)

    def _set_by_user(self, value: float) -> None:
        changed = value != self._value
        self._value = value
        self._show()
        if changed:
            self.edited.emit(value)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset()
