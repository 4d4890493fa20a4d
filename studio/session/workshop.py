"""All that happens on the compute thread: the models, the run and the dream. No Qt here."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.memory import free_bytes
from studio.data.picture import read_picture
from studio.data.sheet import grid
from studio.dream.begin import check_canvas, size_of
from studio.dream.blending import Blend as FillBlend
from studio.dream.held_picture import together
from studio.dream.large import above_bytes, check_memory
from studio.dream.place import Hold
from studio.dream.player import SHARED_FRAME
from studio.dream.settings import DreamSettings, Show, Start
from studio.dream.shown import MOST_SHOWN, reduced, reduction
from studio.dream.strokes import Stroke
from studio.errors import DataError, DivergedError, SettingsError, StudioError
from studio.jobs.control import RunControl
from studio.jobs.device import as_studio_error, choose, find_devices
from studio.jobs.device_info import DeviceInfo
from studio.jobs.feed import Feed
from studio.jobs.fill_frames import FillFrame
from studio.jobs.status import Outcome, PlayerState
from studio.models.altered import Altered
from studio.models.build import weights_of
from studio.project.archive import Project
from studio.project.cut_short import finished
from studio.project.hashing import model_hash
from studio.project.holding import growing, healing, whole_picture
from studio.project.job import keep, prepare
from studio.project.lapse import EMPTY, from_arrays
from studio.project.lapse_recorder import Recorder
from studio.project.looks import start_pictures
from studio.project.painted import fill_frame, paint, paint_frame, repaint
from studio.project.prepared import Prepared
from studio.project.resume import resumed
from studio.project.trained import Trained, open_trained
from studio.session.answers import (
    AlteredNow,
    Canvas,
    DreamPicture,
    Kept,
    Rewound,
    RunBegan,
    RunEnded,
    ToAutosave,
    ToMask,
    ToSave,
)
from studio.session.composing import Besides
from studio.session.job import Job
from studio.session.looking import Looking
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


class Workshop(Looking):
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

    def close(self, dream: DreamSettings) -> None:
        """Put the model away; the next one dreams with these settings."""
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
        return ToSave(path, besides, self.captured())

    def to_autosave(self, number: int = 0) -> ToAutosave:
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
        return ToAutosave(project, time.perf_counter() - began, number)

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

    def set_dream(self, settings: DreamSettings) -> Canvas:
        """Play with these settings, on a canvas that has room for what is held; returns what is in force.

        Raises DeviceError where memory does not suffice, SettingsError where no filter fits, and changes nothing then.
        """
        if self.trained is not None:
            if self.player.held is not None:
                settings = self.player.held.settings(self.trained.model, settings)
            check_canvas(self.trained.model, settings)
            self._require_memory(settings)
        self.player.set(settings)
        if self.player.held is not None or self.player.painting is not None:
            self._tell_paint()
        return self.canvas()

    def hold(self, hold: Hold | None, settings: DreamSettings, several: bool = False) -> Canvas:
        """Begin anew around what is to be held, or set free what is, and play with these settings.

        `several` chains, as many as can be watched, show where a whole picture is guessed.
        """
        if hold is None:
            self.player.release()
            self._holding = None
            self._tell_paint()
            return self.set_dream(settings)
        if self.trained is None:
            raise SettingsError("There is no model to dream yet.", "Press Start, or open a project.")
        if hold.whole:
            holding = whole_picture(hold.picture, hold.index, self.images, self.trained)
        elif hold.hole is not None:
            holding = healing(self.images, hold.hole, self.trained)
        else:
            holding = growing(Path(hold.picture), hold.at, self.trained)
        if several and settings.chains == 1:
            settings = dataclasses.replace(settings, chains=together(holding.picture.inner))
        settings = holding.picture.settings(self.trained.model, settings)
        self._require_memory(settings)
        self.player.settings, self._holding = settings, holding
        self.player.restart(held=holding.picture)
        self._tell_paint()
        return self.canvas()

    def again(self) -> Canvas:
        """Begin anew around what is held."""
        self.player.restart(held=self.player.held)
        return self.canvas()

    def paint(self, stroke: Stroke, begins: bool) -> None:
        """Take a stroke of the brush, or the next part of the one under way."""
        if self.trained is not None:
            paint(self.trained, self.player, stroke, begins)
            self._tell_paint()

    def rewind(self, number: int) -> Rewound:
        """Go back to a snapshot; raises SettingsError if it is gone."""
        rewound = super().rewind(number)
        self._tell_paint()
        return rewound

    def repaint(self, strokes: tuple[Stroke, ...]) -> None:
        """Paint these strokes in place of what was painted."""
        if self.trained is not None:
            repaint(self.trained, self.player, strokes)
            self._tell_paint()

    def filling(self, blend: FillBlend) -> FillFrame | None:
        """Return what is made of the hole; None where nothing is held."""
        player = self.player
        if self.trained is None or player.chain is None or (player.painting is None and player.held is None):
            return None
        return fill_frame(self.trained, player, blend)

    def mask_now(self, path: Path) -> ToMask:
        """Return what of the canvas is a hole, on its way to a file."""
        known = paint_frame(self.player).known
        if known is None or known.all():
            raise SettingsError("There is no hole on the canvas to save.", "Paint one first.")
        return ToMask(path, ~known)

    def _tell_paint(self) -> None:
        self.feed.put("paint", paint_frame(self.player))

    def _require_memory(self, settings: DreamSettings) -> None:
        trained, chain = self.trained, self.player.chain
        if trained is None or trained.device != "cpu":
            return
        size = size_of(trained.model, settings)
        if chain is None or size != chain.size or settings.chains > chain.count:
            above = above_bytes(trained.model, size, settings.chains)
            check_memory(trained.model.shape[0], size, settings.chains, self._memory(), above=above)

    def restart(self, start: Start, picture: str, index: int) -> Canvas:
        """Start the dream from noise, from a training picture (index, or one drawn by the seed), or from a file."""
        if self.trained is None:
            raise SettingsError("There is no model to dream yet.", "Press Start, or open a project.")
        if start is Start.ALONG:
            raise SettingsError("Only the command line draws along the training.", "harmonium dream --start along")
        if start is Start.NOISE:
            self.player.restart()
        elif start is Start.DATA:
            if self.images is None:
                raise DataError("There are no pictures at hand to start from.", "Drop the model's pictures here.")
            self.player.restart(start_pictures(self.trained, self.images, self.player.settings, index))
        else:
            pixels = read_picture(Path(picture), self.trained.recipe.preprocess)
            self.player.restart(self.trained.to_model(pixels[None]))
        return self.canvas()

    def _dream_pictures(self, whole: bool = True) -> NDArray[np.float32]:
        """Return the dream as one picture, of a canvas too large to be shown the means of its blocks unless `whole`."""
        chain, trained = self.player.chain, self.trained
        if chain is None or trained is None:
            raise SettingsError("There is no dream to export yet.", "Press Start, or open a project.")
        shown = chain.mean() if self.player.settings.show is Show.MEAN else chain.sample()
        if not whole and trained.model.any_size:
            shown = reduced(shown, reduction(shown, self._most_shown))
        pictures = trained.to_pictures(shown, chain.controls.wrap)
        held, painting = self.player.held, self.player.painting
        if whole and painting is not None:
            pictures = painting.put_back(pictures)
        elif whole and held is not None:
            pictures = np.stack([held.seed(chain.size).put_back(picture) for picture in pictures])
        return grid(pictures) if chain.count > 1 else pictures[0]

    def dream_now(self, path: Path) -> DreamPicture:
        """Return the dream as one picture, and where it stands; raises DeviceError where memory does not suffice."""
        chain = self.player.chain
        if chain is not None and self.trained is not None and self.trained.model.any_size:
            check_memory(self.trained.model.shape[0], chain.size, chain.count, self._memory())
        pixels = self._dream_pictures()
        weights = weights_of(self.learned.model) if self.learned is not None else {}
        sweeps = chain.sweeps if chain is not None else 0
        held = self.canvas().held
        return DreamPicture(path, pixels, sweeps, model_hash(weights), self.player.exact, held=held)


def ended(result: RunResult, kept: Project | None) -> RunEnded:
    return RunEnded(
        outcome=result.outcome,
        steps=result.steps,
        seconds=result.seconds,
        images_per_second=result.images_per_second,
        changes=result.changes,
        kept=kept,
    )
