"""Where a dream begins: noise, the mean picture, a picture; and what of it is held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.dream.place import At, Hold
from studio.dream.settings import Start
from studio.errors import SettingsError
from studio.ui.picture_file import ask_for_picture
from studio.ui.widgets.dream_strip import DreamStrip

if TYPE_CHECKING:
    from studio.session.session import Session


class DreamStart(QObject):
    """Begins the dream as the strip below it says, and holds the picture it began from where one wants that."""

    refused = Signal(object)  # SettingsError

    def __init__(self, session: Session, strip: DreamStrip, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._strip = strip
        self._asking = parent
        self._start = Start.NOISE
        self._picture = ""
        self._tiles = False
        strip.restart_asked.connect(self.restart)
        strip.start_chosen.connect(self._choose)
        strip.seed_edited.connect(self._set_seed)
        strip.map_asked.connect(self._choose_map)
        strip.hold.hold_toggled.connect(self._toggle_hold)
        strip.hold.place_chosen.connect(self._hold_at)
        strip.hold.hole_chosen.connect(session.heal)
        session.hold_changed.connect(self._follow_hold)
        session.model_changed.connect(self._follow_model)
        session.ended.connect(self._follow_model)
        self._follow_hold(session.hold)

    def restart(self) -> None:
        """Start over from where the dream began, with a new seed unless that is locked."""
        seed = self._strip.seed.fresh()
        if seed != self._session.dream.seed:
            self._session.set_dream(replace(self._session.dream, seed=seed))
        self._session.restart_dream(self._start, self._picture)

    def from_picture(self, path: str) -> None:
        """Start the dream from a picture file."""
        self._start, self._picture = Start.PICTURE, path
        self._strip.start.set_key(str(Start.PICTURE))
        self._session.set_free()
        self._session.restart_dream(Start.PICTURE, picture=path)
        self._offer_hold()

    def set_tiles(self, tiles: bool) -> None:
        """Say whether the model dreams at any size, and so around a picture that is smaller."""
        self._tiles = tiles
        self._offer_hold()

    def _choose(self, start: Start) -> None:
        if start is not Start.PICTURE:
            self._start, self._picture = start, ""
            self._session.set_free()
            self.restart()
            self._offer_hold()
            return
        path = ask_for_picture(self._asking, "Start from a picture", self._picture)
        if path:
            self.from_picture(path)
        else:
            self._strip.start.set_key(str(self._start))

    def _choose_map(self) -> None:
        path = ask_for_picture(self._asking, "Blend by a grey picture", self._session.dream.blend_picture)
        if path:
            self._strip.set_map(path)
        else:
            self._strip.set_settings(self._session.dream)

    def _set_seed(self, seed: int) -> None:
        try:
            settings = replace(self._session.dream, seed=seed)
        except SettingsError as error:
            self.refused.emit(error)
            return
        self._session.set_dream(settings)
        self._session.restart_dream(self._start, self._picture)

    def _toggle_hold(self, held: bool) -> None:
        if held:
            self._session.hold_picture(self._picture)
        else:
            self._session.set_free()

    def _hold_at(self, at: At) -> None:
        self._session.hold_picture(self._picture, at)

    def _offer_hold(self) -> None:
        """Offer to hold a picture where there is one and the model dreams around it."""
        held = self._session.hold is not None
        whole = self._session.hold is not None and self._session.hold.whole
        self._strip.hold.setVisible(not whole and (held or (self._tiles and self._start is Start.PICTURE)))

    def _follow_model(self, *_what: object) -> None:
        """Another model dreams, or that from before a run does again: it began where the session says."""
        self._start, self._picture, _ = self._session.start_of_dream
        self._strip.start.set_key(str(self._start))
        self._offer_hold()

    def _follow_hold(self, hold: Hold | None) -> None:
        if hold is not None:
            # What is brought back by undo may not be what the dream began from last.
            self._start = Start.NOISE if hold.framed else Start.PICTURE
            self._picture = "" if hold.framed else hold.picture
            self._strip.start.set_key(str(self._start))
        self._strip.set_hold(hold)
        self._offer_hold()
