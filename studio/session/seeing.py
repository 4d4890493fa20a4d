"""The part of the session that asks what the model sees in a picture."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSettings

from studio.jobs.frames import MapsFrame
from studio.jobs.status import RunState, RunStatus
from studio.session.core import SessionCore
from studio.session.notices import Notice
from studio.session.worker import Reply

SEE = "Looking at a picture"


@dataclass(frozen=True, slots=True)
class Sight:
    """A picture file or, where none is named, one of the pictures learned from."""

    picture: str
    index: int
    quietly: bool


class Seeing(SessionCore):
    """One picture at a time: of those asked for while one is looked at, the latest alone follows."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._looking: Sight | None = None
        self._next: Sight | None = None
        self._look_no_more = threading.Event()
        self.status_changed.connect(self._let_run_end)

    def see(self, picture: str = "", index: int = 0, quietly: bool = False) -> None:
        """Look at a picture file, or at one of those learned from, with every layer; `maps_seen` follows.

        Quietly is for what nobody has asked for just now: it waits until what
        somebody has is seen, and nobody is told why it could not be.
        """
        if not self.has_model:
            return
        sight = Sight(picture, index, quietly)
        if self._looking is None:
            self._look(sight)
        elif not quietly:
            self._next = sight
            self._look_no_more.set()
        elif self._next is None:
            self._next = sight

    def stop_looking(self) -> None:
        """Give up what is being looked at."""
        self._next = None
        self._look_no_more.set()

    def _look(self, sight: Sight) -> None:
        self._looking, self._look_no_more = sight, threading.Event()
        cancelled = self._look_no_more.is_set
        self._compute.ask(SEE, lambda workshop: workshop.see(sight.picture, sight.index, cancelled))

    def _let_run_end(self, status: RunStatus) -> None:
        # it ends after what is being answered
        if status.state is RunState.STOPPING:
            self.stop_looking()

    def _take_maps(self, reply: Reply) -> None:
        """Hand on what was seen or why it could not be, and look at what was asked for meanwhile."""
        sight, self._looking = self._looking, None
        wanted, self._next = self._next, None
        if reply.error is not None and sight is not None and not sight.quietly:
            self.notify(Notice.of(reply.error))
        if self.has_model and (isinstance(reply.value, MapsFrame) or reply.error is not None):
            self.maps_seen.emit(reply.value)
        if wanted is not None and self.has_model:
            self._look(wanted)
