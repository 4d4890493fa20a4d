"""Points that were kept, and what is made of them: the way through them all, or a mixture."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from studio.dream.walk import FRAMES, Walk
from studio.project.kept_codes import MOST
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import Segments, button
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.slider import LabelledSlider

MOST_FRAMES = 300
NAMES = "ABCDEFGHIJ"[:MOST]
WAY, MIXTURE = "way", "mixture"
USES = (
    (WAY, "Way", "What lies between the kept points, in their order"),
    (MIXTURE, "Mixture", "A weighted mean of the kept points"),
)
KINDS = (
    (".gif", "GIF"),
    (".webp", "WebP"),
    (".apng", "APNG"),
    (".mp4", "MP4"),
    (".png", "Sheet"),
    ("", "Numbered files"),
)


class KeptButton(QPushButton):
    """A kept point: a click goes to it, Delete lets go of it."""

    deleted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.deleted.emit()
        else:
            super().keyPressEvent(event)


class KeptCodes(QWidget):
    """Keeps points by letters; a slider along the way through them, or a weight for each, and what saves either."""

    keep_asked = Signal()
    chosen = Signal(int)
    remove_asked = Signal(int)
    edited = Signal()  # the share, the loop or a weight: another picture is meant
    export_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = self._at = 0
        self.keep_button = button("Keep", "Keep the point of the map, for a way or a mixture", role="small")
        self.points = [self._point(number) for number in range(MOST)]
        self.remove_button = button("Let go", "Let go of the kept point gone to last (Delete)", role="link")
        self.use = Segments(USES, role="small", name="What is made of the kept points")
        self.use.set_key(WAY)
        self.loop = QCheckBox("Loop")
        self.loop.setToolTip("The way leads back from the last point to the first")
        self.loop.setAccessibleName("Loop")
        self.share = LabelledSlider("Along the way", 0.0, 1.0, 0.0, tip="Shows the pictures on the way.")
        self.frames = LabelledSlider(
            "Frames", 2, MOST_FRAMES, FRAMES, whole=True, tip="How many pictures of the way are exported."
        )
        self.weights = [
            LabelledSlider(f"Share of {name}", 0.0, 1.0, 1.0, tip=f"How much of {name} is in the mixture.")
            for name in NAMES
        ]
        self.kind = Choice(KINDS, name="Save as", tip="What the way is saved as")
        self.export_button = button("Export", "Save the way, or the picture of the mixture", role="link")
        self._lay_out()
        self._connect()
        self.set_count(0)

    def _point(self, number: int) -> KeptButton:
        made = KeptButton(NAMES[number])
        made.setProperty("role", "small")
        made.setAutoDefault(False)
        made.setAccessibleName(f"Point {NAMES[number]}")
        made.setToolTip(f"Go to {NAMES[number]}; Delete lets go of it")
        made.clicked.connect(lambda: self._choose(number))
        made.deleted.connect(lambda: self.remove_asked.emit(number))
        return made

    def _lay_out(self) -> None:
        top, below, last = FlowLayout(gap=6, line_gap=4), FlowLayout(gap=10, line_gap=4), FlowLayout(gap=10, line_gap=4)
        for part in (self.keep_button, *self.points):
            top.addWidget(part)
        top.push()
        top.addWidget(self.remove_button)
        below.addWidget(self.use)
        below.push()
        below.addWidget(self.loop)
        last.addWidget(self.kind)
        last.push()
        last.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addLayout(below)
        for slider in (self.share, self.frames, *self.weights):
            column.addWidget(slider)
        column.addLayout(last)

    def _connect(self) -> None:
        self.keep_button.clicked.connect(self.keep_asked)
        self.remove_button.clicked.connect(lambda: self.remove_asked.emit(self._at))
        self.use.chosen.connect(self._use)
        self.loop.clicked.connect(self.edited)
        for slider in (self.share, *self.weights):
            slider.edited.connect(self.edited)
        self.export_button.clicked.connect(self.export_asked)

    @property
    def walk(self) -> Walk:
        """The way as it is to be saved: no fewer frames than there are points."""
        return Walk(max(self._count, round(self.frames.value())), self.loop.isChecked())

    @property
    def mixes(self) -> bool:
        return self.use.key() == MIXTURE

    @property
    def shares(self) -> tuple[float, ...]:
        """The weight of each kept point, alike where all are 0."""
        found = tuple(max(0.0, slider.value()) for slider in self.weights[: self._count])
        return found if any(found) else (1.0,) * self._count

    def set_count(self, count: int) -> None:
        """Show so many kept points."""
        self._count = count
        self._at = min(self._at, max(0, count - 1))
        for number, point in enumerate(self.points):
            point.setVisible(number < count)
        allow(self.keep_button, "" if count < MOST else f"{MOST} points are kept: let go of one first.")
        allow(self.remove_button, "" if count else "No point is kept.")
        self._follow()

    def go_to(self, number: int) -> None:
        """Take this one as gone to last."""
        self._at = number

    def _follow(self) -> None:
        ready, mixes = self._count > 1, self.mixes
        for part in (self.use, self.share, self.frames, self.loop, self.kind, self.export_button, *self.weights):
            allow(part, "" if ready else "Keep two points first.")
        for part in (self.share, self.frames, self.loop, self.kind):
            part.setVisible(not mixes)
        for number, slider in enumerate(self.weights):
            slider.setVisible(mixes and number < self._count)

    def _use(self, _key: str) -> None:
        self._follow()
        self.edited.emit()

    def _choose(self, number: int) -> None:
        self._at = number
        self.chosen.emit(number)
