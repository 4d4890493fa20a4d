"""The settings of one model family: what matters most, the rest folded away."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.models.code_spec import Corruption, Network, Units
from studio.models.spec import CodeSpec, ConvSpec, Family, ModelSpec, RbmSpec, Shape, Visible
from studio.ui.binding import Form
from studio.ui.fields_model import MODEL_FIELDS
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.layer_list import LayerList, Load
from studio.ui.widgets.layer_row import PARTS

FIRST: Mapping[Family, tuple[str, ...]] = {
    Family.RBM: ("hidden",),
    Family.TEXTURE: ("levels",),
    Family.CONVOLUTIONAL: (),  # its layers have a list of their own
    Family.CODES: ("code", "hidden", "corruption", "level"),
}
TIPS: Mapping[Family, str] = {
    Family.RBM: "Kind of pixels and their deviation",
    Family.TEXTURE: "Tile, filters, offsets, deviation and materials",
    Family.CONVOLUTIONAL: "Kind of pixels and their deviation",
    Family.CODES: "Network, layers, kind of codes, noise, and how the RBM learns",
}


class FamilyForm(QWidget):
    """Editors for the spec of one family; `edited` carries the new spec."""

    edited = Signal(object)

    def __init__(self, model: ModelSpec, shape: Shape, load: Load, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        first = FIRST[model.family]
        layered = isinstance(model, ConvSpec)
        fields = [info for info in MODEL_FIELDS[model.family] if not (layered and info.name in PARTS)]
        self.form = Form([info for info in fields if info.name in first], model)
        self.more = Form([info for info in fields if info.name not in first], model)
        self.advanced = Collapsible("Advanced", self.more, TIPS[model.family])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.layers = LayerList(model, shape, load) if isinstance(model, ConvSpec) else None
        if self.layers is not None:
            column.addWidget(self.layers)
            self.layers.edited.connect(self.edited)
        for part, used in ((self.form, bool(first)), (self.advanced, True)):
            column.addWidget(part)
            part.setVisible(used)
        self.form.edited.connect(self.edited)
        self.more.edited.connect(self.edited)

    def set_value(self, model: ModelSpec, shape: Shape, load: Load) -> None:
        """Show another spec of the same family, for pictures of this shape and steps of this load."""
        self.form.set_value(model)
        self.more.set_value(model)
        if self.layers is not None and isinstance(model, ConvSpec):
            self.layers.set_value(model, shape, load)
        if isinstance(model, ConvSpec):
            self.more.set_shown("patches", bool(model.deeper) or model.patches)
        if isinstance(model, RbmSpec):
            gaussian = model.visible is Visible.GAUSSIAN
            self.more.set_shown("deviation", gaussian)
            self.more.set_shown("learn_deviation", gaussian)
            self.more.set_shown("hidden_units", gaussian)
        if isinstance(model, CodeSpec):
            smooth = model.codes is Visible.GAUSSIAN
            self.form.set_shown("level", model.corruption is not Corruption.NONE)
            self.more.set_shown("code_noise", smooth and model.beta == 0)
            self.more.set_shown("beta", smooth)
            self.more.set_shown("deviation", smooth and model.hidden > 0)
            self.more.set_shown("tied", model.network is Network.DENSE)
            self.more.set_shown("known_weight", model.corruption is Corruption.BLOCKS)
            self.more.set_shown("units", bool(model.widths))
            logistic = not model.widths or model.units is Units.LOGISTIC
            self.more.set_shown("pretrain", (model.network is Network.DENSE and logistic) or model.pretrain > 0)
            for name in ("rbm_rate", "rbm_share"):
                self.more.set_shown(name, model.hidden > 0)
