"""All that happens on the compute thread: the models, the run and the dream. No Qt here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.picture import read_picture
from studio.data.sheet import grid
from studio.dream.player import SHARED_FRAME, Player
from studio.dream.settings import DreamSettings, Show, Start
from studio.errors import DataError, DivergedError, SettingsError, StudioError
from studio.jobs.control import RunControl
from studio.jobs.device import as_studio_error, choose, find_devices
from studio.jobs.device_info import DeviceInfo
from studio.jobs.feed import Feed
from studio.jobs.frames import FilterDetail
from studio.jobs.status import Outcome, PlayerState
from studio.models.build import weights_of
from studio.project.archive import Project
from studio.project.hashing import model_hash
from studio.project.job import keep, prepare
from studio.project.looks import filter_detail, filter_frame, filter_sheet, labels_of, seen_by, spread, start_pictures
from studio.project.prepared import Prepared
from studio.project.trained import Trained, open_trained
from studio.session.answers import DreamPicture, FilterPicture, RunBegan, RunEnded, ToSave
from studio.session.job import Job
from studio.training.run import RunResult, run
from studio.training.settings import TrainSettings

LOOKED_AT = 250


class Workshop:
    """The model at hand, its player and the run in progress."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.player = Player(feed)
        self.trained: Trained | None = None
        self.images: ImageSet | None = None
        self._prepared: Prepared | None = None

    def devices(self) -> tuple[DeviceInfo, ...]:
        return find_devices()

    def open(self, project: Project, device: str) -> str:
        """Take the model of a project in hand and let it dream; returns the device it is on."""
        name = choose(device)
        self.trained = open_trained(project, name)
        self.player.settings = project.dream
        self._show_trained()
        return name

    def close(self) -> None:
        """Put the model away."""
        self.trained = None
        self.player.unload()

    def train(
        self, job: Job, control: RunControl, serve: Callable[[], float], began: Callable[[RunBegan], None]
    ) -> RunEnded:
        """Prepare and run a job; `serve` is called between steps and while paused."""
        before = (self.trained, self.images)
        device = choose(job.device)
        prepared = prepare(job.recipe, job.images, device, job.previous)
        self._prepared, self.trained, self.images = prepared, prepared.trained, job.images
        self.player.load(prepared.trained.model, prepared.trained.to_pictures, device)
        self.player.play()
        began(RunBegan(device))
        try:
            result = run(prepared.plan, control, self.feed, serve)
            if result.outcome is Outcome.STOPPED and not control.keep:
                self._prepared = None
                self.trained, self.images = before
                self._show_trained()
                return ended(result, None)
            kept = self.captured(result.settings)
            self.trained = dataclasses.replace(prepared.trained, recipe=kept.recipe)
            return ended(result, kept)
        except DivergedError as error:
            self.player.restart()  # the chain went with the weights
            return RunEnded(Outcome.FAILED, kept=self.captured(), error=error)
        finally:
            self._prepared = None

    def failed(self, error: Exception) -> RunEnded:
        """Return the end of a run that could not be prepared or broke down."""
        return RunEnded(Outcome.FAILED, error=self.explain(error))

    def explain(self, error: Exception) -> StudioError:
        return as_studio_error(error, self.trained.device if self.trained else "cpu")

    @property
    def playing(self) -> bool:
        return self.player.state is PlayerState.PLAYING

    def play(self, budget: float) -> float:
        """Let the dream play within a budget; returns the seconds until it wants to play again."""
        if self._prepared is None:
            return self.player.tick(budget)
        self.player.exact = False
        return self.player.tick(budget, SHARED_FRAME)

    def captured(self, settings: TrainSettings | None = None) -> Project:
        """Return host copies of all that a project keeps; `settings` are those a finished run can be repeated from."""
        if self.trained is None:
            raise SettingsError("There is no model to keep yet.", "Press Start first.")
        return keep(self.trained, self._prepared, settings, self._dream_pictures())

    def to_save(self, path: Path) -> ToSave:
        return ToSave(path, self.captured())

    def _show_trained(self) -> None:
        if self.trained is None:
            self.player.unload()
            return
        self.player.load(self.trained.model, self.trained.to_pictures, self.trained.device)
        self.player.play()
        self.publish_filters()

    def publish_filters(self) -> None:
        """Show the filters of the model at hand, with their activity where its pictures are here."""
        if self.trained is None:
            return
        images = self.images
        if images is not None and images.shape == self.trained.model.shape:
            looked_at = spread(images.training(), LOOKED_AT)
            seen, labels = seen_by(self.trained, images, looked_at), labels_of(self.trained, images, looked_at)
        else:
            chain, labels = self.player.chain, None
            seen = chain.mean() if chain is not None else torch.zeros(1, *self.trained.model.shape)
        self.feed.put("filters", filter_frame(self.trained, seen, 0, labels))

    def set_images(self, images: ImageSet | None) -> None:
        """Know the pictures now in the window, for looking; a run keeps its own."""
        if self._prepared is None:
            self.images = images
            self.publish_filters()

    def inspect(self, index: int) -> FilterDetail:
        if self.trained is None:
            raise SettingsError("There is no model to inspect yet.", "Press Start first.")
        return filter_detail(self.trained, self.images, index)

    def set_dream(self, settings: DreamSettings) -> None:
        self.player.set(settings)

    def restart(self, start: Start, picture: str, index: int) -> None:
        """Start the dream from noise, from a training picture (index, or one drawn by the seed), or from a file."""
        if self.trained is None:
            raise SettingsError("There is no model to dream yet.", "Press Start, or open a project.")
        if start is Start.NOISE:
            self.player.restart()
        elif start is Start.DATA:
            if self.images is None:
                raise DataError("There are no pictures at hand to start from.", "Drop the model's pictures here.")
            self.player.restart(start_pictures(self.trained, self.images, self.player.settings, index))
        else:
            pixels = read_picture(Path(picture), self.trained.recipe.preprocess)
            self.player.restart(self.trained.to_model(pixels[None]))

    def _dream_pictures(self) -> NDArray[np.float32]:
        chain, trained = self.player.chain, self.trained
        if chain is None or trained is None:
            raise SettingsError("There is no dream to export yet.", "Press Start, or open a project.")
        shown = chain.mean() if self.player.settings.show is Show.MEAN else chain.sample()
        return grid(trained.to_pictures(shown), gap=0 if chain.count == 1 else 1)

    def filters_now(self, path: Path) -> FilterPicture:
        """Return all filters as one picture."""
        if self.trained is None:
            raise SettingsError("There are no filters to export yet.", "Press Start, or open a project.")
        return FilterPicture(path, filter_sheet(self.trained))

    def dream_now(self, path: Path) -> DreamPicture:
        """Return the dream as one picture, and where it stands."""
        pixels = self._dream_pictures()
        chain = self.player.chain
        weights = weights_of(self.trained.model) if self.trained is not None else {}
        return DreamPicture(
            path, pixels, chain.sweeps if chain is not None else 0, model_hash(weights), self.player.exact
        )


def ended(result: RunResult, kept: Project | None) -> RunEnded:
    return RunEnded(
        outcome=result.outcome,
        steps=result.steps,
        seconds=result.seconds,
        images_per_second=result.images_per_second,
        changes=result.changes,
        kept=kept,
    )
