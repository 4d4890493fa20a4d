"""What of a seamless dream is saved: one tile or a sheet of copies, with how many bits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from studio.session.answers import Bits
from studio.ui.widgets.buttons import Segments, button
from studio.ui.widgets.canvas_controls import Size, words_of
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label

MOST = 16
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
        self.columns, self.rows = copies("Columns"), copies("Rows")
        self.sheet = QWidget()
        self.words = dim_label("", wrap=True)
        self.save = button("Export...", "Choose a file and save the picture in it", role="accent")
        self.save.setDefault(True)
        self.cancel = button("Cancel", "Save nothing")
        self.kind.set_key("tile")
        self.bits.set_key("8")
        self._lay_out()
        self.kind.chosen.connect(self._tell)
        self.columns.valueChanged.connect(self._tell)
        self.rows.valueChanged.connect(self._tell)
        self.save.clicked.connect(self._finish)
        self.cancel.clicked.connect(self.reject)
        self._tell()

    @property
    def copies(self) -> tuple[int, int]:
        """Columns and rows that will be saved."""
        return (self.columns.value(), self.rows.value()) if self.kind.key() == "sheet" else (1, 1)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(Heading("PNG picture"))
        column.addLayout(row(dim_label("Save"), self.kind))
        grid = row(dim_label("Copies"), self.columns, dim_label("across,"), self.rows, dim_label("down"))
        grid.setContentsMargins(0, 0, 0, 0)
        self.sheet.setLayout(grid)
        column.addWidget(self.sheet)
        column.addLayout(row(dim_label("Depth"), self.bits))
        column.addWidget(self.words)
        column.addLayout(row(None, self.cancel, self.save))
        self.setMinimumWidth(360)

    def _tell(self, _changed: object = None) -> None:
        self.sheet.setEnabled(self.kind.key() == "sheet")
        across, down = self.copies
        size = words_of((self._size[0] * across, self._size[1] * down))
        self.words.setText(f"{size} px. The recipe of the dream is saved in it, and its seam is measured.")

    def _finish(self) -> None:
        self.accept()
        self.chosen.emit(int(self.bits.key()), *self.copies)


def copies(name: str) -> QSpinBox:
    made = QSpinBox()
    made.setRange(1, MOST)
    made.setValue(3)
    made.setAccessibleName(name)
    made.setToolTip(f"{name} of copies")
    return made


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
