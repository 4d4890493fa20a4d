"""The half of the session's stand-in that plays: signals and state, and the intents of canvas, mixer and snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from studio.data.imageset import ImageSet
from studio.dream.blending import Blend
from studio.dream.holes import Hole
from studio.dream.mixer import Mixer
from studio.dream.place import At, Hold
from studio.dream.settings import DreamSettings, Start
from studio.dream.snapshot import Snapshot, SnapshotSettings
from studio.dream.strokes import Point, Stroke
from studio.jobs.code_frames import CodePoint
from studio.jobs.control import LiveSettings
from studio.jobs.lapse_frames import LapsePicture
from studio.jobs.status import PlayerState, Progress, RunStatus
from studio.models.altered import UNALTERED, Altered
from studio.models.parts import Part
from studio.project.archive import Project
from studio.project.history import RunRecord
from studio.project.recipe import Recipe
from studio.project.recipe_found import RecipeFound
from studio.session.autosave import AutosaveSettings
from studio.session.notices import ProjectInfo
from studio.session.taking import TaskInfo
from tests.helpers import fake_data


class FakeCore(QObject):
    """Signals and state of a session, and what was asked of it."""

    recipe_changed = Signal(object)
    dataset_changed = Signal(object)
    loading_changed = Signal(object)
    status_changed = Signal(object)
    progressed = Signal(object)
    ended = Signal(object, object)
    curves_changed = Signal()
    frame_arrived = Signal(str, object)
    filter_inspected = Signal(object)
    codes_mapped = Signal(object)
    code_shown = Signal(object)
    kept_codes_changed = Signal(object)
    maps_seen = Signal(object)
    player_changed = Signal(object)
    dream_changed = Signal(object)
    hold_changed = Signal(object)
    strokes_changed = Signal(object)
    mask_read = Signal(object)
    recipe_looked_for = Signal(object, object)
    mixer_changed = Signal(object)
    altered_changed = Signal(object)
    lapse_changed = Signal(object)
    lapse_shown = Signal(object)
    snapshots_changed = Signal(object)
    rewound = Signal(int)
    snapshot_shown = Signal(object)
    snapshot_drawn_out = Signal(int, object)
    live_changed = Signal(object)
    project_changed = Signal(object)
    project_replaced = Signal()
    recent_changed = Signal(object)
    devices_found = Signal(object)
    advice_changed = Signal(object)
    notice_posted = Signal(object)
    notice_over = Signal(object)
    undo_changed = Signal(str, str)
    model_changed = Signal(object)
    scale_proposed = Signal(object)
    work_changed = Signal(str)
    tasks_changed = Signal(object)
    evaluation_found = Signal(object)
    evaluation_progressed = Signal(int, int)
    evaluation_ended = Signal()
    picture_grabbed = Signal(object)
    drag_ready = Signal(object)
    autosaved = Signal(object)
    recoverable_found = Signal(object)
    closed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.recipe = Recipe()
        self.dataset: ImageSet | None = None
        self.status = RunStatus()
        self.progress: Progress | None = None
        self.runs: list[RunRecord] = []
        self.player = PlayerState.EMPTY
        self.dream = DreamSettings()
        self.at_stake = 0.0
        self.model_before: Project | None = None
        self.hold: Hold | None = None
        self.exact = True
        self.start_of_dream: tuple[Start, str, int] = (Start.NOISE, "", -1)
        self.recipe_in_picture: RecipeFound | None = None
        self.tells_recipes = True
        self.strokes: tuple[Stroke, ...] = ()
        self.mixer = Mixer()
        self.altered = UNALTERED
        self.lapse_steps: tuple[int, ...] = ()
        self.parts: tuple[Part, ...] = ()
        self.kept_codes: tuple[CodePoint, ...] = ()
        self.snapshots: tuple[Snapshot, ...] = ()
        self.snapshot_settings = SnapshotSettings()
        self.live = LiveSettings()
        self.project = ProjectInfo()
        self.recent: tuple[Path, ...] = ()
        self.devices: tuple[Any, ...] = ()
        self.device = "auto"
        self.missing: tuple[str, ...] = ()
        self.has_model = False
        self.horizon = ""
        self.evaluating = False
        self.family = ""
        self.textures = 1
        self.one_scale = False
        self.framed = False
        self.wanted: set[str] = set()
        self.tasks: tuple[TaskInfo, ...] = ()
        self.autosave = SimpleNamespace(settings=AutosaveSettings())

    @property
    def wrap(self) -> tuple[bool, bool]:
        return self.dream.seamless.wrap((not self.framed, not self.framed))

    # what a test asks

    def names(self) -> list[str]:
        """Return the names of the recorded intents, in order."""
        return [name for name, _ in self.calls]

    def last(self, name: str) -> tuple[Any, ...] | None:
        """Return the arguments of the latest intent called `name`, or None."""
        return next((args for called, args in reversed(self.calls) if called == name), None)

    def _note(self, name: str, *args: Any) -> None:
        self.calls.append((name, args))


class FakePlaying(FakeCore):
    """What the canvas asks: settings take effect at once, the rest leaves a trace."""

    def evaluate(self) -> None:
        self._note("evaluate")
        self.evaluating = True

    def cancel_evaluation(self) -> None:
        self._note("cancel_evaluation")
        if self.evaluating:
            self.evaluating = False
            self.evaluation_ended.emit()

    def give_player(self, state: PlayerState) -> None:
        self.player = state
        self.player_changed.emit(state)

    def give_hold(self, hold: Hold | None) -> None:
        self.hold = hold
        self.hold_changed.emit(hold)

    def set_mixer(self, mixer: Mixer, label: str = "the mixer") -> None:
        self._note("set_mixer", mixer, label)
        self.mixer = mixer
        self.mixer_changed.emit(mixer)

    def set_altered(self, altered: Altered, label: str = "what is done to the model") -> None:
        self._note("set_altered", altered, label)
        self.altered = altered
        self.altered_changed.emit(altered)

    def give_lapse(self, *steps: int) -> None:
        self.lapse_steps = steps
        self.lapse_changed.emit(steps)

    def look_at_step(self, step: int) -> None:
        self._note("look_at_step", step)

    def dream_from_step(self, step: int) -> None:
        self._note("dream_from_step", step)

    def export_lapse(self, path: Path, pictures: Sequence[LapsePicture]) -> None:
        self._note("export_lapse", path, tuple(pictures))

    def keep_altered(self) -> None:
        self._note("keep_altered")

    def press_units(self, units: Iterable[int]) -> None:
        self._note("press_units", frozenset(units))

    def keep_snapshot(self) -> None:
        self._note("keep_snapshot")

    def rewind(self, number: int) -> None:
        self._note("rewind", number)
        self.rewound.emit(number)

    def look_at_snapshot(self, number: int) -> None:
        self._note("look_at_snapshot", number)

    def draw_out_snapshot(self, number: int) -> None:
        self._note("draw_out_snapshot", number)

    def name_snapshot(self, number: int, name: str) -> None:
        self._note("name_snapshot", number, name)
        self._mark(number, name=name)

    def lock_snapshot(self, number: int, locked: bool) -> None:
        self._note("lock_snapshot", number, locked)
        self._mark(number, locked=locked)

    def set_snapshots(self, settings: SnapshotSettings) -> None:
        self._note("set_snapshots", settings)
        self.snapshot_settings = settings

    def give_snapshots(self, count: int, side: int = 48) -> tuple[Snapshot, ...]:
        """Give so many snapshots, of every hundredth sweep."""
        pictures = np.rint(fake_data.strokes(count, side, 3) * 255).astype(np.uint8) if count else ()
        self._give(
            tuple(
                Snapshot(number, 100 * number, 1 << 20, side, side, picture)
                for number, picture in enumerate(pictures, 1)
            )
        )
        return self.snapshots

    def _give(self, snapshots: tuple[Snapshot, ...]) -> None:
        self.snapshots = snapshots
        self.snapshots_changed.emit(snapshots)

    def _mark(self, number: int, **changes: Any) -> None:
        self._give(tuple(replace(one, **changes) if one.number == number else one for one in self.snapshots))

    def play(self) -> None:
        self._note("play")
        self.give_player(PlayerState.PLAYING)

    def pause_dream(self) -> None:
        self._note("pause_dream")
        self.give_player(PlayerState.PAUSED)

    def sweep_once(self) -> None:
        self._note("sweep_once")

    def restart_dream(self, start: Start, picture: str = "", index: int = -1) -> None:
        self._note("restart_dream", start, picture, index)
        self.start_of_dream = (start, picture, index)

    def hold_picture(self, picture: str, at: At = At.CENTRE) -> None:
        self._note("hold_picture", picture, at)
        self.give_hold(Hold(picture, at))

    def heal(self, hole: Hole = Hole.ALPHA) -> None:
        self._note("heal", hole)
        self.give_hold(Hold(hole=hole))

    def hold_whole(self, picture: str = "", index: int = -1) -> None:
        self._note("hold_whole", picture, index)
        self.hold = Hold(picture, whole=True, index=index)
        self.hold_changed.emit(self.hold)

    def begin_stroke(self, stroke: Stroke) -> None:
        self._note("begin_stroke", stroke)
        self.strokes = (*self.strokes, stroke)
        self.strokes_changed.emit(self.strokes)

    def extend_stroke(self, points: Sequence[Point]) -> None:
        self._note("extend_stroke", tuple(points))

    def clear_strokes(self) -> None:
        self._note("clear_strokes")
        self.strokes = ()
        self.strokes_changed.emit(self.strokes)

    def look_at_filling(self, blend: Blend | None = None) -> None:
        self._note("look_at_filling", blend)

    def save_mask(self, path: Path) -> None:
        self._note("save_mask", path)

    def load_mask(self, path: Path) -> None:
        self._note("load_mask", path)

    def tell_recipes(self, told: bool) -> None:
        self._note("tell_recipes", told)
        self.tells_recipes = told

    def look_for_recipe(self, path: Path) -> None:
        self._note("look_for_recipe", path)
        self.recipe_looked_for.emit(path, self.recipe_in_picture)

    def restore(self, found: RecipeFound) -> None:
        self._note("restore", found)

    def take_settings(self, found: RecipeFound) -> None:
        self._note("take_settings", found)

    def begin_exhibiting(self) -> None:
        self._note("begin_exhibiting")

    def exhibit(self, index: int) -> None:
        self._note("exhibit", index)

    def cover(self, stroke: Stroke) -> None:
        self._note("cover", stroke)

    def cover_on(self, points: Sequence[Point]) -> None:
        self._note("cover_on", tuple(points))

    def end_exhibiting(self) -> None:
        self._note("end_exhibiting")

    def set_free(self) -> None:
        self._note("set_free")
        self.give_hold(None)

    def set_dream(self, value: DreamSettings) -> None:
        self._note("set_dream", value)
        self.dream = value
        self.dream_changed.emit(value)
