"""One layer of a convolutional model: three numbers, its place among the others, what it sees and what it takes."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from studio.models.spec import CONV_LIMITS, Layer
from studio.ui.fields_model import CONVOLUTIONAL
from studio.ui.icons import IconButton
from studio.ui.widgets.allow import allow
from studio.ui.widgets.helped import set_topic
from studio.ui.widgets.labels import dim_label

PARTS = ("filters", "side", "block")
SIGHT = (
    "How wide a part of the picture one of its filters sees, the size of its maps before and after pooling, "
    "and the memory that a training step of this layer takes"
)
NUMBER_WIDTH, SPIN_WIDTH, BUTTONS_WIDTH = 12, 40, 72


class LayerRow(QWidget):
    """Shows a layer; `edited` tells the user's changes alone, `moved` by how many places."""

    edited = Signal(object)  # Layer
    removed = Signal()
    moved = Signal(int)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"Layer {number}")
        self.spins = {part: spin(part, number) for part in PARTS}
        self.up = IconButton("up", f"Move layer {number} up", "Change places with the layer above in this list")
        self.down = IconButton("down", f"Move layer {number} down", "Change places with the layer below in this list")
        self.remove = IconButton("close", f"Remove layer {number}", "Take this layer away")
        self.sight = dim_label("", wrap=True, role="small")
        self.sight.setAccessibleName(f"What layer {number} sees")
        self.sight.setToolTip(SIGHT)
        self.error = dim_label("", wrap=True, role="error")
        self.error.hide()
        name = dim_label(str(number))
        name.setFixedWidth(NUMBER_WIDTH)
        line, acting = QHBoxLayout(), QWidget()
        line.setSpacing(4)
        line.addWidget(name)
        for made in self.spins.values():
            line.addWidget(made, 1)
            made.valueChanged.connect(self._edited)
        buttons = QHBoxLayout(acting)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(0)
        for button in (self.up, self.down, self.remove):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            buttons.addWidget(button)
        acting.setFixedWidth(BUTTONS_WIDTH)
        line.addWidget(acting)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(line)
        for words in (self.sight, self.error):
            words.setIndent(NUMBER_WIDTH + 4)
            column.addWidget(words)
        self.up.clicked.connect(lambda: self.moved.emit(-1))
        self.down.clicked.connect(lambda: self.moved.emit(1))
        self.remove.clicked.connect(self.removed)

    def layer(self) -> Layer:
        return Layer(*(self.spins[part].value() for part in PARTS))

    def set_layer(self, layer: Layer, first: bool, last: bool) -> None:
        """Show a layer without telling it, and whether it is the first or the last."""
        for part, made in self.spins.items():
            with QSignalBlocker(made):
                if made.value() != getattr(layer, part):
                    made.setValue(getattr(layer, part))
        allow(self.up, "This is the first layer." if first else "")
        allow(self.down, "This is the last layer." if last else "")
        allow(self.remove, "A model has one layer at least." if first and last else "")

    def say(self, sight: str, error: str) -> None:
        """Show what the layer sees, or why it cannot see."""
        self.sight.setText(sight)
        self.error.setText(error)
        self.error.setVisible(bool(error))

    def _edited(self) -> None:
        self.edited.emit(self.layer())


class QuietSpin(QSpinBox):
    """A number without arrows; the wheel scrolls past it until it has the keyboard."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def spin(part: str, number: int) -> QuietSpin:
    made = QuietSpin()
    low, high = next((low, high) for name, low, high in CONV_LIMITS if name == part)
    made.setRange(round(low), round(high))
    made.setKeyboardTracking(False)
    made.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.setMinimumWidth(SPIN_WIDTH)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    info = next(info for info in CONVOLUTIONAL if info.name == part)
    made.setAccessibleName(f"{info.label} of layer {number}")
    made.setToolTip(info.tip)
    set_topic(made, info)
    return made
