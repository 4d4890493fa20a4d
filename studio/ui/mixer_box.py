"""The mixer below the sheet of filters: chosen units, keys, layers, groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QElapsedTimer, QPoint, Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QVBoxLayout, QWidget

from studio.dream.mixer import Mixer, PartMix
from studio.errors import SettingsError
from studio.jobs.frames import FilterFrame
from studio.models.parts import played
from studio.session.notices import Notice
from studio.ui.images import Picture
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import button
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.filter_pixels import filter_bytes
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.key_row import KEYS, KeyRow
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.part_controls import PartControls
from studio.ui.widgets.sheet_marks import CellMark
from studio.ui.widgets.unit_controls import SWITCHES, UnitControls

if TYPE_CHECKING:
    from studio.session.session import Session

RESORT = 2000  # ms: keys whose filters change many times a second cannot be played
NO_GROUP = ("", "none")


class MixerBox(QWidget):
    """Turns what the chosen filters, whole layers and groups take part in the dream with."""

    group_chosen = Signal(object)  # tuple of units

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._chosen: tuple[int, ...] = ()
        self._name = ""
        self._layer = 0
        self._sorted = QElapsedTimer()
        self._asking: QInputDialog | None = None
        self.units = UnitControls()
        self.keys = KeyRow()
        self.parts = PartControls()
        self.groups = Choice([NO_GROUP], name="Groups of filters", tip="Choose the filters of a group")
        self.group_button = button("Group...", "Give the chosen filters a name, to turn them together", role="link")
        self.ungroup_button = button("Ungroup", "Forget this group; its filters stay as they are", role="link")
        self.reset_button = button("Reset", "Nothing muted, held or turned; groups stay", role="link")
        self.reason = dim_label("", wrap=True, role="small")
        self.fold = Collapsible("Mixer", self._inside(), "Keys, layers and groups of filters")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.units)
        column.addWidget(self.fold)
        self.units.hide()
        self._connect()
        self._follow_model()

    def _inside(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = FlowLayout(gap=8, line_gap=2)
        for part in (dim_label("Group"), self.groups, self.group_button, self.ungroup_button):
            row.addWidget(part)
        row.push()
        row.addWidget(self.reset_button)
        column.addWidget(self.reason)
        column.addWidget(self.keys)
        column.addWidget(self.parts)
        column.addLayout(row)
        return inside

    def _connect(self) -> None:
        session = self._session
        session.mixer_changed.connect(self._show)
        session.model_changed.connect(self._follow_model)
        self.units.switched.connect(self._switch)
        self.units.gain_edited.connect(self._turn)
        self.keys.played.connect(session.press_units)
        self.parts.edited.connect(self._turn_part)
        self.parts.chosen.connect(self._show)
        self.groups.chosen.connect(self._choose_group)
        self.group_button.clicked.connect(self.ask_for_group)
        self.ungroup_button.clicked.connect(self._ungroup)
        self.reset_button.clicked.connect(self.reset)

    @property
    def _mixer(self) -> Mixer:
        return self._session.mixer

    def set_chosen(self, units: Iterable[int], name: str) -> None:
        """Turn these units from now on; they are called so."""
        self._chosen, self._name = tuple(units), name
        self._show()

    def set_filters(self, frames: Sequence[FilterFrame], layer: int) -> None:
        """Put the strongest filters of a layer on the keys, or of all that play where that one does not."""
        if layer != self._layer:
            self._layer = layer
            self._sorted.invalidate()
            if len(frames) == len(self._session.parts):
                self.parts.choice.set_key(str(layer))
                self._show()
        if self.keys.units and self._sorted.isValid() and not self._sorted.hasExpired(RESORT):
            return
        self._sorted.start()
        playing = [unit for part in played(self._session.parts) for unit in part.units]
        norms = np.concatenate([frame.norms for frame in frames]) if frames else np.zeros(0, np.float32)
        playing = [unit for unit in playing if unit < len(norms)]
        first = sum(len(frame.filters) for frame in frames[:layer])
        shown = range(first, first + len(frames[layer].filters)) if layer < len(frames) else range(0)
        playing = [unit for unit in playing if unit in shown] or playing
        strongest = sorted(playing, key=lambda unit: -float(norms[unit]))[:KEYS]
        self.keys.set_filters(strongest, [picture_of(frames, unit) for unit in strongest])

    def marks(self, units: Sequence[int]) -> dict[int, CellMark]:
        """Return how units are marked in the sheet, by their place among these; those that are not are left out."""
        mixer = self._mixer
        silent = mixer.silent(self._session.parts)
        chosen = set(self._chosen) if len(self._chosen) > 1 else set()
        marked = silent | mixer.held | chosen
        return {
            place: CellMark(unit in silent, unit in mixer.muted, unit in mixer.held, unit in chosen)
            for place, unit in enumerate(units)
            if unit in marked
        }

    def words(self, unit: int) -> str:
        """Return how a unit is mixed, to be added to a sentence; nothing where it is not."""
        mixer = self._mixer
        said = [
            word
            for word, units in (("muted", mixer.muted), ("solo", mixer.solo), ("held on", mixer.held))
            if unit in units
        ]
        if mixer.gain(unit) != 1:
            said.append(f"gain {mixer.gain(unit):.2f}")
        return "".join(f", {word}" for word in said)

    def reset(self) -> None:
        """Turn everything back."""
        self._session.set_mixer(self._mixer.reset(), "the reset of the mixer")

    def ask_for_group(self) -> None:
        """Ask for a name, and make the chosen filters a group."""
        if not self._chosen or self._asking is not None:
            return
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Group of filters")
        dialog.setLabelText("What these filters are called together:")
        dialog.setTextValue(f"group {len(self._mixer.groups) + 1}")
        dialog.textValueSelected.connect(self._group)
        dialog.finished.connect(self._answered)
        self._asking = dialog
        dialog.open()

    def open_menu(self, unit: int, at: QPoint) -> None:
        """Offer the switches of a unit where it was clicked; of all chosen ones where it is one of these."""
        units = self._chosen if unit in self._chosen else (unit,)
        if self._reason_of(units):
            return
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for key, text, tip in SWITCHES:
            made = menu.addAction(text)
            made.setToolTip(tip)
            made.setCheckable(True)
            made.setChecked(self._all(key, units))
            made.toggled.connect(lambda on, key=key, units=units: self._switch(key, on, units))
        menu.popup(at)

    def _answered(self) -> None:
        if self._asking is not None:
            self._asking.deleteLater()
            self._asking = None

    def _group(self, name: str) -> None:
        try:
            mixer = self._mixer.with_group(name, self._chosen)
        except SettingsError as error:
            self._session.notify(Notice.of(error))
            return
        self._session.set_mixer(mixer, "a group of filters")
        self.groups.set_key(name.strip())
        self._show()

    def _ungroup(self) -> None:
        name = self.groups.key()
        if name:
            self._session.set_mixer(self._mixer.with_group(name, ()), "a group of filters")

    def _choose_group(self, name: str) -> None:
        if name:
            self.group_chosen.emit(self._mixer.group(name))
        self._show()

    def _switch(self, key: str, on: bool, units: tuple[int, ...] = ()) -> None:
        units = units or self._chosen
        turned = {"muted": self._mixer.with_muted, "solo": self._mixer.with_solo, "held": self._mixer.with_held}
        labels = {"muted": "what is muted", "solo": "what is solo", "held": "what is held on"}
        self._session.set_mixer(turned[key](units, on), labels[key])

    def _turn(self, gain: float) -> None:
        try:
            mixer = self._mixer.with_gain(self._chosen, gain)
        except SettingsError as error:
            self._session.notify(Notice.of(error))
            self._show()
            return
        self._session.set_mixer(mixer, "the gain of filters")

    def _turn_part(self, number: int, mix: PartMix) -> None:
        self._session.set_mixer(self._mixer.with_part(number, mix), "the mix of a layer")

    def _all(self, key: str, units: tuple[int, ...]) -> bool:
        return bool(units) and set(units) <= getattr(self._mixer, key)

    def _reason_of(self, units: tuple[int, ...]) -> str:
        """Why none of these units can be played; empty where one can."""
        own = [part for part in self._session.parts if any(unit in part.units for unit in units)]
        return own[0].reason if own and all(part.reason for part in own) else ""

    def _show(self, _changed: object = None) -> None:
        mixer, units = self._mixer, self._chosen
        self.units.setVisible(bool(units) and bool(self._session.parts))
        if units:
            muted, solo, held = (self._all(key, units) for key, _, _ in SWITCHES)
            self.units.show_units(self._name, muted, solo, held, mixer.gain(units[0]), len(units) > 1)
            self.units.refuse(self._reason_of(units))
        self.parts.show_mix(mixer.part(self.parts.number))
        self.groups.set_options([NO_GROUP, *((group.name, group.name) for group in mixer.groups)])
        allow(self.group_button, self._reason_of(units) if units else "Click filters first; Ctrl adds more.")
        allow(self.ungroup_button, "" if self.groups.key() else "Choose a group first.")
        allow(self.reset_button, "Nothing is muted, held or turned." if mixer.neutral else "")

    def _follow_model(self, _model: object = None) -> None:
        parts = self._session.parts
        playing = played(parts)
        reason = next((part.reason for part in parts if part.reason), "") if parts and not playing else ""
        self.fold.setVisible(bool(parts))
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        for part in (self.keys, self.parts, self.groups):
            part.setEnabled(bool(playing))
        self.keys.release_all()
        self.keys.set_filters((), ())
        self.parts.offer([(number, part) for number, part in enumerate(parts) if not part.reason])
        self._sorted.invalidate()
        self._show()


def picture_of(frames: Sequence[FilterFrame], unit: int) -> Picture:
    """Return a filter, counted over all layers, as (H, W, C) uint8."""
    for frame in frames:
        if unit < len(frame.filters):
            mode = "rgb" if frame.filters.shape[3] == 3 else "grey"
            picture: Picture = filter_bytes(frame.filters[unit : unit + 1], mode)[0]
            return picture
        unit -= len(frame.filters)
    raise IndexError(unit)
