"""The parts of the export dialog, each about one kind of thing that is taken away."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from studio.dream.take import Take
from studio.errors import SettingsError
from studio.project.map_files import MapWish
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import Segments
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider

MOST_COPIES = 8
LOOPS = (
    ("open", "As it goes", "The film ends where it ends, and begins again with a jump"),
    (
        "closed",
        "Closed loop",
        "What follows the end fades into the beginning, so that it goes round without a jump",
    ),
)
HEIGHT_TIP = "The luminance of the dream: white is high. For displacement in Blender and for terrain in games"
IDS_TIP = "For each pixel the number of the filter that answers most strongly, counted from 0 as in the filters' sheet"
FILTERS_TIP = "A map for each filter: how probable it is that it answers there; white is certain"


class CopiesBox(QWidget):
    """How many copies lie side by side."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = slider("Columns", 1, MOST_COPIES, 3, "Columns of copies.")
        self.rows = slider("Rows", 1, MOST_COPIES, 3, "Rows of copies.")
        lay_side_by_side(self, self.columns, self.rows)
        for one in (self.columns, self.rows):
            one.edited.connect(self.changed)

    @property
    def copies(self) -> tuple[int, int]:
        return whole(self.columns), whole(self.rows)


class FramesBox(QWidget):
    """How many frames, how far apart, how fast, and whether they go round."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frames = slider("Frames", 2, 240, 48, "How many frames.")
        self.every = slider("Sweeps apart", 1, 100, 1, "Sweeps from one frame to the next: more move faster.")
        self.rate = slider("Frames a second", 5, 60, 25, "How fast the film is shown.")
        self.across = slider(
            "In a row", 0, 32, 0, "Frames in a row of the sprite sheet; 0 makes it about a square.", "as a square"
        )
        self.loop = Segments(LOOPS, role="small", name="How it ends")
        self.loop.set_key("open")
        self.first, self.second = QWidget(), QWidget()
        lay_side_by_side(self.first, self.frames, self.every)
        lay_side_by_side(self.second, self.rate, self.across)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.first)
        column.addWidget(self.second)
        column.addWidget(self.loop)
        for one in (self.frames, self.every, self.rate, self.across):
            one.edited.connect(self.changed)
        self.loop.chosen.connect(self.changed)

    def set_sprites(self, sprites: bool) -> None:
        """Ask for what a sprite sheet needs, or what an animation does."""
        self.rate.setVisible(not sprites)
        self.across.setVisible(sprites)

    def take(self, bits: int) -> Take:
        """Return what is asked for; raises SettingsError for typed values that cannot be."""
        return Take(whole(self.frames), whole(self.every), self.loop.key() == "closed", 16 if bits == 16 else 8)

    @property
    def fault(self) -> SettingsError | None:
        """Why this cannot be taken, or None."""
        try:
            self.take(8)
            if not 0.1 <= self.rate.value() <= 120:
                raise SettingsError(f"{self.rate.value():g} frames a second cannot be shown.", "Choose 0.1 to 120.")
        except SettingsError as error:
            return error
        return None


class MapsBox(QWidget):
    """Which maps are wanted."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heights = check("Height map", HEIGHT_TIP)
        self.ids = check("Numbers of the strongest filter", IDS_TIP)
        self.filters = check("Maps of all filters", FILTERS_TIP)
        self.why = dim_label("", wrap=True, role="small")
        self.heights.setChecked(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for one in (self.heights, self.ids, self.filters):
            column.addWidget(one)
            one.toggled.connect(self.changed)
        column.addWidget(self.why)

    def set_reason(self, reason: str) -> None:
        """Offer the filters' maps, or say why there are none."""
        for one in (self.ids, self.filters):
            allow(one, reason)
            if reason:
                one.setChecked(False)
        self.why.setText(reason)
        self.why.setVisible(bool(reason))

    @property
    def wish(self) -> MapWish:
        return MapWish(self.heights.isChecked(), self.ids.isChecked(), self.filters.isChecked())


def slider(name: str, low: float, high: float, value: float, tip: str, lowest: str = "") -> LabelledSlider:
    return LabelledSlider(name, low, high, value, whole=True, tip=tip, lowest=lowest)


def whole(one: LabelledSlider) -> int:
    return max(0, round(one.value()))


def check(text: str, tip: str) -> QCheckBox:
    made = QCheckBox(text)
    made.setToolTip(tip)
    made.setAccessibleName(text)
    return made


def lay_side_by_side(box: QWidget, *parts: QWidget) -> None:
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(20)
    for part in parts:
        row.addWidget(part, 1)


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
