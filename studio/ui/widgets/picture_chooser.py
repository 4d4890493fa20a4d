"""A picture to look at, and how another is chosen: the ones before and after it, or a file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.icons import IconButton
from studio.ui.numbers import amount
from studio.ui.picture_file import ask_for_picture
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import button
from studio.ui.widgets.filter_detail import SquareCanvas
from studio.ui.widgets.labels import ElidedLabel, dim_label

SIDE = 112


class PictureChooser(QWidget):
    """Shows a picture by name; `stepped` tells by how many places another is wanted, `chosen` a file."""

    stepped = Signal(int)
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = SquareCanvas(SIDE)
        self.picture.setAccessibleName("Picture looked at")
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.name = ElidedLabel()
        self.name.setMinimumWidth(40)
        self.place = dim_label("", role="small")
        self.before = IconButton("left", "Previous picture", "Look at the picture before this one")
        self.after = IconButton("right", "Next picture", "Look at the picture after this one")
        for step in (self.before, self.after):
            step.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.open = button("Open...", "Look at a picture file; one that is dropped here is looked at, too", role="link")
        steps = QHBoxLayout()
        steps.setSpacing(4)
        steps.addWidget(self.before)
        steps.addWidget(self.after)
        steps.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self.name)
        column.addWidget(self.place)
        column.addWidget(self.open)
        column.addStretch(1)
        column.addLayout(steps)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.picture)
        row.addLayout(column, 1)
        self.before.clicked.connect(lambda: self.stepped.emit(-1))
        self.after.clicked.connect(lambda: self.stepped.emit(1))
        self.open.clicked.connect(self.ask)

    def ask(self) -> None:
        """Ask for a picture file."""
        path = ask_for_picture(self, "See what the model sees in a picture")
        if path:
            self.chosen.emit(path)

    def show_name(self, name: str, index: int, count: int) -> None:
        """Say which picture this is, one of `count` where it is one of those learned from."""
        self.name.setText(name)
        self.name.setToolTip(name)
        self.name.setAccessibleName(f"Picture looked at: {name}")
        self.place.setText(f"{amount(index + 1)} of {amount(count)}" if count else "from a file")

    def show_waiting(self) -> None:
        """Say that another picture is on its way."""
        self.place.setText("Looking...")

    def offer_steps(self, offered: bool) -> None:
        """Offer the pictures before and after where there are any."""
        for made in (self.before, self.after):
            allow(made, "" if offered else "There is no other picture.")

    def set_picture(self, picture: NDArray[np.float32]) -> None:
        self.picture.set_picture(picture)
