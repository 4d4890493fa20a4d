"""Undo and redo as two lists of old values."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from studio.dream.mixer import Mixer
from studio.dream.place import Hold
from studio.dream.settings import DreamSettings
from studio.dream.snapshot import Mark
from studio.dream.strokes import Stroke
from studio.jobs.code_frames import CodePoint
from studio.models.altered import UNALTERED, Altered
from studio.project.recipe import Recipe

DEEPEST = 500
UNMIXED = Mixer()
ONE_GESTURE = 0.8  # seconds within which turning the same control counts as one change


@dataclass(frozen=True, slots=True)
class Document:
    """All that undo brings back: what is learned and how, how the dream is played, and what it holds.

    And what is painted, how the units are mixed, what was written on snapshots, how the model is altered, and
    which of those that were kept it is, and which points among its codes are kept. `own` are the dream's settings
    without the picture that is the canvas.
    """

    recipe: Recipe
    dream: DreamSettings
    hold: Hold | None = None
    strokes: tuple[Stroke, ...] = ()
    mixer: Mixer = UNMIXED
    marks: tuple[Mark, ...] = ()
    altered: Altered = UNALTERED
    base: int = 0
    kept_codes: tuple[CodePoint, ...] = ()
    own: DreamSettings | None = None

    def let_go(self) -> Document:
        """Return it with nothing held, painted, mixed or altered."""
        return replace(self, dream=self.own or self.dream, own=None, **LET_GO)


@dataclass(frozen=True, slots=True)
class Past:
    """What was in force before a change, and what the change is called."""

    label: str
    document: Document


LET_GO: dict[str, Any] = {
    "hold": None,
    "strokes": (),
    "mixer": UNMIXED,
    "altered": UNALTERED,
    "base": 0,
    "kept_codes": (),
}


class Undo:
    """The history of what the user set."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._back: list[Past] = []
        self._forth: list[Past] = []
        self._last_change = 0.0

    @property
    def labels(self) -> tuple[str, str]:
        """What undo and redo would take back or bring again; empty where there is nothing."""
        return (self._back[-1].label if self._back else "", self._forth[-1].label if self._forth else "")

    def changed(self, label: str, before: Document, alone: bool = False) -> None:
        """Remember what was in force before a change; one gesture on a control is one change, unless it is `alone`."""
        now = self._clock()
        same = bool(self._back) and self._back[-1].label == label
        merges = same and not alone and now - self._last_change < ONE_GESTURE
        self._last_change = now
        self._forth.clear()
        if not merges:
            self._back.append(Past(label, before))
            del self._back[:-DEEPEST]

    def undo(self, now: Document) -> Document | None:
        """Return what to go back to; what is in force `now` is kept for redo."""
        return self._move(self._back, self._forth, now)

    def redo(self, now: Document) -> Document | None:
        return self._move(self._forth, self._back, now)

    def _move(self, source: list[Past], target: list[Past], now: Document) -> Document | None:
        if not source:
            return None
        past = source.pop()
        target.append(Past(past.label, now))
        self._last_change = 0.0
        return past.document

    @property
    def history(self) -> tuple[tuple[str, ...], int]:
        """What was changed, the oldest first, and how many of these changes are in force."""
        labels = [past.label for past in (*self._back, *reversed(self._forth))]
        return tuple(labels), len(self._back)

    def go_to(self, count: int, now: Document) -> Document | None:
        """Return what to go to so that `count` changes of the history are in force; None where they are."""
        found = None
        while len(self._back) > count >= 0:
            found = now = self._move(self._back, self._forth, now) or now
        while len(self._back) < count and self._forth:
            found = now = self._move(self._forth, self._back, now) or now
        return found

    def let_go(self) -> None:
        """Bring back nothing that was held, painted, mixed or altered: another model dreams now."""
        for stack in (self._back, self._forth):
            stack[:] = [Past(past.label, past.document.let_go()) for past in stack]

    def agree(self, **values: Any) -> None:
        """Let these parts be the same in all that can be gone back or forth to."""
        for stack in (self._back, self._forth):
            stack[:] = [Past(past.label, replace(past.document, **values)) for past in stack]

    def clear(self) -> None:
        self._back.clear()
        self._forth.clear()
