"""The codes of an autoencoder: a map to walk on, the picture of a point, ways and mixtures of several."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from studio.jobs.code_frames import CodeMap, CodePicture, CodePoint, CodeWish
from studio.models.spec import Family
from studio.ui.images import to_qimage
from studio.ui.widgets.buttons import button
from studio.ui.widgets.canvas import Canvas
from studio.ui.widgets.code_directions import CodeDirections
from studio.ui.widgets.code_map import CodeMapView
from studio.ui.widgets.empty import EmptyState
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.kept_codes import NAMES, KeptCodes
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.save_file import ask_to_save
from studio.ui.widgets.sticky import StickyColumn

if TYPE_CHECKING:
    from studio.session.session import Session

NARROW = 440  # below this width the picture stands below the map
TWO_COLUMNS = 330
KINDS = {
    ".gif": "GIF animation (*.gif)",
    ".webp": "WebP animation (*.webp)",
    ".apng": "PNG animation (*.apng)",
    ".mp4": "MP4 film (*.mp4)",
    ".png": "Sheet of frames (*.png)",
    "": "Name of a new folder (*)",
}
PICTURE = "PNG picture (*.png)"
NO_PICTURES = "Add the model's pictures on the left: their codes are mapped here, to walk among them."
TOO_FEW = "No map can be drawn: add the pictures that the model learned from, three or more, on the left."
MAPPING = "The codes are being mapped."
WHAT_TO_DO = "Click or drag on the map; a double click takes a picture whole."


class CodesPanel(QWidget):
    """A point among the codes is moved on the map and by sliders; what it decodes to is shown beside it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._map: CodeMap | None = None
        self._stale = True
        self._point = CodePoint()
        self.map = CodeMapView()
        self.picture = Canvas(margin=4, embedded=True)
        self.picture.setMinimumSize(120, 150)
        self.picture.setAccessibleName("Picture of the code")
        self.words = dim_label(WHAT_TO_DO, wrap=True)
        self.directions = CodeDirections()
        self.kept = KeptCodes()
        self.mean_button = button("Mean", "Go to the mean of all codes", role="link")
        self.again_button = button("Map again", "Map the codes as the model makes them now", role="link")
        self.empty = EmptyState(NO_PICTURES)
        self._pages = QStackedWidget()
        self._pair = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body = StickyColumn("Codes", margin=0)
        self._lay_out()
        self._connect()
        self._say(NO_PICTURES)

    def _lay_out(self) -> None:
        title = QLabel("Codes")
        title.setProperty("role", "heading")
        head = FlowLayout(gap=10, line_gap=0)
        head.addWidget(title)
        head.push()
        head.addWidget(self.mean_button)
        head.addWidget(self.again_button)
        self._pair.setSpacing(8)
        self._pair.addWidget(self.map, 1)
        self._pair.addWidget(self.picture, 1)
        body = QWidget()
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addLayout(self._pair, 1)
        for part in (self.words, self.directions, self.kept):
            inside.addWidget(part)
        self._body.add(body, 1)
        self._body.setMinimumSize(120, 120)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._body)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        self.setMinimumSize(200, 260)

    def _connect(self) -> None:
        session = self._session
        session.codes_mapped.connect(self._mapped)
        session.code_shown.connect(self._shown)
        session.model_changed.connect(self._follow_model)
        session.dataset_changed.connect(self._outdate)
        session.ended.connect(self._outdate)
        self.map.moved.connect(self._move)
        self.map.chosen.connect(self._choose)
        self.directions.edited.connect(self._turn)
        session.kept_codes_changed.connect(self._follow_kept)
        self.kept.keep_asked.connect(self._keep)
        self.kept.chosen.connect(self._go_to_kept)
        self.kept.remove_asked.connect(self._let_go)
        self.kept.edited.connect(self._look_among)
        self.kept.export_asked.connect(self._export)
        self.mean_button.clicked.connect(self._to_mean)
        self.again_button.clicked.connect(self._outdate)

    def _follow_model(self, _model: object) -> None:
        """Forget all that belongs to the model before."""
        self._map, self._point = None, CodePoint()
        self.picture.set_picture(None)
        self._outdate()

    def _outdate(self) -> None:
        self._stale = True
        self._ask_again()

    def _ask_again(self) -> None:
        """Have the codes mapped, once somebody looks and there is something to map."""
        if not self._stale or not self.isVisible() or self._session.family != Family.CODES:
            return
        images = self._session.dataset
        if images is not None:
            self._stale = False
            self._session.map_codes()
        if images is None or self._map is None:
            self._say(NO_PICTURES if images is None else MAPPING)

    def _say(self, sentence: str) -> None:
        self.empty.set_sentence(sentence)
        self._pages.setCurrentWidget(self.empty)
        self.mean_button.setEnabled(False)
        self.again_button.setEnabled(sentence != NO_PICTURES)

    def _mapped(self, found: CodeMap) -> None:
        if self._session.family != Family.CODES:
            return
        self._map = found
        if not len(found.points):
            self._say(TOO_FEW)
            return
        self.map.set_map(found.points[:, :2], [to_qimage(picture) for picture in found.pictures])
        self.mean_button.setEnabled(True)
        self.again_button.setEnabled(True)
        self._pages.setCurrentWidget(self._body)
        count = found.points.shape[1]
        picture = self._point.picture if self._point.picture < len(found.points) else -1
        self._go(CodePoint((*self._point.steps, *(0.0,) * count)[:count], picture))

    def _go(self, point: CodePoint) -> None:
        """Show a point on the map, on the sliders, and as a picture."""
        self._point = point
        self.map.set_place(point.steps[0], point.steps[1])
        self.directions.set_steps(point.steps)
        among = len(self._map.points) if self._map is not None else 0
        taken = f"Starting from picture {point.picture + 1} of {among}; Mean starts from the mean picture."
        self.words.setText(taken if point.picture >= 0 else WHAT_TO_DO)
        self._session.show_code(CodeWish((point,)))

    def _move(self, x: float, y: float) -> None:
        self._go(replace(self._point, steps=(x, y, *self._point.steps[2:])))

    def _choose(self, number: int) -> None:
        if self._map is not None and number < len(self._map.points):
            self._go(CodePoint(tuple(float(step) for step in self._map.points[number]), number))

    def _turn(self, steps: tuple[float, ...]) -> None:
        self._go(replace(self._point, steps=steps))

    def _to_mean(self) -> None:
        self._go(CodePoint((0.0,) * len(self._point.steps)))

    def _keep(self) -> None:
        points = self._session.kept_codes
        self.kept.go_to(len(points))
        self._session.keep_codes((*points, self._point), "a kept code")

    def _let_go(self, number: int) -> None:
        points = self._session.kept_codes
        self._session.keep_codes(points[:number] + points[number + 1 :], "letting go of a code")

    def _go_to_kept(self, number: int) -> None:
        count = len(self._point.steps)
        point = self._session.kept_codes[number]
        self._go(replace(point, steps=(*point.steps, *(0.0,) * count)[:count]))

    def _follow_kept(self, points: tuple[CodePoint, ...]) -> None:
        self.map.set_ends({NAMES[number]: places(point) for number, point in enumerate(points)})
        self.kept.set_count(len(points))

    def _among(self) -> CodeWish:
        """What the kept points make, as it is set."""
        points, kept = self._session.kept_codes, self.kept
        if kept.mixes:
            return CodeWish(points, weights=kept.shares)
        return CodeWish(points, min(1.0, max(0.0, kept.share.value())), kept.loop.isChecked())

    def _look_among(self) -> None:
        if len(self._session.kept_codes) > 1:
            self._session.show_code(self._among())

    def _export(self) -> None:
        points, kept = self._session.kept_codes, self.kept
        if len(points) < 2:
            return
        if kept.mixes:
            path = ask_to_save(self, "Export the mixture", "mixture.png", PICTURE)
            if path is not None:
                self._session.export_code(path, self._among())
            return
        suffix = kept.kind.key()
        path = ask_to_save(self, "Export the way", f"way{suffix}", KINDS[suffix])
        if path is not None:
            self._session.export_walk(path, points, kept.walk)

    def _shown(self, shown: CodePicture) -> None:
        self.picture.set_picture(np.asarray(shown.pixels))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask_again()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= NARROW
        self.directions.set_columns(2 if self.width() >= TWO_COLUMNS else 1)
        self._pair.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)


def places(point: CodePoint) -> tuple[float, float]:
    """Return where a point is drawn."""
    across, up = (*point.steps, 0.0, 0.0)[:2]
    return across, up
