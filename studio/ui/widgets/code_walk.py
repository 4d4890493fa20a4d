"""Two points and the way between them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.dream.walk import FRAMES
from studio.ui.widgets.buttons import button
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.slider import LabelledSlider

MOST_FRAMES = 300
ENDS = ("A", "B")


class CodeWalkControls(QWidget):
    """Buttons that take the present point as an end, a slider between the ends, and what saves the way."""

    taken = Signal(str)  # the name of an end
    walked = Signal(float)  # a share of the way
    export_asked = Signal(int)  # frames

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ends = {
            name: button(name, f"Take the point of the map as {what} of a walk", role="small")
            for name, what in zip(ENDS, ("the beginning", "the end"), strict=True)
        }
        self.share = LabelledSlider("From A to B", 0.0, 1.0, 0.0, tip="Shows the pictures on the way.")
        self.frames = LabelledSlider(
            "Frames", 2, MOST_FRAMES, FRAMES, whole=True, tip="How many pictures of the way are exported."
        )
        self.export_button = button(
            "Export", "Save the walk from A to B as an animation or a sheet of its frames", role="link"
        )
        top = FlowLayout(gap=6, line_gap=4)
        for made in self.ends.values():
            top.addWidget(made)
        top.push()
        top.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.share)
        column.addWidget(self.frames)
        self.ends["A"].clicked.connect(self._take_first)
        self.ends["B"].clicked.connect(self._take_last)
        self.share.edited.connect(self.walked)
        self.export_button.clicked.connect(self._export)
        self.set_ready(False)

    def set_ready(self, ready: bool) -> None:
        """Let one walk and export, once there are two ends."""
        for part in (self.share, self.frames, self.export_button):
            part.setEnabled(ready)

    def _take_first(self) -> None:
        self.share.set_value(0.0)
        self.taken.emit("A")

    def _take_last(self) -> None:
        self.share.set_value(1.0)
        self.taken.emit("B")

    def _export(self) -> None:
        self.export_asked.emit(round(self.frames.value()))
