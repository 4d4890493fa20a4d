"""What of a seamless dream is saved: one tile or a sheet of copies, with how many bits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from studio.session.answers import Bits
from studio.ui.widgets.buttons import Segments, button
from studio.ui.widgets.canvas_controls import Size, words_of
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider

MOST = 8
DEPTHS = (
    ("8", "8 bit", "256 levels a channel, which every program opens"),
    ("16", "16 bit", "65 536 levels a channel, for height maps and for colours that will be turned further"),
)
KINDS = (
    ("tile", "One tile", "The dream exactly as large as its canvas"),
    ("sheet", "Sheet of copies", "Copies side by side, to be looked at or printed"),
)


class ExportDialog(QDialog):
    """Asks how to save; `chosen` carries bits, columns and rows."""

    chosen = Signal(int, int, int)

    def __init__(self, size: Size, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self.setWindowTitle("Export the dream")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.kind = Segments(KINDS, role="small", name="What is saved")
        self.bits = Segments(DEPTHS, role="small", name="Bits a channel")
        self.columns, self.rows = slider("Columns"), slider("Rows")
        self.sheet = QWidget()
        self.words = dim_label("")
        self.save = button("Export...", "Choose a file and save the picture in it", role="accent")
        self.save.setDefault(True)
        self.cancel = button("Cancel", "Save nothing")
        self.kind.set_key("tile")
        self.bits.set_key("8")
        self._lay_out()
        self.kind.chosen.connect(self._tell)
        self.columns.edited.connect(self._tell)
        self.rows.edited.connect(self._tell)
        self.save.clicked.connect(self._finish)
        self.cancel.clicked.connect(self.reject)
        self._tell()

    @property
    def copies(self) -> tuple[int, int]:
        """Columns and rows that will be saved."""
        if self.kind.key() != "sheet":
            return 1, 1
        return max(1, round(self.columns.value())), max(1, round(self.rows.value()))

    def _lay_out(self) -> None:
        pair = QHBoxLayout(self.sheet)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(20)
        pair.addWidget(self.columns)
        pair.addWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(14)
        heading = Heading("PNG picture")
        heading.add(self.words)
        column.addWidget(heading)
        column.addLayout(row(dim_label("Save"), self.kind))
        column.addWidget(self.sheet)
        column.addLayout(row(dim_label("Depth"), self.bits))
        column.addWidget(dim_label("The recipe of the dream is saved in it, and its seam is measured.", role="small"))
        column.addLayout(row(None, self.cancel, self.save))
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)

    def _tell(self, _changed: object = None) -> None:
        self.sheet.setEnabled(self.kind.key() == "sheet")
        across, down = self.copies
        self.words.setText(f"{words_of((self._size[0] * across, self._size[1] * down))} px")

    def _finish(self) -> None:
        self.accept()
        self.chosen.emit(int(self.bits.key()), *self.copies)


def slider(name: str) -> LabelledSlider:
    return LabelledSlider(name, 1, MOST, 3, whole=True, tip=f"{name} of copies.")


def row(first: QWidget | None, *others: QWidget) -> QHBoxLayout:
    """Return a row with its first part at the left and the others at the right."""
    made = QHBoxLayout()
    made.setSpacing(8)
    if first is not None:
        made.addWidget(first)
    made.addStretch(1)
    for other in others:
        made.addWidget(other)
    return made


def depth(bits: int) -> Bits:
    """Return a number of bits as what a picture can have."""
    return 16 if bits == 16 else 8
