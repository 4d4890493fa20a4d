"""All that happens on the compute thread: the models, the run and the dream. No Qt here."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import torch

from studio.data.imageset import ImageSet
from studio.data.memory import free_bytes
from studio.dream.player import SHARED_FRAME
from studio.dream.settings import DreamSettings
from studio.dream.shown import MOST_SHOWN
from studio.errors import DivergedError, SettingsError, StudioError
from studio.jobs.control import RunControl
from studio.jobs.device import as_studio_error, choose, find_devices
from studio.jobs.device_info import DeviceInfo
from studio.jobs.feed import Feed
from studio.jobs.status import Outcome, PlayerState
from studio.models.altered import Altered
from studio.project.archive import Project
from studio.project.cut_short import finished
from studio.project.job import keep, prepare
from studio.project.lapse import EMPTY, from_arrays
from studio.project.lapse_recorder import Recorder
from studio.project.prepared import Prepared
from studio.project.resume import resumed
from studio.project.trained import Trained, open_trained
from studio.session.answers import AlteredNow, Kept, RunBegan, RunEnded, ToAutosave, ToSave
from studio.session.composing import EMPTY_CANVAS, Besides, OnCanvas
from studio.session.easel import Easel
from studio.session.job import Job
from studio.session.task_queue import TaskQueue
from studio.session.worker import Reply
from studio.training.precision import precision_note
from studio.training.run import RunResult, run
from studio.training.settings import TrainSettings

DRAWN_AT_ONCE = 1 << 18  # pixels of a dream that are drawn in a moment
THUMBNAIL = 192  # pixels a side
FEW_FILTERS = 36
CPU = "cpu"
COPY_EVERY = 60.0  # seconds between copies to the host of a run on a device that may be lost


class Workshop(Easel):
    """The model at hand, its player and the run in progress."""

    def __init__(self, feed: Feed, most_shown: int = MOST_SHOWN, memory: Callable[[], int | None] = free_bytes) -> None:
        super().__init__(feed, most_shown, memory)
        self._prepared: Prepared | None = None
        self.tasks = TaskQueue(feed)
        self._copied: Project | None = None  # the latest copy of the run in progress
        self._copied_at = 0.0

    def devices(self) -> tuple[DeviceInfo, ...]:
        return find_devices()

    def open(self, project: Project, device: str) -> str:
        """Take the model of a project in hand and let it dream; returns the device it is on."""
        name = choose(device)
        self.trained = open_trained(project, name)
        self.lapse = from_arrays(project.lapse)
        self.player.settings = project.dream
        self._show_trained()
        return name

    def open_another(self, project: Project, device: str, number: int) -> str:
        """Open a model whose frames are not those of the one before, but of this number."""
        self.feed.begin(number)
        return self.open(project, device)

    def close(self, dream: DreamSettings, number: int) -> None:
        """Put the model away; the next one dreams with these settings, and no frame comes before it."""
        self.feed.begin(number)
        self.trained = None
        self.player.settings = dream
        self.player.unload()

    def train(
        self, job: Job, control: RunControl, serve: Callable[[], float], began: Callable[[RunBegan], None]
    ) -> RunEnded:
        """Prepare and run a job; `serve` is called between steps and while paused."""
        before = (self.learned, self.images)
        device = choose(job.device)
        prepared, refused = self._prepare(job, device)
        midst = prepared.plan.reached if job.midst is not None and refused is None else 0
        self._prepared, self.trained, self.images = prepared, prepared.trained, job.images
        recorder = Recorder(prepared, self.feed, from_arrays(job.previous.lapse) if job.previous is not None else EMPTY)
        self._recorder = recorder
        try:
            self._play(prepared.trained, job.previous is not None)
            began(RunBegan(device, midst, refused, precision_note(job.recipe.training, device)))
            result = run(prepared.plan, control, self.feed, self._between(recorder.served(serve), device))
            learned = result.steps > midst or before[0] is None  # else there is nothing that is worth the model before
            if result.outcome is Outcome.STOPPED and not (control.keep and learned):
                self._prepared = None
                self.trained, self.images = before
                self._show_trained(job.previous is not None)
                return ended(result, None)
            self.lapse = recorder.finish()
            kept = self.captured(result.settings)
            self.trained = dataclasses.replace(prepared.trained, recipe=kept.recipe)
            return ended(result, kept)
        except DivergedError as error:
            self.lapse = recorder.lapse
            self.player.restart(self.player.start_picture, self.player.held)  # the chain went with the weights
            kept = finished(self.captured())  # the same run would only run away again
            return RunEnded(Outcome.FAILED, prepared.plan.steps, kept=kept, error=error)
        except Exception as error:  # memory that ran out, a device that is gone, a mistake of this program
            return self._broken(error, prepared, before)
        finally:
            self._prepared = self._copied = self._recorder = None

    def _prepare(self, job: Job, device: str) -> tuple[Prepared, StudioError | None]:
        """Return the plan of a job and, where a run that was cut short cannot be gone on with, the reason."""
        refused = None
        if job.midst is not None:
            try:
                return resumed(job.midst, job.images, device), None
            except StudioError as error:
                refused = error
        return prepare(job.recipe, job.images, device, job.previous), refused

    def _between(self, serve: Callable[[], float], device: str) -> Callable[[], float]:
        """Return what happens between steps: what is served and, where the device may be lost, a copy now and then."""
        if device == CPU:
            return serve

        def between() -> float:
            if time.monotonic() - self._copied_at > COPY_EVERY:
                self.to_autosave()
            return serve()

        self._copied_at = time.monotonic()
        return between

    def _broken(self, error: Exception, prepared: Prepared, before: tuple[Trained | None, ImageSet | None]) -> RunEnded:
        """Return the end of a run that broke down, with the last good state that can still be had."""
        said, plan = self.explain(error), prepared.plan
        kept, ours = None, self._copied
        self.player.unload()
        if plan.steps:
            try:
                plan.stages[plan.current].trainer.go_back()  # a step may have been cut short
                kept = finished(keep(prepared.trained, prepared, lapse=self._lapse_now))  # it went back some steps
            except Exception:  # what the device held is gone with it
                kept = ours
        self._prepared = None
        self.trained, self.images = before
        if kept is None:
            self._show_trained()
            return RunEnded(Outcome.FAILED, plan.steps, error=said)
        self.images = prepared.images
        lost = kept is ours
        self.open(kept, CPU if lost else prepared.trained.device)
        return RunEnded(Outcome.FAILED, plan.steps, kept=kept, error=said)

    def failed(self, error: Exception) -> RunEnded:
        """Return the end of a run that could not be prepared or broke down."""
        return RunEnded(Outcome.FAILED, error=self.explain(error))

    def explain(self, error: Exception) -> StudioError:
        return as_studio_error(error, self.trained.device if self.trained else "cpu")

    @property
    def may_alter(self) -> bool:
        return self._prepared is None

    @property
    def playing(self) -> bool:
        return self.player.state is PlayerState.PLAYING

    def play(self, budget: float) -> float:
        """Let the dream play within a budget; returns the seconds until it wants to play again."""
        if self._prepared is None:
            return self.player.tick(budget)
        self.player.exact = False
        return self.player.tick(budget, SHARED_FRAME)

    @torch.no_grad()
    def work(self, budget: float) -> list[Reply]:
        """Go on with what takes long, within a budget of seconds; returns what came of it."""
        return self.tasks.advance(budget, self.explain)

    def captured(self, settings: TrainSettings | None = None) -> Project:
        """Return host copies of all that a project keeps; `settings` are those a finished run can be repeated from."""
        if self.learned is None or self.trained is None:
            raise SettingsError("There is no model to keep yet.", "Press Start first.")
        dream = self._dream_pictures(whole=False) if self.trained.recipe.model.dreams else None
        return keep(self.learned, self._prepared, settings, dream, self._lapse_now)

    def keep_altered(self, base: int) -> Kept:
        """Let the altered model be the project's own, under this number; the dream plays on."""
        if not self.may_alter:
            raise SettingsError("A run is going on, and changes all weights.", "Stop it first.")
        self._settle(base)
        self._note_altered()
        return Kept(base, self.captured())

    def go_to_base(self, project: Project, base: int, altered: Altered) -> AlteredNow:
        """Take in hand the weights that a project had under a number, and play them altered so."""
        if self.learned is None or not self.may_alter:
            return AlteredNow(self.altered)
        self._take_base(open_trained(project, self.learned.device), base)
        now = self.alter(altered)
        if self.altered.neutral:
            self._change_model()
        return now

    def to_save(self, path: Path, besides: Besides) -> ToSave:
        return ToSave(path, besides.with_record(), self.captured())

    def to_autosave(self, number: int = 0, canvas: OnCanvas = EMPTY_CANVAS) -> ToAutosave:
        """Return what a copy of unsaved work holds, with small thumbnails, and the time it took."""
        began = time.perf_counter()
        if self.learned is None:
            raise SettingsError("There is no model to keep yet.", "Press Start first.")
        chain, dream = self.player.chain, None
        if chain is not None and chain.count * chain.size[0] * chain.size[1] <= DRAWN_AT_ONCE:
            dream = self._dream_pictures(whole=False)
            step = -(-max(dream.shape) // THUMBNAIL)
            dream = dream[::step, ::step]
        project = keep(self.learned, self._prepared, None, dream, self._lapse_now, FEW_FILTERS)
        if self._prepared is not None and self._prepared.plan.steps:
            self._copied, self._copied_at = project, time.monotonic()
        return ToAutosave(project, time.perf_counter() - began, number, canvas.record())

    def _show_trained(self, same_units: bool = False) -> None:
        if self.trained is None:
            self.player.unload()
            return
        self._play(self.trained, same_units)
        self.publish_filters()

    def _play(self, trained: Trained, same_units: bool = False) -> None:
        """Let a model dream, where it can; snapshots stay where it is the one before, further on or back."""
        self.player.aside = None
        if not trained.recipe.model.dreams:
            self.player.unload()
            return
        self.player.load(trained.model, trained.to_pictures, trained.device, same_units)
        self.player.play()


def ended(result: RunResult, kept: Project | None) -> RunEnded:
    return RunEnded(
        outcome=result.outcome,
        steps=result.steps,
        seconds=result.seconds,
        images_per_second=result.images_per_second,
        changes=result.changes,
        kept=kept,
    )
