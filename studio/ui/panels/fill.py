"""A hole and what is made of it: the input, one upward pass, the mean of all chains, and where they guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from studio.data.imageset import ImageSet
from studio.dream.blending import Blend
from studio.dream.place import Hold
from studio.jobs.fill_frames import FillFrame, Score
from studio.ui import conditions
from studio.ui.hole_looks import LOOK_MS, pause_after
from studio.ui.images import Picture, to_qimage
from studio.ui.picture_file import ask_for_picture
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import Segments, button
from studio.ui.widgets.canvas import Canvas
from studio.ui.widgets.empty import EmptyState
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.pictures import PictureGrid
from studio.ui.widgets.sticky import StickyColumn

if TYPE_CHECKING:
    from studio.session.session import Session

WHAT_TO_DO = "Put a picture on the canvas, then paint a hole in it with the brush (B). The model dreams what is hidden."
BLENDS = (
    (Blend.HARD, "Hard", "The hole as it is dreamt"),
    (Blend.FEATHERED, "Feathered", "A step in brightness or colour at the edge of the hole is evened out"),
    (Blend.MATCHED, "Matched", "The hole gets the mean and the contrast of what lies beside it"),
)
VIEWS = (
    ("covered", "Input", "What the model is shown"),
    ("one_pass", "One pass", "What one upward pass makes of it, without any sampling"),
    ("mean", "Mean", "The mean over all chains"),
    ("spread", "Where it guesses", "How far the chains differ from each other: bright where they disagree"),
)
BRIGHTEST = 0.25  # deviation over chains that is drawn white


class FillPanel(QWidget):
    """Looks at the hole twice a second while in sight; `variant_chosen` tells which chain is wanted on the canvas."""

    variant_chosen = Signal(int)
    overlay_changed = Signal(object)  # (H, W) in 0..1, or None

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)  # of the pictures at hand, those held out first
        self._next = 0
        self._spread: NDArray[np.float32] | None = None
        self.file_button = button("A picture file...", "Choose a picture, and paint holes in it")
        self.data_button = button("One of mine", "Take one of the pictures at hand, the next one with each press")
        self.free_button = button("Set free", "Let go of the picture and of all that is painted", role="link")
        self.blend = Segments(
            [(str(key), text, tip) for key, text, tip in BLENDS], role="small", name="Edge of the hole"
        )
        self.blend.set_key(str(Blend.HARD))
        self.views = {key: Canvas(margin=2, embedded=True) for key, _, _ in VIEWS}
        self.captions = {key: dim_label(text, role="small") for key, text, _ in VIEWS}
        self.scores = dim_label("", wrap=True)
        self.overlay = QCheckBox("Glow where it guesses")
        self.overlay.setToolTip("Lay over the canvas how far the chains differ from each other")
        self.overlay.setAccessibleName(self.overlay.text())
        self.variants = PictureGrid(columns=4, limit=64)
        self.variants.setAccessibleName("Fillings, one a chain")
        self.variants.setToolTip("Every chain fills the hole in its own way; click one to see it on the canvas")
        self.empty = EmptyState(WHAT_TO_DO)
        self._body = QWidget()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._lay_out()
        self._connect()
        self._follow_set(session.dataset)
        self._follow()

    def _lay_out(self) -> None:
        title = QLabel("Fill")
        title.setProperty("role", "heading")
        head = FlowLayout(gap=10, line_gap=0)
        head.addWidget(title)
        head.push()
        head.addWidget(self.free_button)
        source = FlowLayout(gap=8, line_gap=4)
        source.addWidget(self.file_button)
        source.addWidget(self.data_button)
        grid = QGridLayout()
        grid.setSpacing(6)
        for place, (key, text, tip) in enumerate(VIEWS):
            view, row, side = self.views[key], 2 * (place // 2), place % 2
            view.setMinimumWidth(96)
            view.setAccessibleName(text)
            view.setToolTip(tip)
            grid.addWidget(view, row, side)
            grid.addWidget(self.captions[key], row + 1, side)
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addLayout(grid)
        inside.addWidget(self.scores)
        inside.addWidget(self.blend)
        inside.addWidget(self.overlay)
        inside.addWidget(self.variants)
        inside.addStretch(1)
        column_of_all = QWidget()
        column = QVBoxLayout(column_of_all)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addLayout(head)
        column.addLayout(source)
        column.addWidget(self.empty, 1)
        column.addWidget(self._body, 1)
        scrolled = StickyColumn("Fill", margin=0)
        scrolled.add(column_of_all, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled)

    def _connect(self) -> None:
        session = self._session
        self.file_button.clicked.connect(self._choose)
        self.data_button.clicked.connect(self._take_next)
        self.free_button.clicked.connect(session.set_free)
        self.blend.chosen.connect(self._look)
        self.overlay.toggled.connect(self._tell_overlay)
        self.variants.clicked.connect(self.variant_chosen)
        self._timer.timeout.connect(self._look)
        session.frame_arrived.connect(self._arrive)
        session.hold_changed.connect(self._follow)
        session.strokes_changed.connect(self._follow)
        session.model_changed.connect(self._follow)
        session.dataset_changed.connect(self._follow_set)

    def _choose(self) -> None:
        path = ask_for_picture(self, "A picture to fill", self._session.hold.picture if self._session.hold else "")
        if path:
            self._session.hold_whole(path)
            self._session.play()

    def _take_next(self) -> None:
        self._session.hold_whole(index=int(self._order[self._next]) if len(self._order) else 0)
        self._session.play()
        self._next = (self._next + 1) % max(1, len(self._order))

    def _follow_set(self, images: ImageSet | None) -> None:
        self._next = 0
        self._order = np.zeros(0, np.int64)
        if images is not None:
            self._order = np.concatenate((images.held_out, images.training()))
        self._follow()

    def _follow(self, _changed: object = None) -> None:
        """Show what is filled, or what to do first."""
        hold: Hold | None = self._session.hold
        filling = self._session.has_model and (hold is not None or bool(self._session.strokes))
        self.empty.setHidden(filling)
        self._body.setVisible(filling)
        no_model = conditions.model_reason(self._session)
        allow(self.free_button, "" if filling else "Nothing is held or painted.")
        allow(self.file_button, no_model)
        allow(self.data_button, no_model or conditions.pictures_reason(self._session))
        if filling and self.isVisible():
            if not self._timer.isActive():  # a stroke changes with every move of the hand
                self._timer.start()
                self._look()
        else:
            self._timer.stop()
            self._tell_overlay()

    def _tell_overlay(self, _checked: bool = False) -> None:
        shown = self.overlay.isChecked() and self._timer.isActive()
        self.overlay_changed.emit(self._spread if shown else None)

    def _look(self, _key: object = None) -> None:
        self._session.look_at_filling(Blend(self.blend.key()))

    def _arrive(self, kind: str, frame: object) -> None:
        if kind == "fill" and isinstance(frame, FillFrame):
            self._show(frame)

    def _show(self, frame: FillFrame) -> None:
        for key, picture in (("covered", frame.covered), ("one_pass", frame.one_pass), ("mean", frame.mean)):
            self.views[key].set_picture(picture)
        self._spread = np.clip(frame.spread / np.float32(BRIGHTEST), 0, 1)
        self.views["spread"].set_picture(self._spread)
        self._tell_overlay()
        self._timer.setInterval(pause_after(frame))
        self._fit_views()
        count = len(frame.variants)
        self.captions["mean"].setText(f"Mean of {count} chains" if count > 1 else "Gibbs, one chain")
        self.scores.setText(words_of(frame.score_one_pass, frame.score, count))
        self.scores.setVisible(bool(self.scores.text()))
        self.variants.set_images([to_qimage(thumbnail(one)) for one in frame.variants] if count > 1 else [])
        self.variants.setVisible(count > 1)

    def _fit_views(self) -> None:
        """Give the views the shape of the picture, so that the scores below stay in sight."""
        for view in self.views.values():
            shape = view.view.size
            share = shape.height() / shape.width() if not shape.isEmpty() else 1.0
            view.setFixedHeight(max(96, min(360, round((view.width() - 4) * share) + 4)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_views()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._tell_overlay()


def words_of(one_pass: Score | None, mean: Score | None, count: int) -> str:
    """Return how close both are to the truth in the hole, in words; nothing where the truth is not known."""
    if one_pass is None or mean is None:
        return ""
    ours = f"mean of {count}" if count > 1 else "Gibbs"
    return (
        f"Against what is hidden, PSNR and SSIM in the hole: one pass {one_pass.psnr:.1f} dB, {one_pass.ssim:.2f}; "
        f"{ours} {mean.psnr:.1f} dB, {mean.ssim:.2f}."
    )


def thumbnail(picture: Picture) -> Picture:
    """Return a picture thinned out to at most 128 pixels a side."""
    step = max(1, max(picture.shape[:2]) // 128)
    return np.asarray(picture[::step, ::step])
