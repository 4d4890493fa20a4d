"""The picture a texture is learned from, and how large its structure is made."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.data.imageset import ImageSet
from studio.data.scale import Proposal
from studio.data.spec import Preprocess
from studio.errors import SettingsError, StudioError
from studio.models.spec import TiledSpec
from studio.ui.binding import editor_for
from studio.ui.fields import field
from studio.ui.images import to_qimage
from studio.ui.widgets.buttons import button
from studio.ui.widgets.exemplar_view import ExemplarView
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider

if TYPE_CHECKING:
    from studio.session.session import Session

QUIET_MS = 250
ALIKE = 0.03  # relative difference of two scales that need not be told apart


class ExemplarBox(QWidget):
    """The first large picture, a slider for its scale, and the scale that suits the model's tiles."""

    clicked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._proposal: Proposal | None = None
        self._asked: object = None
        self.view = ExemplarView()
        scale = editor_for(field(Preprocess, "patch_scale"), Preprocess().patch_scale)
        assert isinstance(scale, LabelledSlider)
        self.scale = scale
        self.scale.set_label("Scale")
        self.words = dim_label("", wrap=True, role="small")
        self.use = button("Use", "Take the scale that suits the tiles", role="link")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.view)
        column.addWidget(self.scale)
        column.addLayout(row)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(QUIET_MS)
        self._rest.timeout.connect(self._send)
        self.scale.edited.connect(self._scaled)
        self.use.clicked.connect(self._take)
        self.view.clicked.connect(self.clicked)
        session.recipe_changed.connect(self._follow)
        session.scale_proposed.connect(self._proposed)
        self._follow()

    def show_set(self, images: ImageSet) -> None:
        """Show the first of these large pictures, and have its structure measured."""
        picture, band = images.exemplars[0], images.bands[0]
        _, height, width = picture.shape
        held = QRectF(width - band, 0, band, height) if width > height else QRectF(0, height - band, width, band)
        crop = QSize(images.preprocess.width, images.preprocess.height)
        self.view.set_picture(to_qimage(picture.transpose(1, 2, 0)), crop, held)
        self._ask()

    def _ask(self) -> None:
        recipe, seen = self._session.recipe, self._session.recipe.preprocess
        if not isinstance(recipe.model, TiledSpec):
            return
        about = (recipe.data, seen.colour, seen.width, seen.height, seen.held_out, recipe.model.multiple)
        if about != self._asked:
            self._asked = about
            self._session.propose_scale()

    def _scaled(self) -> None:
        self._tell()
        self._rest.start()

    def _take(self) -> None:
        if self._proposal is not None:
            self.scale.set_value(math.ceil(1000 * self._proposal.scale - 1e-6) / 1000)  # less may leave no room
            self._send()

    def _send(self) -> None:
        self._rest.stop()
        preprocess = self._session.recipe.preprocess
        try:
            self._session.set_preprocess(dataclasses.replace(preprocess, patch_scale=self.scale.value()))
        except SettingsError as error:
            self._say(str(error), offered=False)

    def _follow(self, _recipe: object = None) -> None:
        if not self._rest.isActive():
            self.scale.set_value(self._session.recipe.preprocess.patch_scale)
        if self._asked is not None:
            self._ask()
        self._tell()

    def _proposed(self, found: object) -> None:
        self._proposal = found if isinstance(found, Proposal) else None
        self._tell()
        if isinstance(found, StudioError):
            self._say(str(found), offered=False)

    def _tell(self) -> None:
        """Say how large the structure is, and what stands against the present scale."""
        proposal, scale = self._proposal, self.scale.value()
        if proposal is None or not isinstance(self._session.recipe.model, TiledSpec):
            self._say("", offered=False)
            return
        same = abs(scale - proposal.scale) <= ALIKE * proposal.scale
        self._say(proposal.sentence if same else proposal.objection(scale) or proposal.sentence, offered=not same)

    def _say(self, sentence: str, *, offered: bool) -> None:
        self.words.setText(sentence)
        self.words.setVisible(bool(sentence))
        self.use.setVisible(offered)
