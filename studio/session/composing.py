"""What the session keeps of a project besides its model, as it stood when a file was asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.dream import canvas_record
from studio.dream.canvas_record import Record
from studio.dream.mixer import Mixer
from studio.dream.mixer_record import to_record
from studio.dream.place import Hold
from studio.dream.settings import DreamSettings
from studio.dream.strokes import Stroke
from studio.errors import SettingsError
from studio.jobs.code_frames import CodePoint
from studio.models.altered import Altered
from studio.project import altered_record, kept_codes
from studio.project.archive import Project
from studio.project.history import RunRecord
from studio.project.locate import file_beside
from studio.project.recipe import Recipe, build, plain

DRAFT = "draft"
MIXER = "mixer"
KEPT_CODES = "kept_codes"
ALTERED = "altered"
CANVAS = "canvas"


@dataclass(frozen=True, slots=True, eq=False)
class OnCanvas:
    """What is held and painted, and which of the dream's own settings that took the place of."""

    hold: Hold | None = None
    strokes: tuple[Stroke, ...] = ()
    turned: Mapping[str, Any] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        return self.hold is not None or bool(self.strokes)

    def record(self) -> Record | None:
        """Return what a project keeps of it: nothing where there is nothing, or too much."""
        record = canvas_record.to_record(self.hold, self.strokes) if self.any else None
        return None if record is None else Record({**record.plain, "turned": dict(self.turned)}, record.pixels)

    def beside(self, project: Path | None) -> OnCanvas:
        """Return it with a held picture that moved together with the project file taken from beside that."""
        if self.hold is None:
            return self
        return dataclasses.replace(
            self, hold=dataclasses.replace(self.hold, picture=file_beside(self.hold.picture, project))
        )

    def over(self, dream: DreamSettings) -> DreamSettings:
        """Return the settings that it is played with, by the dream's own."""
        try:
            return build(DreamSettings, {**plain(dream), **self.turned}, CANVAS)
        except SettingsError:
            return dream


EMPTY_CANVAS = OnCanvas()


def on_canvas(project: Project) -> OnCanvas:
    """Return what a project kept of its canvas."""
    record: object = project.meta.get(CANVAS)
    hold, strokes = canvas_record.from_record(record, project.canvas)
    told = record.get("turned") if isinstance(record, Mapping) else None
    return OnCanvas(hold, strokes, dict(told) if isinstance(told, Mapping) else {})


def turned(before: DreamSettings, after: DreamSettings) -> dict[str, Any]:
    """Return what differs, by name."""
    return {name: value for name, value in plain(after).items() if value != plain(before)[name]}


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
    canvas: OnCanvas
    summary: dict[str, int]
    recorded: Record | None = None  # of the canvas

    def with_record(self) -> Besides:
        """Return it with the canvas packed, which takes longer than a window waits."""
        return dataclasses.replace(self, recorded=self.canvas.record())

    def composed(self, captured: Project | None) -> Project:
        """Return what was captured of the model, or nothing, with all this."""
        project = Project(self.recipe)
        if captured is not None:
            if not captured.state and self.kept is not None:
                captured = dataclasses.replace(captured, state=self.kept.state, meta=self.kept.meta)
            recipe = dataclasses.replace(captured.recipe, data=self.recipe.data)
            own = (DRAFT, MIXER, ALTERED, KEPT_CODES, CANVAS)
            meta = {name: value for name, value in captured.meta.items() if name not in own}
            if self.mixer != Mixer():
                meta[MIXER] = to_record(self.mixer)
            if self.kept_codes:
                meta[KEPT_CODES] = kept_codes.to_record(self.kept_codes)
            if self.recorded is not None:
                meta[CANVAS] = self.recorded.plain
                captured = dataclasses.replace(captured, canvas=dict(self.recorded.pixels))
            if not self.altered.neutral:
                meta[ALTERED] = altered_record.to_record(self.altered)
            if self.recipe != recipe:
                meta[DRAFT] = self.recipe.to_dict()
            project = dataclasses.replace(captured, recipe=recipe, meta=meta)
        return dataclasses.replace(project, runs=self.runs, dream=self.dream, summary=self.summary)
