"""What the model makes of pictures it has not learned from; of a material, pieces of it and of what is dreamt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.jobs.frames import ReconstructionFrame
from studio.models.spec import Family
from studio.ui.conditions import any_size
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.picture_strip import PictureStrip

if TYPE_CHECKING:
    from studio.session.session import Session

PAIRS = "Pairs of a picture and its reconstruction"


class ReconstructionsPanel(QWidget):
    """A held-out picture above, its reconstruction below; between them what the model was shown, if corrupted.

    Models of any size have pieces of what they learn above, and of their dreams below.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._frame: ReconstructionFrame | None = None
        self.strip = PictureStrip(side=40, largest=72, name="Input above, output below")
        self.empty = dim_label("", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        self.headings = {False: Heading("Input, output"), True: Heading("Picture, dream")}
        for heading in self.headings.values():
            column.addWidget(heading)
        column.addWidget(self.empty)
        column.addWidget(self.strip)
        column.addStretch(1)
        self.setMinimumWidth(200)
        self._name(session.family)
        session.frame_arrived.connect(self._arrive)
        session.model_changed.connect(self._follow_model)

    def _arrive(self, kind: str, frame: object) -> None:
        if kind == "reconstructions" and isinstance(frame, ReconstructionFrame):
            self._frame = frame
            if self.isVisible():
                self._draw()

    def _draw(self) -> None:
        frame, self._frame = self._frame, None
        if frame is not None:
            middle = [] if frame.corrupted is None else [frame.corrupted]
            self.strip.set_pictures([frame.inputs, *middle, frame.outputs])
            self.empty.setVisible(self.strip.count == 0)

    def _name(self, family: str) -> None:
        """Say what is shown: a texture is not reconstructed, its chains are looked at."""
        texture = any_size(family)
        for kind, heading in self.headings.items():
            heading.setVisible(kind is texture)
        pairs = "Pieces of the picture, and of the dream below them," if texture else PAIRS
        self.empty.setText(f"{pairs} appear here while the model learns.")
        below = "what the model dreams of it meanwhile" if texture else "what the model makes of them"
        above = "pieces of the picture that is learned" if texture else "pictures kept from training"
        shown = " Between: the pictures as it is shown them." if family == Family.CODES else ""
        self.strip.setToolTip(f"Above: {above}.{shown} Below: {below}.")

    def _follow_model(self, model: object) -> None:
        self._name(str(model or ""))
        if not model:
            self._frame = None
            self.strip.set_pictures([])
            self.empty.show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._session.set_wanted("reconstructions", True)
        self._draw()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._session.set_wanted("reconstructions", False)
