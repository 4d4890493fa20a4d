"""The layers of a convolutional model, the one that sees pixels first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.models.spec import MOST_LAYERS, ConvSpec, Layer, Shape
from studio.ui import numbers
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import button
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.layer_row import BUTTONS_WIDTH, NUMBER_WIDTH, LayerRow

FURTHER = Layer(40, 6, 2)  # what a layer begins as
HEADS = ("filters", "side", "block")
Load = tuple[int, int]  # pictures and kept chains of a training step


class LayerList(QWidget):
    """Shows the layers of a ConvSpec over pictures of some shape; `edited` carries the spec that the user makes.

    `load` is what a training step takes in hand.
    """

    edited = Signal(object)

    def __init__(self, spec: ConvSpec, shape: Shape, load: Load, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Layers")
        self._spec, self._shape, self._load = spec, shape, load
        self.rows: list[LayerRow] = []
        self.add = button("Add layer", "A further layer, over what the last one found in each block", role="link")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        heads = QHBoxLayout()
        heads.setSpacing(4)
        heads.addSpacing(NUMBER_WIDTH + 4)
        for words in HEADS:
            heads.addWidget(dim_label(words, role="small"), 1)
        heads.addSpacing(BUTTONS_WIDTH + 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(heads)
        column.addLayout(self._rows)
        column.addWidget(self.add)
        self.add.clicked.connect(self._add)
        self._show()

    def set_value(self, spec: ConvSpec, shape: Shape, load: Load) -> None:
        """Show the layers of another spec, over other pictures or with other steps, without telling them."""
        if (spec, shape, load) != (self._spec, self._shape, self._load):
            self._spec, self._shape, self._load = spec, shape, load
            self._show()

    def _show(self) -> None:
        layers = self._spec.layers
        while len(self.rows) < len(layers):
            self._grow()
        while len(self.rows) > len(layers):
            row = self.rows.pop()
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        sights = seen_by(self._spec, self._shape, self._load)
        for place, (row, layer, (sight, error)) in enumerate(zip(self.rows, layers, sights, strict=True)):
            row.set_layer(layer, place == 0, place == len(layers) - 1)
            row.say(sight, error)
        allow(self.add, "" if len(layers) < MOST_LAYERS else f"A model has {MOST_LAYERS} layers at most.")
        self._order_tabs()

    def _order_tabs(self) -> None:
        # rows come and go, and Qt would put the newest after all else in the window
        stops = [stop for row in self.rows for stop in (*row.spins.values(), row.up, row.down, row.remove)]
        for before, after in pairwise([*stops, self.add]):
            QWidget.setTabOrder(before, after)

    def _grow(self) -> None:
        place = len(self.rows)
        row = LayerRow(place + 1)
        row.edited.connect(lambda layer: self._put(place, layer))
        row.removed.connect(lambda: self._remove(place))
        row.moved.connect(lambda step: self._move(place, step))
        self.rows.append(row)
        self._rows.addWidget(row)
        row.show()  # at once, so that it can take the keyboard

    def _put(self, place: int, layer: Layer) -> None:
        layers = list(self._spec.layers)
        layers[place] = layer
        self._tell(layers)

    def _add(self) -> None:
        self._tell([*self._spec.layers, FURTHER])
        self.rows[-1].spins["filters"].setFocus()

    def _remove(self, place: int) -> None:
        layers = list(self._spec.layers)
        del layers[place]
        self._tell(layers)
        self.rows[min(place, len(self.rows) - 1)].spins["filters"].setFocus()

    def _move(self, place: int, step: int) -> None:
        layers = list(self._spec.layers)
        layers.insert(place + step, layers.pop(place))
        self._tell(layers)
        row = self.rows[place + step]
        used, other = (row.up, row.down) if step < 0 else (row.down, row.up)
        (used if used.isEnabled() else other).setFocus()

    def _tell(self, layers: Sequence[Layer]) -> None:
        self._spec = self._spec.with_layers(layers)
        self._show()
        self.edited.emit(self._spec)


def seen_by(spec: ConvSpec, shape: Shape, load: Load) -> list[tuple[str, str]]:
    """Return what each layer sees and takes, and of the first whose filters do not fit, why, in a sentence."""
    found: list[tuple[str, str]] = []
    for field, (layer, seen) in zip(spec.fields, spec.each(shape), strict=True):
        sight = f"sees {field} px"
        if any(error for _, error in found):
            found.append((sight, ""))
        elif min(seen[1:]) < layer.side:
            found.append((sight, misfit(layer.side, seen, len(found))))
        else:
            held = numbers.size(layer.step_bytes(seen, *load))
            found.append((", ".join(unbroken(sight, f"maps {map_words(layer, seen)}", f"{held} a step")), ""))
    return found


def unbroken(*parts: str) -> tuple[str, ...]:
    """Return words that a line that is too short for all is broken between, not within."""
    return tuple(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts)


def misfit(side: int, seen: Shape, below: int) -> str:
    if below == 0:
        return f"Filters of {side} px do not fit into pictures of {seen[2]} x {seen[1]} px."
    return f"Filters of {side} x {side} do not fit into the {seen[1]} x {seen[2]} maps of layer {below}."


def map_words(layer: ConvSpec, seen: Shape) -> str:
    rows, columns = layer.map_size(seen)
    detected = f"{rows} x {columns}"
    return detected if layer.block == 1 else f"{detected} to {rows // layer.block} x {columns // layer.block}"
