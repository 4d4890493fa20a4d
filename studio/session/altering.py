"""The part of the session that alters: glitches, transplants and fades of the model on the canvas."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSettings

from studio.dream.mixer import Mixer
from studio.jobs.code_frames import CodePoint
from studio.models.altered import UNALTERED, Altered
from studio.project.archive import Project
from studio.project.cut_short import finished
from studio.session.answers import AlteredNow, Kept
from studio.session.core import ALTERING, SessionCore
from studio.session.notices import Level, Notice
from studio.session.worker import Reply

KEEPING = "Keeping the altered model"
BASE = "Going back to a model"


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """What an artist did to a model, which another model does not take over."""

    mixer: Mixer
    altered: Altered
    base: int
    bases: Mapping[int, Project]
    kept_codes: tuple[CodePoint, ...]


class Altering(SessionCore):
    """The trained model stays as it is; what is altered is a copy of it, until that is kept."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._asked: Altered | None = None  # what the compute thread works at, while a slider is already further
        self._keeping = False

    def set_altered(self, altered: Altered, label: str = "what is done to the model") -> None:
        """Play the model altered so from the next sweep on; `label` says what was turned."""
        if altered == self.altered or not self.has_model or self._refuses_altering():
            return
        self._remember(label)
        self._show_altered(altered)
        self._ask_altered()

    def keep_altered(self) -> None:
        """Let the altered model be the project's own, until it is undone or training begins."""
        if self.altered.neutral or self.kept is None or self._keeping or self._refuses_altering():
            return
        self._keeping = True
        base = max([self._base, *self._bases]) + 1
        self._compute.ask(KEEPING, lambda workshop: workshop.keep_altered(base))

    def _refuses_altering(self) -> bool:
        if self.status.busy:
            self.notify(Notice(Level.WARNING, "A run is going on, and changes all weights.", "Stop it first."))
        return self.status.busy

    def _ask_altered(self) -> None:
        if self._asked is None:
            asked = self._asked = self.altered
            self._compute.ask(ALTERING, lambda workshop: workshop.alter(asked))

    def _take_altered(self, reply: Reply) -> None:
        """Hand on what became of the model."""
        value = reply.value
        if isinstance(value, AlteredNow):
            self._take_now(value, reply.task == ALTERING)
        elif reply.task == KEEPING:
            self._keeping = False
            if isinstance(value, Kept):
                self._take_kept(value)

    def _take_now(self, now: AlteredNow, altering: bool) -> None:
        asked = self._asked
        if altering:
            self._asked = None
        if now.error is not None:
            self.notify(Notice.of(now.error))
            self._show_altered(now.altered)
        elif asked is not None and self.altered != asked:
            self._ask_altered()

    def _take_kept(self, kept: Kept) -> None:
        if self.kept is None or self.status.busy:
            return
        self._remember("keeping the altered model", alone=True)
        self._bases.setdefault(self._base, self.kept)
        # Training goes on with the momentum and the chains that it had.
        self.kept = finished(dataclasses.replace(kept.project, state=self.kept.state, meta=self.kept.meta))
        self._bases[kept.base] = self.kept
        self._base = kept.base
        self._show_altered(UNALTERED)
        self.notify(
            Notice(Level.INFO, "The altered model is the project's now.", "Undo brings back the one that was learned.")
        )

    def _played(self) -> Played:
        """Return what is done to the model at hand."""
        return Played(self.mixer, self.altered, self._base, dict(self._bases), self.kept_codes)

    def _play_again(self, played: Played) -> None:
        """Do this to the model that was at hand before another took its place for a while, with undo as well."""
        self._bases.update(played.bases)
        self._undo.agree(mixer=played.mixer, altered=played.altered, base=played.base, kept_codes=played.kept_codes)
        self._go_to_altered(played.altered, played.base)
        self._mix_with(played.mixer)
        self._set_kept_codes(played.kept_codes)

    def _go_to_altered(self, altered: Altered, base: int) -> None:
        """Go back to one of the models that were kept, altered as it was."""
        project = self._bases.get(base)
        if base == self._base or project is None:
            self._alter_with(altered)
            return
        self._base, self.kept = base, project
        self._show_altered(altered)
        self._compute.ask(BASE, lambda workshop: workshop.go_to_base(project, base, altered))
