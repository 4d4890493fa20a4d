"""The sliders that act at the next step of a run, and on the recipe while nothing runs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalMapper
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.errors import SettingsError
from studio.jobs.status import Progress
from studio.models.spec import Family
from studio.project.notes import hears_momentum
from studio.training.settings import TrainSettings
from studio.ui.binding import editor_for
from studio.ui.field_info import FieldInfo
from studio.ui.fields import field
from studio.ui.spoken import spoken
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider

if TYPE_CHECKING:
    from studio.session.session import Session

LIVE = ("learning_rate", "momentum", "sparsity_cost")


class LiveControls(QWidget):
    """Learning rate, momentum and sparsity; back at the recipe's own value, its schedule is in force again."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._infos: dict[str, FieldInfo] = {name: field(TrainSettings, name) for name in LIVE}
        self.sliders: dict[str, LabelledSlider] = {}
        self.error = dim_label("", wrap=True, role="error")
        self.error.hide()
        self._mapper = QSignalMapper(self)
        self._mapper.mappedString.connect(self._edited)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for name, info in self._infos.items():
            slider = editor_for(info, getattr(TrainSettings(), name))
            assert isinstance(slider, LabelledSlider)
            self.sliders[name] = slider
            self._mapper.setMapping(slider, name)
            slider.edited.connect(self._mapper.map)
            column.addWidget(slider)
        column.addWidget(self.error)
        session.recipe_changed.connect(self._follow)
        session.live_changed.connect(self._follow)
        session.status_changed.connect(self._follow)
        session.progressed.connect(self._show_rate)
        self._follow()

    def _edited(self, name: str) -> None:
        session, value = self._session, self.sliders[name].value()
        try:
            settings = dataclasses.replace(session.recipe.training, **{name: value})  # type: ignore[arg-type]  # floats
        except SettingsError as error:
            self._say(spoken(str(error), (TrainSettings,)))
            return
        self._say("")
        if session.status.busy:
            back = value == getattr(session.recipe.training, name)
            session.set_live(dataclasses.replace(session.live, **{name: None if back else value}))
        else:
            session.set_training(settings)

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))

    def _follow(self, _changed: object = None) -> None:
        session = self._session
        busy = session.status.busy
        blank = TrainSettings()
        self._say("")
        self.sliders["sparsity_cost"].setVisible(session.recipe.model.family is not Family.TEXTURE)
        self.sliders["momentum"].setVisible(hears_momentum(session.recipe))
        for name, slider in self.sliders.items():
            planned = getattr(session.recipe.training, name)
            live = getattr(session.live, name) if busy else None
            slider.set_label(self._infos[name].label + ("\u2002(live)" if busy else ""))
            slider.set_default(planned if busy else getattr(blank, name))
            scheduled = busy and name == "learning_rate" and session.progress is not None
            if live is not None or not scheduled:
                slider.set_value(planned if live is None else live)

    def _show_rate(self, progress: Progress) -> None:
        """Follow a rate that falls by its schedule."""
        if self._session.live.learning_rate is None:
            self.sliders["learning_rate"].set_value(progress.learning_rate)
