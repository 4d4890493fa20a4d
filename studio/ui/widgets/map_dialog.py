"""What one filter sees in a picture, large."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.jobs.frames import MapsFrame
from studio.ui.widgets.canvas import Canvas
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.map_pixels import lit, map_bytes, white_of


class MapDialog(QDialog):
    """The picture, bright where a filter answers, beside its map."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Map")
        self.picture, self.map = Canvas(), Canvas()
        self.picture.setAccessibleName("Picture, bright where the filter answers")
        self.map.setAccessibleName("Map of the filter")
        self.words = dim_label("", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.picture, 1)
        row.addWidget(self.map, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(row, 1)
        column.addWidget(self.words)
        self.resize(860, 480)

    def show_map(self, frame: MapsFrame, layer: int, number: int, name: str, words: str) -> None:
        """Show the map of a filter of a layer, by its name and in words."""
        self.setWindowTitle(f"{name} in {frame.name}")
        seen = frame.layers[layer]
        white = white_of(seen.maps)
        self.picture.set_picture(lit(frame.picture, frame.reduction, seen, number, white))
        self.map.set_picture(map_bytes(seen.maps[number], white))
        self.words.setText(words)
