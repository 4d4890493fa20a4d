"""3 Training: how it learns, and how it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.models.spec import Family
from studio.training.settings import PLAIN_RULES, Rule
from studio.ui.binding import Form
from studio.ui.fields_training import TRAINING
from studio.ui.live_controls import LIVE, LiveControls
from studio.ui.training_head import TrainingHead
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.combo import QuietCombo
from studio.ui.widgets.editors import ChoiceRow
from studio.ui.widgets.labels import dim_label

if TYPE_CHECKING:
    from studio.session.session import Session

LENGTH = ("epochs", "seconds")
RBM_ONLY = ("rule", "sparsity_target")  # a texture is learned in one way
CENTRED = (Family.RBM, Family.CODES)  # who may learn from the mean or not; all others have one gradient
TEMPERING = ("temperatures", "hottest")
PENALTIES = ("weight_l1", "max_norm")
AUTO = "auto"


class TrainingPanel(QWidget):
    """The head with the big button may be placed apart from the settings below it, so that it stays in sight."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        settings = session.recipe.training
        self.head = TrainingHead(session)
        self.length = Form([info for info in TRAINING if info.name in LENGTH], settings)
        self.live = LiveControls(session)
        self.form = Form([info for info in TRAINING if info.name not in (*LIVE, LENGTH[0])], settings)
        self.advanced = Collapsible("Advanced", self.form, "Rule, batch, chains, decay and more")
        self.device = QuietCombo("Device", "What computes; a run keeps the device it began on")
        row = QHBoxLayout()
        row.addWidget(dim_label("Device"), 1)
        row.addWidget(self.device)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.head, self.live, self.length):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self.advanced)
        session.recipe_changed.connect(self._follow)
        session.devices_found.connect(self._list_devices)
        self.length.edited.connect(self._edited)
        self.form.edited.connect(self._edited)
        self.device.activated.connect(self._choose_device)
        self._list_devices()
        self._follow(session.recipe)

    def _edited(self, settings: object) -> None:
        self._session.set_training(settings)  # type: ignore[arg-type]  # a form gives back the kind it was given

    def _follow(self, _recipe: object) -> None:
        recipe = self._session.recipe
        for form in (self.length, self.form):
            form.set_value(recipe.training)
        texture = recipe.model.family is Family.TEXTURE
        for name in RBM_ONLY:
            self.form.set_shown(name, not texture)
        self.form.set_shown("centred", recipe.model.family in CENTRED)
        rules = Rule if recipe.model.family is Family.RBM else PLAIN_RULES
        cast(ChoiceRow, self.form.editor("rule")).offer([str(rule) for rule in rules])
        for name in TEMPERING:
            self.form.set_shown(name, not texture and recipe.training.rule is Rule.PT)
        for name in PENALTIES:  # what is in the way of an autoencoder can still be set to 0
            self.form.set_shown(name, recipe.model.family is not Family.CODES or getattr(recipe.training, name) > 0)
        timed = recipe.training.seconds > 0
        self.length.set_shown("epochs", not timed and not recipe.training.steps)
        self.length.set_shown("seconds", timed)
        self.form.set_shown("seconds", not timed)

    def _list_devices(self, _devices: object = None) -> None:
        self.device.clear()
        self.device.addItem("Automatic", AUTO)
        for found in self._session.devices:
            self.device.addItem(found.label, found.name)
            if found.problem:
                place = self.device.count() - 1
                self.device.setItemText(place, f"{found.label} (not usable)")
                self.device.setItemData(place, found.problem, Qt.ItemDataRole.ToolTipRole)
                self.device.setItemData(place, 0, Qt.ItemDataRole.UserRole - 1)  # no flags: not to be chosen
        self.device.setCurrentIndex(max(0, self.device.findData(self._session.device)))
        self.device.updateGeometry()

    def _choose_device(self, place: int) -> None:
        self._session.set_device(self.device.itemData(place))
