"""Two of the snapshots, the dream, and what is made of a hole, compared in place of the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.dream.snapshot import Snapshot
from studio.jobs.fill_frames import FillFrame
from studio.session.answers import SnapshotPicture
from studio.ui.compare_pixels import Pixels, Way
from studio.ui.conditions import is_filling
from studio.ui.hole_looks import LOOK_MS, pause_after
from studio.ui.images import Picture, side_by_side, to_bytes
from studio.ui.widgets.buttons import Segments, button
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.compare_canvas import CompareCanvas
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.labels import dim_label

if TYPE_CHECKING:
    from studio.session.session import Session

DREAM = "0"
INPUT, ONE_PASS, FILL = "covered", "one_pass", "mean"  # as a FillFrame calls them
OF_A_HOLE = ((INPUT, "the input"), (ONE_PASS, "one pass"), (FILL, "the fill"))
WAYS = (
    (str(Way.SLIDER), "Slider", "Parts the two by a line that the mouse pulls"),
    (str(Way.FLICKER), "Flicker", "Shows one after the other, two and a half times a second"),
    (str(Way.DIFFERENCE), "Difference", "Dark where the two are alike"),
    (str(Way.BESIDE), "Side by side", "Shows one beside the other"),
    (str(Way.LOUPE), "Loupe", "Shows the first; where the mouse is, both enlarged, the second on the right"),
)


class CompareView(QWidget):
    """Chooses two of the snapshots, the playing dream and what is made of a hole, and how they are compared."""

    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._latest: Picture | None = None
        self._filled: FillFrame | None = None
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
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._connect()
        self._follow(session.snapshots)

    def _connect(self) -> None:
        session = self._session
        session.snapshots_changed.connect(self._follow)
        session.snapshot_shown.connect(self._take)
        session.model_changed.connect(self._forget)
        session.frame_arrived.connect(self._arrive)
        session.hold_changed.connect(self._follow_hole)
        session.strokes_changed.connect(self._follow_hole)
        self._timer.timeout.connect(session.look_at_filling)
        self.one.chosen.connect(self._show)
        self.other.chosen.connect(self._show)
        self.way.chosen.connect(lambda key: self.canvas.set_way(Way(key)))
        self.close_button.clicked.connect(self.left)

    def begin(self, number: int = 0) -> None:
        """Compare a snapshot with the dream.

        Where none is named: what is held with what fills it, or the snapshot kept last.
        """
        self._offer()
        kept = self._session.snapshots
        filling = is_filling(self._session) and (self._session.hold is not None or not kept)
        if not number and filling:
            one, other = INPUT, FILL
        else:
            one, other = str(number or (kept[-1].number if kept else DREAM)), DREAM
        self.one.set_key(one)
        self.other.set_key(other)
        self._show()

    def set_live(self, picture: Picture | None) -> None:
        """Take the dream as it is shown now; nothing is done with it until somebody compares."""
        self._latest = picture
        if self.isVisible() and DREAM in (self.one.key(), self.other.key()):
            self._show()

    def _follow(self, snapshots: tuple[Snapshot, ...]) -> None:
        there = {snapshot.number for snapshot in snapshots}
        self._pictures = {number: picture for number, picture in self._pictures.items() if number in there}
        self._refresh()

    def _follow_hole(self, _changed: object) -> None:
        if not is_filling(self._session):
            self._filled = None
        self._refresh()

    def _refresh(self) -> None:
        if self.isVisible():
            self._offer()
            self._show()

    def _arrive(self, kind: str, frame: object) -> None:
        if kind == "fill" and isinstance(frame, FillFrame) and self._timer.isActive():
            self._filled = frame
            self._timer.setInterval(pause_after(frame))
            self._show()

    def _offer(self) -> None:
        """Offer what there is to compare; only where somebody looks, since snapshots may come many times a second."""
        options = [(DREAM, "the dream")]
        options += OF_A_HOLE if is_filling(self._session) else ()
        options += [(str(one.number), f"{one.number}: {one.title}") for one in self._session.snapshots]
        for choice in (self.one, self.other):
            if options == [(key, choice.itemText(place)) for place, key in enumerate(choice.keys())]:
                continue
            before = choice.key()
            choice.clear()
            for key, text in options:
                choice.addItem(text, key)
            choice.set_key(DREAM)
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
        keys = [choice.key() or DREAM for choice in (self.one, self.other)]
        wanted = [int(key) for key in keys if key.isdecimal()]
        self._look_where_wanted(keys)
        # Two at most are kept here: they may be large.
        self._pictures = {number: picture for number, picture in self._pictures.items() if number in wanted}
        for number in wanted:
            if number and number not in self._pictures and number not in self._asked:
                self._asked.add(number)
                self._session.look_at_snapshot(number)
        self.canvas.set_pair(self._picture(keys[0]), self._picture(keys[1]))

    def _look_where_wanted(self, keys: list[str]) -> None:
        """Look at the hole again and again while what is made of it is compared."""
        wanted = self.isVisible() and any(key in dict(OF_A_HOLE) for key in keys)
        if not wanted:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
            self._session.look_at_filling()

    def _picture(self, key: str) -> Pixels | None:
        """Return what a choice stands for, where it is there yet."""
        if key == DREAM:
            return None if self._latest is None else to_bytes(self._latest)
        if key in dict(OF_A_HOLE):
            return None if self._filled is None else to_bytes(getattr(self._filled, key))
        return self._pictures.get(int(key))

    def _forget(self, _model: object) -> None:
        self._pictures.clear()
        self._asked.clear()
        self._latest = self._filled = None
        self.left.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._filled = None
