"""What the dream holds: the picture it began from and where, or the exemplar and where its hole is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QWidget

from studio.dream.holes import Hole
from studio.dream.place import At, Hold
from studio.ui.widgets.choice import Choice

PLACES = (
    (At.CENTRE, "in the centre"),
    (At.LEFT, "at the left"),
    (At.RIGHT, "at the right"),
    (At.TOP, "at the top"),
    (At.BOTTOM, "at the bottom"),
)
HOLES = (
    (Hole.CENTRE, "but its centre"),
    (Hole.LEFT, "but its left half"),
    (Hole.RIGHT, "but its right half"),
    (Hole.TOP, "but its upper half"),
    (Hole.BOTTOM, "but its lower half"),
)
PICTURE = "Hold the picture"
EXEMPLAR = "Hold the exemplar"
PICTURE_TIP = "Keep the pixels of the picture exactly as they are, and dream the rest of the canvas around it"
EXEMPLAR_TIP = "Keep the known pixels of the exemplar exactly as they are, and dream its hole"


class HoldControls(QWidget):
    """A check and a choice, as far as they make sense; tells the user's changes alone."""

    hold_toggled = Signal(bool)
    place_chosen = Signal(object)  # At
    hole_chosen = Signal(object)  # Hole

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check = QCheckBox(PICTURE)
        self.place = Choice([(str(key), text) for key, text in PLACES], name="Where the picture is held")
        self.hole = Choice([(str(key), text) for key, text in HOLES], name="What of the exemplar is dreamt")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for made in (self.check, self.place, self.hole):
            row.addWidget(made)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.check.clicked.connect(self.hold_toggled)
        self.place.chosen.connect(lambda key: self.place_chosen.emit(At(key)))
        self.hole.chosen.connect(lambda key: self.hole_chosen.emit(Hole(key)))
        self.set_hold(None)

    def set_hold(self, hold: Hold | None) -> None:
        """Show what is held without telling it."""
        healing = hold is not None and hold.hole is not None
        self.check.setText(EXEMPLAR if healing else PICTURE)
        self.check.setAccessibleName(self.check.text())
        self.check.setToolTip(EXEMPLAR_TIP if healing else PICTURE_TIP)
        self.check.setChecked(hold is not None)
        self.place.setVisible(hold is not None and not hold.framed)
        self.hole.setVisible(hold is not None and hold.hole not in (None, Hole.ALPHA))
        if hold is not None:
            self.place.set_key(str(hold.at))
            self.hole.set_key(str(hold.hole))
