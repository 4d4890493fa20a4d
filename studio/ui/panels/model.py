"""2 Model: what learns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.data.spec import SAMPLE_PREFIX, DatasetSpec
from studio.models.spec import Family, Visible
from studio.project.presets import Preset, presets
from studio.ui import numbers
from studio.ui.binding import Form
from studio.ui.fields import MODEL
from studio.ui.widgets.buttons import Segments
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.preset_combo import PresetCombo

if TYPE_CHECKING:
    from studio.project.recipe import Recipe
    from studio.session.session import Session

FAMILIES = ((str(Family.RBM), "RBM", "Restricted Boltzmann machine: one layer of features over all the pixels."),)
FIRST = ("hidden",)


class ModelPanel(QWidget):
    """Presets first, then what matters most, the rest folded away."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._presets = {preset.name: preset for preset in presets()}
        model = session.recipe.model
        self.heading = Heading("Model", 2)
        self.families = Segments(FAMILIES, columns=2, name="Model family")
        self.preset = PresetCombo("Preset", "Settings that are known to work; the pictures stay")
        self.preset.setPlaceholderText("Choose")
        for preset in self._presets.values():
            self.preset.add(preset.name, preset.title, preset.line, preset.thumbnail)
        self.preset.setCurrentIndex(-1)
        self.line = dim_label("", wrap=True, role="small")
        self.form = Form([info for info in MODEL if info.name in FIRST], model)
        self.more = Form([info for info in MODEL if info.name not in FIRST], model)
        self.advanced = Collapsible("Advanced", self.more, "Kind of pixels and their deviation")
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
        for part in (self.line, self.form, self.advanced, self.cost):
            column.addWidget(part)
        session.recipe_changed.connect(self._follow)
        session.dataset_changed.connect(self._show_cost)
        self.form.edited.connect(self._edited)
        self.more.edited.connect(self._edited)
        self.preset.activated.connect(self._choose)
        self._follow(session.recipe)

    def _choose(self, place: int) -> None:
        chosen = self._presets[self.preset.itemData(place)]
        # a first preset brings the pictures it is known to work on
        if not self._session.recipe.data.paths and chosen.sample:
            self._session.set_data(DatasetSpec((SAMPLE_PREFIX + chosen.sample,)))
        self._session.apply_preset(chosen.name)

    def _edited(self, model: object) -> None:
        self._session.set_model(model)  # type: ignore[arg-type]  # a form gives back the kind it was given

    def _follow(self, _recipe: object) -> None:
        recipe = self._session.recipe
        self.families.set_key(str(recipe.model.family))
        self.form.set_value(recipe.model)
        self.more.set_value(recipe.model)
        gaussian = recipe.model.visible is Visible.GAUSSIAN
        self.more.set_shown("deviation", gaussian)
        self.more.set_shown("learn_deviation", gaussian)
        preset = self._presets.get(recipe.preset)
        self.preset.setCurrentIndex(self.preset.findData(recipe.preset) if preset else -1)
        self.line.setText(line_of(preset, recipe))
        self.line.setVisible(preset is not None)
        self._show_cost()

    def _show_cost(self, _changed: object = None) -> None:
        recipe = self._session.recipe
        shape = recipe.preprocess.shape
        count = recipe.model.parameter_count(shape)
        held = recipe.model.memory_bytes(shape, recipe.training.batch, recipe.training.chains)
        self.cost.setText(f"{numbers.amount(count)} parameters, {numbers.size(held)}")


def line_of(preset: Preset | None, recipe: Recipe) -> str:
    """Return what a preset says of itself, and whether its settings have been changed since."""
    if preset is None:
        return ""
    same = preset.apply(recipe) == recipe
    return preset.line if same else f"{preset.line} Changed since."
