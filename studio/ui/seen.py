"""What the model sees: the form of the preprocessing with a live preview beside it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.data import describe
from studio.data.batches import as_seen, flip, turn
from studio.data.imageset import ImageSet
from studio.data.scaling import fit_transform
from studio.data.spec import Binarise, Fit, Preprocess, Scaling
from studio.ui import numbers
from studio.ui.binding import Form
from studio.ui.fields_pictures import PREPROCESS
from studio.ui.images import to_qimage
from studio.ui.widgets.bars import Bars
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.pictures import PictureGrid
from studio.ui.widgets.sticky import StickyColumn

if TYPE_CHECKING:
    from studio.session.session import Session

SHOWN = 20
MEASURED_BYTES = 4_000_000  # so much is averaged and counted at once without holding up the window
QUIET_MS = 250
SPREAD = 5.0  # scaled values are shown over this many deviations
LEAST_SPREAD = 1e-3
NOTES = {
    Scaling.NONE: "",
    Scaling.STANDARDISE: ", standardised",
    Scaling.DECORRELATE: ", colours made independent",
    Scaling.WHITEN: ", whitened",
}


class SeenPreview(QWidget):
    """Some pictures exactly as the model gets them, their mean, their grey levels, and what they cost."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = Heading("What the model sees")
        self.grid = PictureGrid(columns=5, limit=SHOWN)
        self.mean = PictureGrid(columns=1, limit=1)
        self.mean.setFixedWidth(72)
        self.mean.setToolTip("The mean of the pictures: what all of them share")
        self.bars = Bars("Grey levels", "How many pixels are how bright, black at the left")
        self.counts = dim_label("", wrap=True)
        self.mean_part = titled("Mean picture", self.mean)
        low = QHBoxLayout()
        low.setSpacing(16)
        low.addWidget(self.mean_part)
        low.addWidget(titled("Grey levels", self.bars), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.heading)
        column.addWidget(self.grid)
        column.addLayout(low)
        column.addWidget(self.counts)
        column.addStretch(1)

    def show_set(self, images: ImageSet | None) -> None:
        """Show a set of pictures, or that there is none."""
        if images is None or not len(images):
            self.heading.set_note("no pictures yet")
            self.grid.set_images([])
            self.mean.set_images([])
            self.bars.set_counts(np.zeros(0, np.int64))
            self.counts.setText("Choose pictures to see them here.")
            return
        few = thinned(images)
        values = seen_values(few)
        self.heading.set_note(f"{images.shape[2]} x {images.shape[1]} px{NOTES[images.preprocess.scaling]}")
        self.mean_part.setVisible(not images.exemplars)  # of crops it is an even grey
        self.grid.set_images([to_qimage(picture) for picture in values])
        self.mean.set_images([to_qimage(describe.mean_picture(few))])
        self.bars.set_counts(describe.histogram(few))
        self.counts.setText(counts_of(images))


def titled(title: str, part: QWidget) -> QWidget:
    """Return a part with a dim title above it."""
    made = QWidget()
    stack = QVBoxLayout(made)
    stack.setContentsMargins(0, 0, 0, 0)
    stack.setSpacing(4)
    stack.addWidget(dim_label(title))
    stack.addWidget(part)
    stack.addStretch(1)
    return made


class PreprocessDialog(QDialog):
    """Edits act at once, after a short rest; undo takes them back."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("What the model sees")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 600)
        self.form = Form(PREPROCESS, session.recipe.preprocess)
        self.preview = SeenPreview()
        column = StickyColumn("Preprocessing")
        column.add(Heading("Preparation"))
        column.add(self.form)
        column.add_stretch()
        column.setMinimumWidth(300)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 16, 12)
        row.setSpacing(16)
        row.addWidget(column, 2)
        right = QVBoxLayout()
        right.setContentsMargins(0, 12, 0, 0)
        right.addWidget(self.preview)
        row.addLayout(right, 3)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(QUIET_MS)
        self._rest.timeout.connect(self._send)
        self.form.edited.connect(self._edited)
        session.recipe_changed.connect(self._follow)
        session.dataset_changed.connect(self.preview.show_set)
        self._hide_idle(session.recipe.preprocess)
        self.preview.show_set(session.dataset)

    def done(self, result: int) -> None:
        if self._rest.isActive():
            self._send()
        super().done(result)

    def _edited(self, value: Preprocess) -> None:
        self._hide_idle(value)
        self._rest.start()

    def _send(self) -> None:
        self._rest.stop()
        self._session.set_preprocess(self.form.value())

    def _follow(self, _recipe: object) -> None:
        if not self._rest.isActive():
            self.form.set_value(self._session.recipe.preprocess)
            self._hide_idle(self._session.recipe.preprocess)

    def _hide_idle(self, value: Preprocess) -> None:
        """Hide what does nothing beside the other settings."""
        self.form.set_shown("patches", not value.crops)
        self.form.set_shown("crops", value.patches == 0)
        self.form.set_shown("patch_scale", value.patches > 0 or value.crops)
        self.form.set_shown("flatten", value.crops)
        self.form.set_shown("quarter_turns", value.height == value.width)
        self.form.set_shown("fit", value.patches == 0 and not value.crops)
        self.form.set_shown("background", value.fit is Fit.PAD or value.patches == 0)
        self.form.set_shown("threshold", value.binarise is Binarise.THRESHOLD)


def counts_of(images: ImageSet) -> str:
    """Return in words how much there is to learn from."""
    memory = numbers.size(describe.memory_bytes(images))
    held = len(images.held_out)
    if not images.exemplars:
        return (
            f"{numbers.amount(len(images) - held)} to learn from, {numbers.amount(held)} held out, {memory} of memory"
            + (f", {numbers.size(images.pixels.nbytes)} on disk" if images.note else "")
        )
    pixels = numbers.amount(sum(item.shape[1] * item.shape[2] for item in images.exemplars))
    return f"Crops cut anew for each step from {pixels} pixels, {memory} of memory"


def thinned(images: ImageSet) -> ImageSet:
    """Return an even choice of the pictures, few enough to be looked at in an instant."""
    count = max(1, min(len(images), MEASURED_BYTES // int(np.prod(images.shape))))
    if count == len(images):
        return images
    indices = describe.sheet_indices(images, count)
    names = tuple(images.names[index] for index in indices)
    return dataclasses.replace(
        images, pixels=images.pixels[indices], names=names, labels=None, verdicts=(), held_out=np.zeros(0, np.int64)
    )


def seen_values(images: ImageSet) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return some pictures as the model gets them, (n, H, W, C) in 0..1; standardised values lie around mid-grey."""
    scaled = images.preprocess.scaling is not Scaling.NONE
    few = dataclasses.replace(images, exemplars=(), known=(), bands=())  # large pictures take longer than a look
    transform = fit_transform(few, np.arange(len(images), dtype=np.int64))
    chosen = images.pixels[describe.sheet_indices(images, SHOWN)]
    rng = np.random.default_rng(images.preprocess.seed)
    if images.exemplars:  # crops have no right way up that a preview would have to keep
        flip(chosen, images.preprocess.flips, rng)
        if images.preprocess.quarter_turns:
            turn(chosen, rng)
    values = as_seen(chosen, images.preprocess, transform, rng)
    if scaled:
        values = values / np.float32(SPREAD * max(float(values.std()), LEAST_SPREAD)) + np.float32(0.5)
    return np.clip(values, 0, 1).transpose(0, 2, 3, 1)
