"""How the learning goes, in curves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from studio.errors import StudioError
from studio.jobs.frames import SpectrumFrame
from studio.models.spec import Family
from studio.project.history import RunRecord
from studio.project.looks_done import LOOKS_DONE
from studio.session.notices import Notice
from studio.training.settings import Rule
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import Segments, button
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.curve_export import write_csv, write_png
from studio.ui.widgets.curve_lines import CurveOptions, Figure
from studio.ui.widgets.curve_view import CurveView
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.save_file import ask_to_save
from studio.ui.widgets.slider import LabelledSlider
from studio.ui.widgets.spectrum_view import SpectrumView

if TYPE_CHECKING:
    from studio.session.session import Session

NARROW = 440  # below this width two plots stand one above the other, if they can
LEAST_HEIGHT = 80  # of a plot
HEAD_LINES = 5  # of text, what stands above the plots takes in two rows
ROOM_FOR_TABS = 360
SPECTRA = "spectra"  # the kind of frame


def activity_target(run: RunRecord) -> float | None:
    """Return the activity that the run's sparsity pulls towards, None where nothing pulls."""
    return run.settings.sparsity_target if run.settings.sparsity_cost > 0 else None


def looks_done(_run: RunRecord) -> float:
    """Return the similarity from which a texture looks done."""
    return LOOKS_DONE


ERROR = Figure(
    "error",
    "Reconstruction error",
    (("reconstruction_error", "train"), ("reconstruction_error_held_out", "held-out")),
    "How far reconstructions are from their pictures. Held-out above train means learning by heart.",
)
GAP = Figure(
    "gap",
    "Free-energy gap",
    (("free_energy_gap", ""),),
    "Held-out minus training pictures, in nats. While it keeps growing, the model learns its pictures by heart.",
    second=True,
)
SPECTRUM = Figure(
    "spectrum",
    "Spectrum distance",
    (("spectrum_distance", ""),),
    "How far the dream's power is from the picture's, in powers of ten over all wavelengths. At 0 they are alike.",
    second=True,
)
SIMILARITY = Figure(
    "similarity",
    "Texture similarity",
    (("texture_similarity", ""),),
    "How like the picture a dream from noise is: 1 is as like as the picture is to itself. Held against the part that "
    "was held out, or against half of the picture where nothing was. From the dashed line on it looks done.",
    target=looks_done,
    slow="A dream from noise is on its way to be compared.",
)
LIKELIHOOD = Figure(
    "likelihood",
    "Pseudo-likelihood",
    (("pseudo_likelihood", ""),),
    "How well each pixel is foretold by all others. Higher is better.",
)
SWAPS = Figure(
    "swaps",
    "Swaps",
    (("swap_rate", ""),),
    "The share of chains at neighbouring temperatures that swap. Far below a fifth, take more temperatures.",
)
SPEED = Figure("speed", "Pictures a second", (("images_per_second", ""),), "How fast the machine learns.", second=True)
ACTIVITY = Figure(
    "activity",
    "Mean activity",
    (("mean_activity", ""),),
    "The share of hidden units that fire for a picture. The dashed line is what sparsity pulls towards.",
    target=activity_target,
)
DEAD = Figure(
    "dead", "Dead units", (("dead_units", ""),), "The share of hidden units that hardly ever fire.", second=True
)
WEIGHTS = Figure(
    "weights",
    "Weight norm",
    (("weight_norm", ""),),
    "How large the weights are. Steady growth without end is a warning.",
)
RATE = Figure("rate", "Learning rate", (("learning_rate", ""),), "How far each step goes.", second=True)

PAGES: tuple[tuple[str, str, str, tuple[Figure, ...]], ...] = (
    ("learning", "Learning", "How well it learns, in two figures", (SIMILARITY, ERROR, GAP)),
    ("spectrum", "Spectrum", "The spectra of picture and dream, and how far they are apart", (SPECTRUM,)),
    ("likelihood", "Likelihood", "Pseudo-likelihood and speed", (LIKELIHOOD, SWAPS, SPEED)),
    ("units", "Units", "Mean activity and dead units", (ACTIVITY, DEAD)),
    ("weights", "Weights", "Weight norm and learning rate", (WEIGHTS, RATE)),
)

# figures and whole pages that say nothing of a family
UNUSED: Mapping[Family, frozenset[str]] = {
    Family.RBM: frozenset({SIMILARITY.key}),
    Family.TEXTURE: frozenset({GAP.key}),
    Family.CONVOLUTIONAL: frozenset({SIMILARITY.key}),
    Family.CODES: frozenset({SIMILARITY.key}),
}
UNUSED_PAGES: Mapping[Family, frozenset[str]] = {
    Family.RBM: frozenset({"spectrum"}),
    Family.TEXTURE: frozenset({"likelihood"}),
    Family.CONVOLUTIONAL: frozenset({"spectrum", "likelihood"}),
    Family.CODES: frozenset({"spectrum", "likelihood"}),
}


class PlotsPanel(QWidget):
    """Two plots in sight and more behind tabs; what is not seen is not drawn."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.tabs = Segments([(key, text, tip) for key, text, tip, _ in PAGES], role="small", name="Curves")
        self.tab_choice = Choice([(key, text) for key, text, _, _ in PAGES], name="Curves")
        self.smoothing = LabelledSlider(
            "Smoothing", 0, 0.99, 0, tip="How much of the past is in each point. The raw curve stays faint behind."
        )
        self.smoothing.setMinimumWidth(110)
        self.smoothing.setMaximumWidth(160)
        self.smoothing.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.log = check("log", "Logarithmic axis", "Equal distances for equal ratios")
        self.earlier = check("earlier runs", "Earlier runs", "Draw the earlier runs of this project behind this one")
        self.png_button = button("PNG", "Save these plots as a picture", role="link")
        self.csv_button = button("CSV", "Save all curves of all runs as a table, one point a row", role="link")
        self.views: dict[str, CurveView] = {}
        self._stack = QStackedWidget()
        self.spectra = SpectrumView()
        for key, _, _, figures in PAGES:
            views: list[QWidget] = [self._view(figure) for figure in figures]
            self._stack.addWidget(Pair([self.spectra, *views] if key == "spectrum" else views))
        self.tabs.set_key(PAGES[0][0])
        self._lay_out()
        session.curves_changed.connect(self._changed)
        session.ended.connect(self._changed)
        session.frame_arrived.connect(self._arrive)
        session.recipe_changed.connect(self._offer)
        session.model_changed.connect(self._offer)
        session.model_changed.connect(self._follow_model)
        self.spectra.watched.connect(self._want_spectra)
        self.tabs.chosen.connect(self.show_page)
        self.tab_choice.chosen.connect(self.show_page)
        self.smoothing.edited.connect(self._set_options)
        self.log.toggled.connect(self._set_options)
        self.earlier.toggled.connect(self._set_options)
        self.png_button.clicked.connect(self.export_png)
        self.csv_button.clicked.connect(self.export_csv)
        self._offer()
        self._changed()

    def _lay_out(self) -> None:
        head = FlowLayout(gap=12, line_gap=4)
        head.addWidget(self.tabs)
        head.addWidget(self.tab_choice)
        head.push()
        for made in (self.smoothing, self.log, self.earlier, self.png_button, self.csv_button):
            head.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self.setMinimumWidth(200)

    def show_page(self, key: str) -> None:
        """Bring one pair of plots to the front."""
        self.tabs.set_key(key)
        self.tab_choice.set_key(key)
        self._stack.setCurrentIndex([page[0] for page in PAGES].index(key))

    def export_png(self) -> None:
        """Ask for a file and draw the plots in sight into it."""
        path = ask_to_save(self, "Export the plots", "curves.png", "PNG picture (*.png)")
        if path is not None:
            try:
                write_png(self._stack.currentWidget(), path)
            except StudioError as error:
                self._session.notify(Notice.of(error))

    def export_csv(self) -> None:
        """Ask for a file and write every point of every run into it."""
        path = ask_to_save(self, "Export the curves", "curves.csv", "Table (*.csv)")
        if path is not None:
            try:
                write_csv(self._session.runs, path)
            except StudioError as error:
                self._session.notify(Notice.of(error))

    def _view(self, figure: Figure) -> CurveView:
        self.views[figure.key] = CurveView(figure, self._runs, lambda: self._session.status.busy)
        return self.views[figure.key]

    def _runs(self) -> list[RunRecord]:
        return self._session.runs

    def _offer(self, _changed: object = None) -> None:
        """Show the figures that the model at hand has, or the one to come."""
        session = self._session
        family = Family(session.family) if session.family else session.recipe.model.family
        for key, view in self.views.items():
            view.setVisible(key not in UNUSED[family])
        tempered = family is Family.RBM and session.recipe.training.rule is Rule.PT
        self.views[SWAPS.key].setVisible(tempered)
        pages = [(key, text) for key, text, _, _ in PAGES if key not in UNUSED_PAGES[family]]
        self.tabs.offer([key for key, _ in pages])
        self.tab_choice.set_options(pages)
        if self.tabs.key() in UNUSED_PAGES[family]:
            self.show_page(PAGES[0][0])

    def _follow_model(self, family: object) -> None:
        if not family:
            self.spectra.show_frame(None)

    def _arrive(self, kind: str, frame: object) -> None:
        if kind == SPECTRA and isinstance(frame, SpectrumFrame):
            self.spectra.show_frame(frame)

    def _want_spectra(self, wanted: bool) -> None:
        self._session.set_wanted(SPECTRA, wanted)

    def _changed(self, *_ended: object) -> None:
        some = any(run.curves.names() for run in self._session.runs)
        for made in (self.png_button, self.csv_button):
            allow(made, "" if some else "There are no curves yet: press Start.")
        allow(self.earlier, "" if len(self._session.runs) > 1 else "There is no earlier run.")
        for view in self.views.values():
            view.changed()

    def _set_options(self) -> None:
        options = CurveOptions(min(self.smoothing.value(), 0.999), self.log.isChecked(), self.earlier.isChecked())
        for view in self.views.values():
            view.set_options(options)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tabs.setVisible(self.width() >= ROOM_FOR_TABS)
        self.tab_choice.setVisible(self.width() < ROOM_FOR_TABS)
        roomy = self.height() >= HEAD_LINES * self.fontMetrics().height() + LEAST_HEIGHT
        for made in (self.smoothing, self.log, self.earlier, self.png_button, self.csv_button):
            made.setVisible(roomy)  # the curves come first


class Pair(QWidget):
    """Two plots side by side, one above the other where it is narrow and high enough for both."""

    def __init__(self, views: list[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(24)
        for view in views:
            self._row.addWidget(view, 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, LEAST_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW and self.height() >= 2 * LEAST_HEIGHT
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(8 if narrow else 24)


def check(text: str, name: str, tip: str) -> QCheckBox:
    made = QCheckBox(text)
    made.setAccessibleName(name)
    made.setToolTip(tip)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made
