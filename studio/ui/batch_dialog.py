"""Many dreams at once: which seeds and temperatures, by which models, as files or as a contact sheet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QLayout, QLineEdit, QVBoxLayout, QWidget

from studio.dream.settings import DreamSettings
from studio.dream.take import Bits
from studio.errors import StudioError
from studio.project.batch import Batch, seeds_in, temperatures_in
from studio.ui.dialogs import PROJECTS
from studio.ui.export_dialog import DEPTHS, EIGHT_BITS, STILL
from studio.ui.export_parts import row
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import Segments, answers, button
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider

KEY = "export/batch"
SEEDS_TIP = "Which seeds, such as 1-8 or 3, 7, 12"
TEMPERATURES_TIP = "Which temperatures, such as 0.8, 1, 1.2; above 1 the dream grows wild"
WAYS = (
    ("files", "Files", "Each dream in a file of its own, named after its seed and temperature"),
    ("sheet", "Contact sheet", "All dreams on one picture: a column for each seed, a row for each temperature"),
)
MODELS_TIP = "Let the models of other projects dream the same"
WIDTH = 380


@dataclass(frozen=True, slots=True)
class BatchWish:
    """A batch, the projects whose models take part beside the one at hand, and the kind of file."""

    batch: Batch
    models: tuple[str, ...] = ()
    sheet: bool = False
    suffix: str = ".png"
    bits: Bits = 8


class BatchDialog(QDialog):
    """Asks for a batch with a dream's own settings in all else; `chosen` carries a BatchWish."""

    chosen = Signal(object)  # BatchWish

    def __init__(self, settings: DreamSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._models: tuple[str, ...] = ()
        self.setWindowTitle("Dream a batch")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.seeds = line("Seeds", SEEDS_TIP, "1-8")
        self.temperatures = line("Temperatures", TEMPERATURES_TIP, "0.8, 1, 1.2")
        self.sweeps = LabelledSlider("Sweeps", 1, 5000, 500, log=True, whole=True, tip="Sweeps of each dream.")
        self.way = Segments(WAYS, role="small", name="How they are saved")
        self.format = Choice(STILL, name="Kind of file", tip="The kind of file")
        self.bits = Segments(DEPTHS, role="small", name="Bits a channel")
        self.models = dim_label("this model", wrap=True)
        self.more = button("Add other projects...", MODELS_TIP, role="link")
        self.words = dim_label("")
        self.note = dim_label("", wrap=True, role="small")
        self.save = button("Dream...", "Choose a name; the batch waits for those before it", role="accent")
        self.cancel = button("Cancel", "Dream nothing")
        answers(self.save, self.cancel, self.more)
        self._restore()
        self._lay_out()
        self._connect()
        self._tell()

    def wish(self) -> BatchWish:
        """Return what is asked for; raises SettingsError for what cannot be."""
        batch = Batch(
            seeds_in(self.seeds.text()),
            temperatures_in(self.temperatures.text()),
            round(self.sweeps.value()),
            self._settings,
        )
        deep: Bits = 16 if self.bits.key() == "16" and self._may_be_deep() else 8
        return BatchWish(batch, self._models, self.way.key() == "sheet", self.format.key(), deep)

    def add_models(self, files: list[str]) -> None:
        """Let the models of these projects take part."""
        self._models = tuple(dict.fromkeys((*self._models, *files)))
        self._tell()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(14)
        heading = Heading("Batch")
        heading.add(self.words)
        column.addWidget(heading)
        column.addLayout(row(dim_label("Seeds"), self.seeds))
        column.addLayout(row(dim_label("Temperatures"), self.temperatures))
        column.addWidget(self.sweeps)
        column.addLayout(row(dim_label("Dreamt by"), self.more))
        column.addWidget(self.models)
        column.addLayout(row(dim_label("Save"), self.way))
        column.addLayout(row(dim_label("Kind of file"), self.format))
        column.addLayout(row(dim_label("Depth"), self.bits))
        column.addWidget(self.note)
        column.addLayout(row(None, self.cancel, self.save))
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        self.note.setFixedWidth(WIDTH)
        self.models.setFixedWidth(WIDTH)

    def _connect(self) -> None:
        for edit in (self.seeds, self.temperatures):
            edit.textChanged.connect(self._tell)
        self.sweeps.edited.connect(self._tell)
        for part in (self.way, self.format, self.bits):
            part.chosen.connect(self._tell)
        self.more.clicked.connect(self._ask_models)
        self.save.clicked.connect(self._finish)
        self.cancel.clicked.connect(self.reject)

    def _may_be_deep(self) -> bool:
        return self.format.key() in (".png", ".tif")

    def _tell(self, _changed: object = None) -> None:
        allow(self.bits, "" if self._may_be_deep() else EIGHT_BITS)
        names = [Path(path).stem for path in self._models]
        self.models.setText(", ".join(["the model at hand", *names]))
        try:
            batch = self.wish().batch
        except StudioError as error:
            self.note.setText(str(error))
            self.words.setText("")
            self.save.setEnabled(False)
            return
        count = len(batch.dreams()) * (1 + len(names))
        self.words.setText(f"{count:,} dream{'' if count == 1 else 's'}")
        self.note.setText(
            "All else is as under the canvas. The dream and a run go on meanwhile; other batches wait their turn."
        )
        self.save.setEnabled(True)

    def _ask_models(self) -> None:
        dialog = QFileDialog(self, "Other projects", "", PROJECTS)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.add_models)
        dialog.open()

    def _restore(self) -> None:
        settings = QSettings()
        self.seeds.setText(str(settings.value(f"{KEY}/seeds", "1-8")))
        self.temperatures.setText(str(settings.value(f"{KEY}/temperatures", "0.8, 1, 1.2")))
        for part, name, default in ((self.way, "way", "files"), (self.bits, "bits", "8")):
            part.set_key(default)
            part.set_key(str(settings.value(f"{KEY}/{name}", default)))
        self.format.set_key(str(settings.value(f"{KEY}/format", ".png")))
        sweeps = str(settings.value(f"{KEY}/sweeps", 500))
        self.sweeps.set_value(float(sweeps) if sweeps.replace(".", "", 1).isdecimal() else 500)

    def _remember(self) -> None:
        settings = QSettings()
        for name, value in (
            ("seeds", self.seeds.text()),
            ("temperatures", self.temperatures.text()),
            ("way", self.way.key()),
            ("bits", self.bits.key()),
            ("format", self.format.key()),
            ("sweeps", self.sweeps.value()),
        ):
            settings.setValue(f"{KEY}/{name}", value)

    def _finish(self) -> None:
        wish = self.wish()
        self._remember()
        self.accept()
        self.chosen.emit(wish)


def line(name: str, tip: str, example: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setToolTip(tip)
    made.setPlaceholderText(example)
    made.setMinimumWidth(200)
    return made
