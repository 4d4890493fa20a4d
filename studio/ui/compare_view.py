"""Two of the snapshots and the dream, compared in place of the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.dream.snapshot import Snapshot
from studio.session.answers import SnapshotPicture
from studio.ui.compare_pixels import Pixels, Way
from studio.ui.images import Picture, side_by_side, to_bytes
from studio.ui.widgets.buttons import Segments, button
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.compare_canvas import CompareCanvas
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.labels import dim_label

if TYPE_CHECKING:
    from studio.session.session import Session

DREAM = "0"
WAYS = (
    (str(Way.SLIDER), "Slider", "Parts the two by a line that the mouse pulls"),
    (str(Way.FLICKER), "Flicker", "Shows one after the other, two and a half times a second"),
    (str(Way.DIFFERENCE), "Difference", "Dark where the two are alike"),
    (str(Way.BESIDE), "Side by side", "Shows one beside the other"),
)


class CompareView(QWidget):
    """Chooses two of the snapshots and the playing dream, and how they are compared."""

    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._latest: Picture | None = None
        self._pictures: dict[int, Pixels] = {}
        self._asked: set[int] = set()
        self.canvas = CompareCanvas()
        self.one = Choice([(DREAM, "the dream")], name="Compare", tip="The first picture, on the left")
        self.other = Choice([(DREAM, "the dream")], name="With", tip="The second picture, on the right")
        self.way = Segments(WAYS, role="small", name="How they are compared")
        self.way.set_key(str(Way.SLIDER))
        self.close_button = button("Close", "Back to the dream (C)", role="link")
        bar = FlowLayout(gap=8, line_gap=4)
        for part in (dim_label("Compare"), self.one, dim_label("with"), self.other):
            bar.addWidget(part)
        bar.push()
        bar.addWidget(self.way)
        bar.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QWidget()
        head.setLayout(bar)
        head.setContentsMargins(16, 6, 16, 6)
        head.setAutoFillBackground(True)
        column.addWidget(head)
        column.addWidget(self.canvas, 1)
        self._connect()
        self._follow(session.snapshots)

    def _connect(self) -> None:
        session = self._session
        session.snapshots_changed.connect(self._follow)
        session.snapshot_shown.connect(self._take)
        session.model_changed.connect(self._forget)
        self.one.chosen.connect(self._show)
        self.other.chosen.connect(self._show)
        self.way.chosen.connect(lambda key: self.canvas.set_way(Way(key)))
        self.close_button.clicked.connect(self.left)

    def begin(self, number: int = 0) -> None:
        """Compare a snapshot, the one kept last where none is named, with the dream."""
        self._offer()
        kept = self._session.snapshots
        number = number or (kept[-1].number if kept else 0)
        self.one.set_key(str(number))
        self.other.set_key(DREAM)
        self._show()

    def set_live(self, picture: Picture | None) -> None:
        """Take the dream as it is shown now; nothing is done with it until somebody compares."""
        self._latest = picture
        if self.isVisible() and DREAM in (self.one.key(), self.other.key()):
            self._show()

    def _follow(self, snapshots: tuple[Snapshot, ...]) -> None:
        there = {snapshot.number for snapshot in snapshots}
        self._pictures = {number: picture for number, picture in self._pictures.items() if number in there}
        if self.isVisible():
            self._offer()
            self._show()

    def _offer(self) -> None:
        """Offer what there is to compare; only where somebody looks, since snapshots may come many times a second."""
        options = [(DREAM, "the dream")]
        options += [(str(one.number), f"{one.number}: {one.title}") for one in self._session.snapshots]
        for choice in (self.one, self.other):
            if options == [(key, choice.itemText(place)) for place, key in enumerate(choice.keys())]:
                continue
            before = choice.key()
            choice.clear()
            for key, text in options:
                choice.addItem(text, key)
            choice.set_key(before)

    def _take(self, shown: SnapshotPicture) -> None:
        number = shown.snapshot.number
        self._asked.discard(number)
        if str(number) in (self.one.key(), self.other.key()):
            picture = side_by_side(shown.pictures)
            if picture is not None:
                self._pictures[number] = to_bytes(picture).copy()
            self._show()

    def _show(self, _key: str = "") -> None:
        wanted = [int(choice.key() or 0) for choice in (self.one, self.other)]
        # Two at most are kept here: they may be large.
        self._pictures = {number: picture for number, picture in self._pictures.items() if number in wanted}
        for number in wanted:
            if number and number not in self._pictures and number not in self._asked:
                self._asked.add(number)
                self._session.look_at_snapshot(number)
        live = None if self._latest is None else to_bytes(self._latest)
        one, other = (self._pictures.get(number) if number else live for number in wanted)
        self.canvas.set_pair(one, other)

    def _forget(self, _model: object) -> None:
        self._pictures.clear()
        self._asked.clear()
        self._latest = None
        self.left.emit()
