"""The half of the session that trains."""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QSettings

from studio.data.spec import HeldBy
from studio.errors import DeviceError, SettingsError
from studio.jobs.advice import Advice
from studio.jobs.control import LiveSettings, RunControl
from studio.jobs.feed import Point
from studio.jobs.status import Outcome, PlayerState, RunState, RunStatus
from studio.models.spec import ModelSpec
from studio.project.advice import advise
from studio.project.advice_texture import advise_texture
from studio.project.archive import Project
from studio.project.cut_short import INSTEAD, alike, cut_short
from studio.project.going_on import further, require_going_on
from studio.project.history import RunRecord
from studio.project.looks_done import METRIC as LOOKS_DONE_METRIC
from studio.project.looks_done import WHAT_NEXT, looks_done_words
from studio.project.recipe import Recipe
from studio.project.way_out import way_out
from studio.session.altering import Played
from studio.session.answers import RunBegan, RunEnded
from studio.session.job import Job
from studio.session.notices import Concern, Level, Notice
from studio.session.shaping import Shaping
from studio.training import rolled_back
from studio.training.schedule import steps_per_epoch

LIVE_NAMES = frozenset(field.name for field in dataclasses.fields(LiveSettings))


class Running(Shaping):
    """Start, pause, step, stop; live settings; the curves and what they say."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._advice: Advice | None = None
        self._learning = self.recipe
        self._at_stake_before = 0.0  # and the run in progress began
        self._goes_on = False  # the run in progress begins where the model at hand stands
        self._cut_short: RunRecord | None = None  # as it was, of the run that is gone on with
        self._played_before: Played | None = None  # with the model that dreamt before the run in progress
        self._pump.points_arrived.connect(self._take_points)
        self._compute.began.connect(self._run_began)
        self._compute.ended.connect(self._run_ended)

    def start(self) -> None:
        """Train a new model from the recipe."""
        self._start(previous=False)

    def continue_training(self) -> None:
        """Train the model at hand further."""
        self._start(previous=True)

    def _start(self, previous: bool, first_steps: int = 0) -> None:
        if self.status.busy:
            return
        if not self.recipe.data.paths:
            self.notify(
                Notice(Level.WARNING, "There are no pictures to learn from yet.", "Drop a folder here."), Concern.START
            )
            return
        if self.missing:
            lost = Notice(Level.WARNING, "The project's pictures are not where they were.", "Relocate them.")
            self.notify(lost, Concern.START)
            return
        if previous and self.kept is not None:
            try:
                require_going_on(self.kept.recipe, self.recipe)
            except SettingsError as error:
                self.notify(Notice.of(error), Concern.START)
                return
            if self.recipe.model != self.kept.recipe.model:
                what = "Training goes on with the model at hand: the settings under Model are for a new one."
                self.notify(Notice(Level.INFO, what, "Press Start for that."))
        if not previous or self.kept is None:
            # An older project's own were held out by their places, which goes with its model alone.
            by_name = dataclasses.replace(self.recipe.preprocess, held_by=HeldBy.NAME)
            self._change(dataclasses.replace(self.recipe, preprocess=by_name), "what is held out")
        for concern in (Concern.START, Concern.RUN):
            self._in_order(concern)
        self._set_status(RunStatus(RunState.PREPARING))
        go = partial(self._train, previous, first_steps)
        if self.pictures.loading:
            self._waiting = go
        elif self.pictures.has(self.recipe.data, self.recipe.preprocess):
            go()
        else:  # none are here, or reading them was cancelled and others still are
            self._waiting = go
            self.pictures.request(self.recipe.data, self.recipe.preprocess)

    def _train(self, previous: bool, first_steps: int) -> None:
        images = self.pictures.images
        if not self.recipe.model.dreams:
            self.notify(
                Notice(
                    Level.INFO,
                    "An autoencoder by itself does not dream.",
                    "Give it hidden units under Model to dream; filters and reconstructions are shown.",
                )
            )
        if images is None:
            self._set_status(RunStatus())
            return
        start_from = midst = None
        recipe = self.recipe
        if previous and self.kept is not None:
            recipe = dataclasses.replace(
                self.kept.recipe,
                data=recipe.data,
                preprocess=recipe.preprocess,
                training=further(recipe.training, len(self.runs)),
            )
            start_from = dataclasses.replace(self.kept, recipe=recipe)
            midst = self._midst()
        self._learning, self._goes_on = recipe, start_from is not None
        self.live = LiveSettings()
        self.live_changed.emit(self.live)
        self._control = RunControl(frozenset(self._wanted))
        if first_steps:
            self._control.allow_steps(first_steps)
        self.progress = None
        self._at_stake_before = self.at_stake
        started = datetime.now().isoformat(timespec="seconds")
        self.runs.append(RunRecord(len(self.runs) + 1, started, recipe.training))
        self.curves_changed.emit()
        self._set_advice(None)
        self._compute.train(Job(recipe, images, self.device, start_from, midst), self._control)

    def _run_began(self, began: RunBegan) -> None:
        if began.midst:
            self._go_on_with(began.midst)
        elif began.error is not None:
            self.notify(Notice(Level.WARNING, began.error.message, INSTEAD))
        self.runs[-1].device = began.device
        self._run_in_file = False
        self._learn_on()
        self._set_status(RunStatus(RunState.PAUSED if self._control.pausing else RunState.TRAINING))
        self._played_before = self._played()
        self._forget_start()
        self._back_to_own()
        self._set_player(PlayerState.PLAYING)
        self._tell_model(self._learning)
        if began.note:
            self.notify(Notice(Level.INFO, began.note, "Nothing is lost by it."))

    def _midst(self) -> Project | None:
        """Return the project at hand where it holds a run that was cut short, and nothing was changed since."""
        kept = self.kept
        if kept is None or not self.runs or not alike(kept.recipe.data, self.recipe.data):
            return None
        moved = dataclasses.replace(kept, recipe=dataclasses.replace(kept.recipe, data=self.recipe.data))
        return moved if cut_short(moved, self.recipe) else None

    def _go_on_with(self, step: int) -> None:
        """Let the record of the run that was cut short go on in place of a new one."""
        self.runs.pop()
        self._cut_short = self.runs[-1].copy()
        self.curves_changed.emit()
        self.notify(
            Notice(
                Level.INFO,
                f"The run that was cut short goes on at step {step:,}.",
                "It ends as if nothing had happened. After a change of settings a new run would begin.",
            )
        )

    def pause(self) -> None:
        if self.status.state is RunState.TRAINING:
            self._control.set_paused(True)
            self._set_status(RunStatus(RunState.PAUSED))

    def resume(self) -> None:
        if self.status.state is RunState.PAUSED:
            self._control.set_paused(False)
            self._set_status(RunStatus(RunState.TRAINING))

    def step(self, count: int = 1) -> None:
        """Take some steps, then stand still; starts a run that is paused after them when there is none."""
        if self.status.state in (RunState.TRAINING, RunState.PAUSED):
            self._control.allow_steps(count)
            self._set_status(RunStatus(RunState.PAUSED))
        elif self.status.state is RunState.IDLE:
            self._start(previous=False, first_steps=count)

    def step_epoch(self) -> None:
        """Take as many steps as use each training picture once."""
        images = self.pictures.images
        pictures = len(images.training()) if images is not None else 1
        self.step(math.ceil(steps_per_epoch(self.recipe.training, pictures)))

    def stop(self, keep: bool = True) -> None:
        """End the run after the step in progress, keeping what it learned or going back to the model before."""
        if self.status.state is RunState.PREPARING and self._waiting is not None:
            self._waiting = None
            self._set_status(RunStatus())
            return
        if self.status.busy:
            self._control.stop(keep=keep)
            self._set_status(RunStatus(RunState.STOPPING))

    def set_live(self, value: LiveSettings) -> None:
        """Change the rate, momentum or sparsity of the run in progress from its next step on."""
        self.live = value
        self._control.set_live(value)
        self.live_changed.emit(value)

    def take_advice(self, advice: Advice) -> None:
        """Apply a proposed change to the recipe and, where it can act at once, to the run."""
        recipe = self.recipe.changed_together((key, repr(value)) for key, value in advice.change.items())
        live = self.live
        for key, value in advice.change.items():
            name = key.removeprefix("training.")
            if self.status.busy and name in LIVE_NAMES:
                live = dataclasses.replace(live, **{name: value})
        self._change(recipe, "the advice")
        if live is not self.live:
            self.set_live(live)
        self._set_advice(None)

    def _run_ended(self, ended: RunEnded) -> None:
        self._pump.pump()
        run = self.runs[-1]
        before, self._cut_short = self._cut_short, None
        played, self._played_before = self._played_before, None
        # A run that broke down does not say how long it took.
        seconds = ended.seconds or (self.progress.seconds if self.progress is not None else 0.0)
        run.steps, run.seconds = ended.steps, seconds + (before.seconds if before is not None else 0.0)
        run.images_per_second = ended.images_per_second
        run.changes = [*(before.changes if before is not None else ()), *ended.changes]
        thrown_away = ended.kept is None and (not ended.steps or ended.outcome is Outcome.STOPPED)
        if ended.kept is not None:
            if not self._goes_on and self.kept is not None and self._at_stake_before:
                self.model_before, self._at_stake_of_before = self.kept, self._at_stake_before
            self.kept = ended.kept
            self.at_stake = seconds + (self.at_stake if self._goes_on else 0.0)
            run.settings = ended.kept.recipe.training
        elif thrown_away:
            self.at_stake = self._at_stake_before
            self.runs.pop()
            if before is not None:
                self.runs.append(before)
            self.curves_changed.emit()
            if played is not None:  # else the run never began, and the model before dreams on
                self._forget_start()
        if not thrown_away or self._run_in_file:
            self._touch()
        self._set_unsaved(dataclasses.replace(self._unsaved, learning=False))
        if self.kept is None:
            self._set_player(PlayerState.EMPTY)
            self._tell_model(None)
        elif thrown_away and (played is not None or dreaming_as(self.kept.recipe) != dreaming_as(self._learning)):
            self._tell_model(self.kept.recipe)  # the one before is at hand again
        if thrown_away and played is not None:
            self._play_again(played)
        self._set_status(RunStatus(RunState.IDLE, ended.outcome))
        if ended.error is not None:
            self.notify(Notice.of(ended.error), Concern.RUN)
        if isinstance(ended.error, DeviceError):
            self._set_advice(way_out(ended.error, self.recipe.training, run.device or self.device))
        self.ended.emit(ended.outcome, ended.error)

    def _set_advice(self, advice: Advice | None) -> None:
        if advice != self._advice:
            self._advice = advice
            self.advice_changed.emit(advice)

    def _take_points(self, points: list[Point]) -> None:
        if not self.runs:
            return
        self.runs[-1].curves.extend(points)
        self.curves_changed.emit()
        for name, step, value in points:
            if name == LOOKS_DONE_METRIC:
                self.notify(Notice(Level.INFO, looks_done_words(value), WHAT_NEXT))
            elif name == rolled_back.METRIC:
                self._rolled_back(step, value)
            elif name == rolled_back.ENDED:
                self.notify(Notice(Level.WARNING, rolled_back.ended_words(step), rolled_back.AT_THE_END))
        if self.status.busy:
            self._learn_on()  # also after a save in mid-run
            curves, recipe = self.runs[-1].curves, self.recipe
            now = self.progress
            stage, before, share = (now.stage, now.before, now.share) if now is not None else ("", 0, 0.0)
            remark = advise(curves, recipe.training, stage, before)
            self._set_advice(remark or advise_texture(curves, recipe.model, share))

    def _rolled_back(self, step: int, rate: float) -> None:
        self.notify(Notice(Level.WARNING, rolled_back.rolled_back_words(step, rate), rolled_back.WHAT_NEXT))
        if self.status.busy and self.live.learning_rate is not None:
            self.set_live(dataclasses.replace(self.live, learning_rate=rate))


def dreaming_as(recipe: Recipe) -> tuple[ModelSpec, bool]:
    """Return what of a recipe says how its model dreams."""
    return recipe.model, recipe.framed
