"""A stand-in for the session: same signals and state, intents recorded in `calls`, helpers that emit realistic data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from studio.data.imageset import ImageSet, Verdict
from studio.data.scale import Proposal
from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.dream.mixer import Mixer
from studio.dream.take import Alpha, Take
from studio.dream.walk import Walk
from studio.errors import StudioError
from studio.jobs.advice import Advice
from studio.jobs.code_frames import CodeMap, CodePicture, CodePoint, CodeWish
from studio.jobs.control import LiveSettings
from studio.jobs.frames import DreamFrame, FilterDetail, FilterFrame, MapsFrame, ReconstructionFrame
from studio.jobs.status import Outcome, Progress, RunState, RunStatus
from studio.models.parts import Part
from studio.models.spec import ModelSpec
from studio.project.batch import Batch
from studio.project.history import RunRecord
from studio.project.map_files import MapWish
from studio.project.presets import preset
from studio.project.recovery import Rescue
from studio.session.autosave import AutosaveSettings
from studio.session.notices import Level, LoadProgress, Notice, ProjectInfo
from studio.session.taking import TaskInfo
from studio.training.settings import TrainSettings
from tests.helpers import fake_data
from tests.helpers.fake_playing import FakePlaying


class FakeSession(FakePlaying):
    """What a panel sees of the session; settings intents take effect at once, the others only leave a trace."""

    # what a test emits

    def give_dataset(self, count: int = 36, skipped: int = 2, side: int = 28, colour: Colour = Colour.RGB) -> ImageSet:
        """Load `count` pictures of coloured strokes, with `skipped` verdicts beside them."""
        preprocess = replace(self.recipe.preprocess, height=side, width=side, colour=colour)
        self.set_preprocess(preprocess)
        pixels = np.rint(fake_data.strokes(count, side, colour.channels) * 255).astype(np.uint8)
        names = tuple(f"wall {index:03d}.jpg" for index in range(count))
        broken = tuple(Verdict(f"broken {index}.png", False, "truncated") for index in range(skipped))
        self.dataset = ImageSet(
            spec=DatasetSpec(("pictures",)),
            preprocess=preprocess,
            pixels=np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)),
            names=names,
            verdicts=tuple(Verdict(name, True) for name in names) + broken,
            held_out=np.arange(count // 10, dtype=np.int64),
        )
        self.dataset_changed.emit(self.dataset)
        return self.dataset

    def give_exemplar(self, width: int = 320, height: int = 240, count: int = 1) -> ImageSet:
        """Load large pictures, kept large, as textures are learned from."""
        self.apply_preset("texture-fast")
        preprocess = self.recipe.preprocess
        large = np.rint(fake_data.strokes(count, max(width, height), preprocess.channels) * 255).astype(np.uint8)
        exemplars = tuple(np.ascontiguousarray(item[:height, :width].transpose(2, 0, 1)) for item in large)
        side = preprocess.height
        crops = np.stack([item[:, :side, :side] for item in exemplars] * 16)
        self.set_data(DatasetSpec(("wall.jpg",)))
        self.dataset = ImageSet(
            spec=self.recipe.data,
            preprocess=preprocess,
            pixels=crops,
            names=("wall.jpg",) * len(crops),
            verdicts=tuple(Verdict(f"wall {index}.jpg", True) for index in range(count)),
            exemplars=exemplars,
            known=tuple(np.ones((height, width), bool) for _ in exemplars),
            bands=(0,) * count,
        )
        self.dataset_changed.emit(self.dataset)
        return self.dataset

    def give_proposal(self, period: float = 31.0, scale: float = 0.5) -> Proposal:
        found = Proposal(period, scale, f"The structure repeats every {period:.0f} px.", True, 11)
        self.scale_proposed.emit(found)
        return found

    def give_loading(self, done: int, total: int) -> None:
        self.loading_changed.emit(LoadProgress(done, total))

    def give_status(self, state: RunState, outcome: Outcome | None = None) -> None:
        self.status = RunStatus(state, outcome)
        self.status_changed.emit(self.status)

    def give_progress(self, step: int = 620, total: int | None = 1000, stage: str = "rbm") -> Progress:
        self.progress = Progress(step, total, step / 50, stage, 31.0, 92.0, 23_400.0, 0.05, "cpu")
        self.progressed.emit(self.progress)
        return self.progress

    def give_end(self, outcome: Outcome, error: StudioError | None = None) -> None:
        self.give_status(RunState.IDLE, outcome)
        if error is not None:
            self.notify(Notice.of(error))
        self.ended.emit(outcome, error)

    def give_curves(self, points: int = 300) -> RunRecord:
        """Add a run with plausible curves of every metric."""
        record = RunRecord(len(self.runs) + 1, "2026-01-01T12:00:00", TrainSettings(), "cpu", 50 * points)
        record.curves.extend(fake_data.points(points))
        self.runs.append(record)
        self.curves_changed.emit()
        return record

    def give_dream(self, chains: int = 25, side: int = 28, channels: int = 3, sweep: int = 400) -> DreamFrame:
        frame = DreamFrame(fake_data.sealed(fake_data.strokes(chains, side, channels, seed=sweep)), sweep, 118.0)
        self.frame_arrived.emit("dream", frame)
        return frame

    def give_filters(self, count: int = 64, side: int = 28, channels: int = 1, step: int = 620) -> FilterFrame:
        frame = fake_data.filter_frame(count, side, channels, step)
        self.frame_arrived.emit("filters", frame)
        return frame

    def give_reconstructions(self, count: int = 8, side: int = 28, channels: int = 3) -> ReconstructionFrame:
        inputs = fake_data.sealed(fake_data.strokes(count, side, channels))
        outputs = fake_data.sealed(0.8 * inputs + 0.1)
        frame = ReconstructionFrame(inputs, outputs, 620)
        self.frame_arrived.emit("reconstructions", frame)
        return frame

    def give_detail(self, index: int = 3, side: int = 28, channels: int = 1) -> FilterDetail:
        detail = fake_data.filter_detail(index, side, channels)
        self.filter_inspected.emit(detail)
        return detail

    def give_codes(self, count: int = 40, directions: int = 6, side: int = 16) -> CodeMap:
        """Map pictures of coloured strokes at points drawn from N(0, 1)."""
        points = np.random.default_rng(count).standard_normal((count, directions)).astype(np.float32)
        pictures = np.rint(fake_data.strokes(count, side, 3) * 255).astype(np.uint8)
        found = CodeMap(points, pictures)
        self.codes_mapped.emit(found)
        return found

    def give_code(self, wish: CodeWish, side: int = 28) -> CodePicture:
        shown = CodePicture(wish, fake_data.sealed(fake_data.strokes(1, side, 3)[0]))
        self.code_shown.emit(shown)
        return shown

    def give_maps(self, counts: Sequence[int] = (9, 16), index: int = 0, count: int = 36) -> MapsFrame:
        """Give what layers of so many filters see in a picture of 48 px."""
        frame = fake_data.maps_frame(counts, index, count)
        self.maps_seen.emit(frame)
        return frame

    def give_model(
        self, family: str | None = "rbm", textures: int = 1, parts: Sequence[Part] = (), one_scale: bool = True
    ) -> None:
        self.has_model = family is not None
        self.textures = textures
        self.one_scale = one_scale
        self.family = family or ""
        self.parts = tuple(parts)
        self.mixer = Mixer()
        self.mixer_changed.emit(self.mixer)
        self.model_changed.emit(family)

    def give_advice(self, advice: Advice | None = None) -> Advice:
        advice = advice or Advice(
            "38 % of the hidden units never fire.", "Lower the sparsity cost?", {"training.sparsity_cost": 0.0}
        )
        self.advice_changed.emit(advice)
        return advice

    def give_notice(self, level: Level = Level.ERROR, message: str = "", hint: str = "") -> None:
        message = message or "The picture wall.png is truncated."
        self.notify(Notice(level, message, hint or "Copy it again from where it came."))

    def give_project(self, path: Path | None, dirty: bool = False) -> None:
        self.project = ProjectInfo(path, dirty)
        self.project_changed.emit(self.project)

    # intents

    def set_data(self, spec: DatasetSpec) -> None:
        self._note("set_data", spec)
        self._set_recipe(data=spec)

    def set_sample(self, name: str) -> None:
        self._note("set_sample", name)

    def add_data(self, paths: Sequence[str]) -> None:
        self._note("add_data", tuple(paths))

    def set_included(self, name: str, included: bool) -> None:
        self._note("set_included", name, included)

    def cancel_loading(self) -> None:
        self._note("cancel_loading")

    def set_preprocess(self, value: Preprocess) -> None:
        self._note("set_preprocess", value)
        self._set_recipe(preprocess=value)

    def propose_scale(self) -> None:
        self._note("propose_scale")

    def set_model(self, value: ModelSpec) -> None:
        self._note("set_model", value)
        self._set_recipe(model=value)

    def set_training(self, value: TrainSettings) -> None:
        self._note("set_training", value)
        self._set_recipe(training=value)

    def apply_preset(self, name: str) -> None:
        self._note("apply_preset", name)
        self.recipe = preset(name).apply(self.recipe)
        self.recipe_changed.emit(self.recipe)

    def set_device(self, name: str) -> None:
        self._note("set_device", name)
        self.device = name

    def start(self) -> None:
        self._note("start")

    def continue_training(self) -> None:
        self._note("continue_training")

    def pause(self) -> None:
        self._note("pause")

    def resume(self) -> None:
        self._note("resume")

    def step(self, count: int = 1) -> None:
        self._note("step", count)

    def step_epoch(self) -> None:
        self._note("step_epoch")

    def stop(self, keep: bool = True) -> None:
        self._note("stop", keep)

    def set_live(self, value: LiveSettings) -> None:
        self._note("set_live", value)
        self.live = value
        self.live_changed.emit(value)

    def take_advice(self, advice: Advice) -> None:
        self._note("take_advice", advice)

    def set_wanted(self, kind: str, wanted: bool) -> None:
        self._note("set_wanted", kind, wanted)
        (self.wanted.add if wanted else self.wanted.discard)(kind)

    def inspect_filter(self, index: int) -> None:
        self._note("inspect_filter", index)

    def map_codes(self) -> None:
        self._note("map_codes")

    def show_code(self, wish: CodeWish) -> None:
        self._note("show_code", wish)

    def keep_codes(self, points: tuple[CodePoint, ...], label: str) -> None:
        self._note("keep_codes", points, label)
        self.kept_codes = points
        self.kept_codes_changed.emit(points)

    def export_walk(self, path: Path, points: tuple[CodePoint, ...], walk: Walk) -> None:
        self._note("export_walk", path, points, walk)

    def export_code(self, path: Path, wish: CodeWish) -> None:
        self._note("export_code", path, wish)

    def see(self, picture: str = "", index: int = 0, quietly: bool = False) -> None:
        self._note("see", picture, index, quietly)

    def export_dream(
        self, path: Path, bits: int = 8, sheet: tuple[int, int] = (1, 1), alpha: Alpha = Alpha.NONE
    ) -> None:
        self._note("export_dream", path, bits, sheet, alpha)

    def take_film(self, path: Path, take: Take, per_second: float = 25.0, across: int = 0) -> None:
        self._note("take_film", path, take, per_second, across)

    def take_maps(self, path: Path, wish: MapWish) -> None:
        self._note("take_maps", path, wish)

    def take_batch(
        self, path: Path, batch: Batch, models: tuple[Path, ...] = (), bits: int = 8, suffix: str = ".png"
    ) -> None:
        self._note("take_batch", path, batch, models, bits, suffix)

    def cancel_task(self, number: int) -> None:
        self._note("cancel_task", number)
        self.give_tasks(*(task for task in self.tasks if task.number != number))

    def give_tasks(self, *tasks: TaskInfo) -> None:
        """Show these tasks as going on."""
        self.tasks = tasks
        self.tasks_changed.emit(tasks)

    def grab_picture(self) -> None:
        self._note("grab_picture")

    def make_drag_file(self) -> None:
        self._note("make_drag_file")

    def export_filters(self, path: Path) -> None:
        self._note("export_filters", path)

    def command_for_dream(self) -> str:
        self._note("command_for_dream")
        return "harmonium dream wall.harmonium --grid 25 --sweeps 400 --seed 1 -o dream.png"

    def new_project(self) -> None:
        self._note("new_project")

    def open_project(self, path: Path) -> None:
        self._note("open_project", path)

    def open_sample(self, path: Path) -> bool:
        self._note("open_sample", path)
        return True

    def save_project(self, path: Path | None = None) -> None:
        self._note("save_project", path)

    def relocate(self, folder: Path) -> None:
        self._note("relocate", folder)

    def undo(self) -> None:
        self._note("undo")

    def redo(self) -> None:
        self._note("redo")

    def notify(self, notice: Notice) -> None:
        self._note("notify", notice)
        self.notice_posted.emit(notice)

    def set_autosave(self, value: AutosaveSettings) -> None:
        self.autosave.settings = value
        self._note("set_autosave", value)

    def recover(self, rescue: Rescue) -> None:
        self._note("recover", rescue)

    def save_recovered(self, rescue: Rescue, path: Path) -> None:
        self._note("save_recovered", rescue, path)

    def discard_recovered(self, rescue: Rescue) -> None:
        self._note("discard_recovered", rescue)

    def shutdown(self, keep_unsaved: bool = False) -> None:
        self._note("shutdown", keep_unsaved)

    def _set_recipe(self, **changes: Any) -> None:
        self.recipe = replace(self.recipe, **changes)
        self.recipe_changed.emit(self.recipe)
