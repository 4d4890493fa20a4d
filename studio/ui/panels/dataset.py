"""1 Pictures: what is learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QProgressBar, QVBoxLayout, QWidget

from studio.data.imageset import ImageSet
from studio.data.samples import SAMPLES
from studio.data.spec import DatasetSpec, Preprocess
from studio.project.locate import name_of
from studio.session.notices import LoadProgress
from studio.ui import numbers
from studio.ui.exemplar_box import ExemplarBox
from studio.ui.images import to_qimage
from studio.ui.seen import PreprocessDialog
from studio.ui.sheet import sheet_choice
from studio.ui.verdicts import VerdictDialog, count_words
from studio.ui.widgets.buttons import button
from studio.ui.widgets.empty import EmptyState
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import ElidedLabel, dim_label
from studio.ui.widgets.pictures import PictureGrid

if TYPE_CHECKING:
    from studio.session.session import Session

THUMBNAILS = 10
COLUMNS = 5


class DatasetPanel(QWidget):
    """Contact sheet, verdicts, and how the pictures are prepared; file dialogs are the window's."""

    folder_asked = Signal()
    files_asked = Signal()
    relocate_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._large: DatasetSpec | None = None  # the pictures whose first is shown large
        self.heading = Heading("Pictures", 1)
        self.count = button("", "Open the list of pictures: used, skipped and why", role="quiet")
        self.heading.add(self.count)
        self.sheet = PictureGrid(COLUMNS, limit=THUMBNAILS)
        self.sheet.setAccessibleName("Contact sheet")
        self.exemplar = ExemplarBox(session)
        self.empty = self._make_empty()
        self.loading = QWidget()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Pictures read")
        self.reading = dim_label("")
        self.cancel = button("Cancel", "Stop reading; the pictures from before stay", role="link")
        self.missing = QWidget()
        self.missing_words = dim_label("", wrap=True, role="error")
        self.relocate = button("Relocate...", "Say where these pictures are now", role="link")
        self.summary = ElidedLabel(1, Qt.TextElideMode.ElideRight)
        self.note = dim_label("")
        self.note.setWordWrap(True)
        self.note.hide()
        self.add = button("Add", "Add pictures, or choose a bundled set", role="link")
        self.add.setMenu(self._make_menu())
        self.edit = button("Edit", "Size, colour, patches and more, with a preview of what the model sees", role="link")
        self._lay_out()
        self._connect()
        self._follow_recipe(session.recipe)
        self._follow_set(session.dataset)
        self._follow_loading(None)

    def _make_empty(self) -> EmptyState:
        folder = button("Choose a folder...", "Learn from every picture in a folder")
        files = button("Choose files...", "Learn from some pictures, an .npy array or an IDX file")
        bundled = button("Bundled sets", "Sets of pictures that come with the studio")
        bundled.setMenu(self._make_samples())
        folder.clicked.connect(self.folder_asked)
        files.clicked.connect(self.files_asked)
        self.offers = (folder, files, bundled)
        return EmptyState("Drop a folder of pictures here, or one photograph of a material", self.offers)

    def _make_samples(self) -> QMenu:
        menu = QMenu("Bundled sets", self)
        menu.setToolTipsVisible(True)
        for sample in SAMPLES:
            made = QAction(sample.title, menu)
            made.setToolTip(sample.line)
            made.setData(sample.name)
            menu.addAction(made)
        menu.triggered.connect(self._choose_sample)
        return menu

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Choose a folder...", self.folder_asked)
        menu.addAction("Choose files...", self.files_asked)
        menu.addMenu(self._make_samples())
        menu.addSeparator()
        self.forget = menu.addAction("Remove all pictures", self._remove_all)
        return menu

    def _lay_out(self) -> None:
        reading = QHBoxLayout()
        reading.addWidget(self.reading, 1)
        reading.addWidget(self.cancel)
        busy = QVBoxLayout(self.loading)
        busy.setContentsMargins(0, 0, 0, 0)
        busy.setSpacing(4)
        busy.addWidget(self.progress)
        busy.addLayout(reading)
        lost = QHBoxLayout(self.missing)
        lost.setContentsMargins(0, 0, 0, 0)
        lost.addWidget(self.missing_words, 1)
        lost.addWidget(self.relocate)
        low = QHBoxLayout()
        low.setSpacing(10)
        low.addWidget(self.summary, 1)
        low.addWidget(self.add)
        low.addWidget(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.heading, self.missing, self.exemplar, self.sheet, self.empty, self.loading, self.note):
            column.addWidget(part)
        column.addLayout(low)

    def _connect(self) -> None:
        session = self._session
        session.dataset_changed.connect(self._follow_set)
        session.loading_changed.connect(self._follow_loading)
        session.recipe_changed.connect(self._follow_recipe)
        session.project_changed.connect(self._follow_missing)
        self.count.clicked.connect(self.open_verdicts)
        self.exemplar.clicked.connect(self.open_verdicts)
        self.sheet.clicked.connect(self.open_verdicts)
        self.edit.clicked.connect(self.open_preprocess)
        self.cancel.clicked.connect(session.cancel_loading)
        self.relocate.clicked.connect(self.relocate_asked)

    def open_verdicts(self, _index: object = None) -> None:
        VerdictDialog(self._session, self).show()

    def open_preprocess(self) -> None:
        PreprocessDialog(self._session, self).show()

    def _choose_sample(self, chosen: QAction) -> None:
        self._session.set_sample(chosen.data())

    def _remove_all(self) -> None:
        self._session.set_data(DatasetSpec())

    def _follow_set(self, images: ImageSet | None) -> None:
        present = images is not None and len(images) > 0
        large = images.exemplars if images is not None else ()
        if images is not None:
            self._large = images.spec if large else None
        self.sheet.setVisible(present and len(large) != 1)
        self.forget.setEnabled(present)
        self.count.setVisible(images is not None)
        self.count.setText(count_words(images))
        self.count.setAccessibleName(f"List of pictures: {count_words(images)}")
        pictures, names = sheet_choice(images, THUMBNAILS)
        if images is not None and large:
            self.exemplar.show_set(images)
            pictures, names = [item.transpose(1, 2, 0) for item in large[1 : THUMBNAILS + 1]], []
        self.sheet.set_images([to_qimage(picture) for picture in pictures], names)
        self.note.setText(images.note if images is not None else "")
        self.note.setVisible(bool(self.note.text()))
        self._show_empty()
        self._follow_missing()

    def _follow_loading(self, progress: LoadProgress | None) -> None:
        self.loading.setVisible(progress is not None)
        if progress is not None:
            self.progress.setRange(0, progress.total)
            self.progress.setValue(progress.done)
            of = f" of {numbers.whole(progress.total)}" if progress.total else ""
            self.reading.setText(f"Reading {numbers.whole(progress.done)}{of}")
        self._show_empty()

    def _follow_recipe(self, _recipe: object) -> None:
        self.summary.setText(summary_of(self._session.recipe.preprocess))
        self.summary.setToolTip(self.summary.text())
        self._show_empty()
        self._follow_missing()

    def _follow_missing(self, _changed: object = None) -> None:
        lost = self._session.missing
        self.missing.setVisible(bool(lost))
        # each may be a folder of many
        what = f"{name_of(lost[0])} was" if len(lost) == 1 else f"{len(lost)} folders or files were"
        self.missing_words.setText(f"{what} not found.")
        self.missing_words.setToolTip("\n".join(lost))
        self._show_empty()

    def _show_empty(self) -> None:
        session = self._session
        nothing = session.dataset is None or not len(session.dataset)
        # a scale that leaves nothing to learn from is mended with the slider it was set with
        large = self._large is not None and self._large == session.recipe.data and session.recipe.preprocess.crops
        self.exemplar.setVisible(large)
        self.empty.setVisible(nothing and not large and self.loading.isHidden() and self.missing.isHidden())
        self.add.setVisible(self.empty.isHidden())


def summary_of(value: Preprocess) -> str:
    """Return the preparation in a few words: Size 28  Grey  Crop."""
    size = f"Size {value.width}" if value.width == value.height else f"{value.width} x {value.height}"
    fit = "Patches" if value.patches else "Crops" if value.crops else value.fit.value.capitalize()
    words = [size, "Grey" if value.channels == 1 else "Colour", fit]
    if value.flips.value != "none":
        words.append("Flips")
    if value.quarter_turns:
        words.append("Turns")
    if value.flatten:
        words.append("Even light")
    if value.invert:
        words.append("Inverted")
    return "\u2002".join(words)
