"""What the session keeps of a project besides its model, as it stood when a file was asked for."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from studio.dream.mixer import Mixer
from studio.dream.mixer_record import to_record
from studio.dream.settings import DreamSettings
from studio.jobs.code_frames import CodePoint
from studio.models.altered import Altered
from studio.project import altered_record, kept_codes
from studio.project.archive import Project
from studio.project.history import RunRecord
from studio.project.recipe import Recipe

DRAFT = "draft"
MIXER = "mixer"
KEPT_CODES = "kept_codes"
ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class AsOf:
    """When a file was asked for: which of the projects opened one after another it holds, and how much of it.

    `changes` counts what was changed until then, `at_stake` the seconds that its model had learned beyond its file.
    """

    number: int
    changes: int
    at_stake: float


@dataclass(frozen=True, slots=True, eq=False)
class Besides:
    """The session's half of a project as of some moment; `kept` is the latest model that a run ended with."""

    as_of: AsOf
    recipe: Recipe
    kept: Project | None
    runs: tuple[RunRecord, ...]
    dream: DreamSettings
    mixer: Mixer
    altered: Altered
    kept_codes: tuple[CodePoint, ...]
    summary: dict[str, int]

    def composed(self, captured: Project | None) -> Project:
        """Return what was captured of the model, or nothing, with all this."""
        project = Project(self.recipe)
        if captured is not None:
            if not captured.state and self.kept is not None:
                captured = dataclasses.replace(captured, state=self.kept.state, meta=self.kept.meta)
            recipe = dataclasses.replace(captured.recipe, data=self.recipe.data)
            own = (DRAFT, MIXER, ALTERED, KEPT_CODES)
            meta = {name: value for name, value in captured.meta.items() if name not in own}
            if self.mixer != Mixer():
                meta[MIXER] = to_record(self.mixer)
            if self.kept_codes:
                meta[KEPT_CODES] = kept_codes.to_record(self.kept_codes)
            if not self.altered.neutral:
                meta[ALTERED] = altered_record.to_record(self.altered)
            if self.recipe != recipe:
                meta[DRAFT] = self.recipe.to_dict()
            project = dataclasses.replace(captured, recipe=recipe, meta=meta)
        return dataclasses.replace(project, runs=self.runs, dream=self.dream, summary=self.summary)
