"""2 Model: what learns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.data.spec import SAMPLE_PREFIX, DatasetSpec
from studio.models.spec import Family
from studio.project.notes import notes
from studio.project.presets import Preset, presets
from studio.project.recipe import FAMILIES as SPECS
from studio.ui import numbers
from studio.ui.family_form import FamilyForm
from studio.ui.widgets.buttons import Segments
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.preset_combo import PresetCombo

if TYPE_CHECKING:
    from studio.jobs.status import RunStatus
    from studio.models.spec import ModelSpec
    from studio.project.recipe import Recipe
    from studio.session.session import Session

NEXT_RUN = "for the next run"
FAMILIES = (
    (str(Family.RBM), "RBM", "Restricted Boltzmann machine: one layer of features over all the pixels."),
    (str(Family.TEXTURE), "Texture", "Tiled machine: learns one material, and dreams it seamless at any size."),
    (
        str(Family.CONVOLUTIONAL),
        "Convolutional",
        "Layers of filters, each looked for at every place: edges, textures, parts.",
    ),
    (
        str(Family.CODES),
        "Autoencoder",
        "Presses pictures into codes and learns to draw them; an RBM dreams in the codes, and fills what is hidden.",
    ),
)


class ModelPanel(QWidget):
    """Presets first, then what matters most, the rest folded away."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._presets = {preset.name: preset for preset in presets()}
        self.heading = Heading("Model", 2)
        self.families = Segments(FAMILIES, columns=2, name="Model family")
        self.preset = PresetCombo("Preset", "Settings that are known to work; the pictures stay")
        self.preset.setPlaceholderText("Choose")
        self._offered: Family | None = None
        self._begun: ModelSpec | None = None  # what the run in progress began with
        self.line = dim_label("", wrap=True, role="small")
        shape, load = session.recipe.preprocess.shape, load_of(session.recipe)
        self.forms = {family: FamilyForm(kind(), shape, load) for family, kind in SPECS.items()}
        self.cost = dim_label("", wrap=True)
        self.cost.setAccessibleName("Size of the model")
        row = QHBoxLayout()
        row.addWidget(dim_label("Preset"), 1)
        row.addWidget(self.preset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.families)
        column.addLayout(row)
        column.addWidget(self.line)
        for form in self.forms.values():
            column.addWidget(form)
            form.edited.connect(self._edited)
        column.addWidget(self.cost)
        session.recipe_changed.connect(self._follow)
        session.dataset_changed.connect(self._show_cost)
        session.status_changed.connect(self._follow_run)
        self.families.chosen.connect(self._choose_family)
        self.preset.activated.connect(self._choose)
        self._follow(session.recipe)

    def _choose_family(self, name: str) -> None:
        family = Family(name)
        if family is self._session.recipe.model.family:
            return
        first = next((item for item in self._presets.values() if item.family is family), None)
        if first is None:
            self._session.set_model(SPECS[family]())
        else:
            self._apply(first)

    def _choose(self, place: int) -> None:
        self._apply(self._presets[self.preset.itemData(place)])

    def _apply(self, chosen: Preset) -> None:
        # a first preset brings the pictures it is known to work on
        if not self._session.recipe.data.paths and chosen.sample:
            self._session.set_data(DatasetSpec((SAMPLE_PREFIX + chosen.sample,)))
        self._session.apply_preset(chosen.name)

    def _edited(self, model: object) -> None:
        self._session.set_model(model)  # type: ignore[arg-type]  # a form gives back the kind it was given

    def _follow_run(self, status: RunStatus) -> None:
        if not status.busy:
            self._begun = None
        elif self._begun is None:
            self._begun = self._session.recipe.model
        self._tell_when()

    def _tell_when(self) -> None:
        """Say that what was chosen since the run began is not what learns."""
        changed = self._begun is not None and self._session.recipe.model != self._begun
        self.heading.set_note(NEXT_RUN if changed else "")

    def _follow(self, _recipe: object) -> None:
        recipe = self._session.recipe
        self.families.set_key(str(recipe.model.family))
        for family, form in self.forms.items():
            form.setVisible(family is recipe.model.family)
        self.forms[recipe.model.family].set_value(recipe.model, recipe.preprocess.shape, load_of(recipe))
        self._offer(recipe.model.family)
        self._tell_when()
        preset = self._presets.get(recipe.preset)
        self.preset.setCurrentIndex(self.preset.findData(recipe.preset) if preset else -1)
        self.line.setText(line_of(preset, recipe))
        self.line.setVisible(preset is not None)
        self._show_cost()

    def _offer(self, family: Family) -> None:
        """List the presets of one family."""
        if family is self._offered:
            return
        self._offered = family
        self.preset.clear()
        for preset in self._presets.values():
            if preset.family is family:
                self.preset.add(preset.name, preset.title, preset.line, preset.thumbnail)

    def _show_cost(self, _changed: object = None) -> None:
        recipe = self._session.recipe
        shape = recipe.preprocess.shape
        count = recipe.model.parameter_count(shape)
        held = recipe.model.memory_bytes(shape, *load_of(recipe))
        images = self._session.dataset
        said = notes(recipe, len(images.training()) if images is not None else 0)
        self.cost.setText("\n".join([f"{numbers.amount(count)} parameters, {numbers.size(held)}", *said]))


def load_of(recipe: Recipe) -> tuple[int, int]:
    """Return how many pictures and kept chains a training step takes in hand."""
    return recipe.training.batch, recipe.training.chains_in_all


def line_of(preset: Preset | None, recipe: Recipe) -> str:
    """Return what a preset says of itself, and whether its settings have been changed since."""
    if preset is None:
        return ""
    same = preset.apply(recipe) == recipe
    return preset.line if same else f"{preset.line} Changed since."
