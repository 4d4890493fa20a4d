"""The only training loop: steps, looks and pauses; everything else is passed in."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.errors import Cancelled, DivergedError
from studio.jobs.awake import Awake
from studio.jobs.control import LiveSettings, RunControl
from studio.jobs.feed import Feed
from studio.jobs.status import Outcome, Progress
from studio.training.plan import Plan, Stage
from studio.training.rolled_back import ENDED, LOWERED, METRIC
from studio.training.schedule import steps_per_epoch, total_steps
from studio.training.settings import Decay, TrainSettings

PROGRESS_EVERY = 0.1
MEASURE_EVERY = 0.5
FRAME_EVERY = 0.5
JUDGE_EVERY = 0.5
LOOK_SHARE = 0.05  # measuring and drawing take at most this share of the time
CALIBRATE_SHARE = 0.25  # well before the rate begins to fall
CALIBRATE_AT_MOST = 60.0
CALIBRATE_STEPS = 20
OVERTIME = 1.1  # a timed run may take this much longer to finish its planned fall of the rate


@dataclass(frozen=True, slots=True)
class RunResult:
    """How the run ended, and the settings from which it can be repeated."""

    outcome: Outcome
    settings: TrainSettings
    steps: int
    epochs: float
    seconds: float
    images_per_second: float
    changes: tuple[tuple[int, str, float], ...]  # step, live setting, value


class Due:
    """Says when something periodic is due, never letting it take more than its share of the time."""

    def __init__(self, every: float, share: float) -> None:
        self.every = every
        self.share = share
        self._awake = Awake()
        self._next = 0.0

    def at(self, now: float) -> bool:
        return now >= self._next

    def done(self, started: float, ended: float) -> None:
        self._next = ended + max(self.every, self._awake.took(ended - started) / self.share)


Between = Callable[[], float]


def run(
    plan: Plan,
    control: RunControl,
    feed: Feed,
    between_steps: Between | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> RunResult:
    """Train every stage of the plan until it is complete or stopped.

    `between_steps` is called after each step and while paused (the dream plays
    in it); it returns the seconds until it wants to be called again. Raises
    whatever a step raises; a stop is a result, not an error.
    """
    results: list[RunResult] = []
    for stage in plan.stages:
        done = sum(settings.steps for settings in plan.done) + sum(result.steps for result in results)
        results.append(_Loop(stage, plan, control, feed, between_steps, clock, done).run())
        if results[-1].outcome is not Outcome.COMPLETED:
            break
    alone = len(plan.stages) == 1 and plan.settings is None and not plan.done
    return results[0] if alone else whole(results, plan)


def whole(results: Sequence[RunResult], plan: Plan) -> RunResult:
    """Return the results of all stages as that of one run, whose length was shared out evenly.

    One that went on with a later stage keeps no steps of stages: from the beginning they would be those of others.
    """
    last, seconds = results[-1], sum(result.seconds for result in results)
    base = plan.settings or last.settings
    steps = tuple(settings.steps for settings in (*plan.done, *(result.settings for result in results)))
    every = (*plan.done, *(stage.settings for stage in plan.stages))
    pictures = sum(result.images_per_second * result.seconds for result in results)
    return RunResult(
        outcome=last.outcome,
        settings=dataclasses.replace(
            base,
            steps=sum(steps),
            stage_steps=() if plan.first and not plan.done else steps,
            planned_steps=last.settings.planned_steps,
            decay=last.settings.decay,
            seconds=sum(settings.seconds for settings in every),
            epochs=sum(settings.epochs for settings in every),
        ),
        steps=sum(settings.steps for settings in plan.done) + sum(result.steps for result in results),
        epochs=plan.epochs_done + sum(result.epochs for result in results),
        seconds=seconds,
        images_per_second=pictures / seconds if seconds > 0 else 0.0,
        changes=tuple(change for result in results for change in result.changes),
    )


class _Loop:
    def __init__(
        self,
        stage: Stage,
        plan: Plan,
        control: RunControl,
        feed: Feed,
        between_steps: Between | None,
        clock: Callable[[], float],
        done: int,
    ) -> None:
        self.stage = stage
        self.done = done  # steps of the stages before: the curves go on where theirs end
        self.trainer = stage.trainer
        self.settings = stage.settings
        self.plan = plan
        self.control = control
        self.feed = feed
        self.between_steps = between_steps
        self.clock = clock
        self.total = total_steps(self.settings, stage.pictures)
        if self.total is None and self.trainer.steps:  # a timed run that was cut short knew its length
            self.total = self.trainer.planned_steps or None
        if not self.settings.planned_steps:
            self.trainer.planned_steps = self.total or 0
        self.worked = 0.0
        self.awake = Awake()
        self.began_at = self.trainer.steps
        self.followed = self.trainer.live
        self.changes: list[tuple[int, str, float]] = []
        self.progress_due = Due(PROGRESS_EVERY, LOOK_SHARE)
        self.measure_due = Due(MEASURE_EVERY, LOOK_SHARE)
        self.judge_due = Due(JUDGE_EVERY, LOOK_SHARE)
        self.frame_due = {kind: Due(FRAME_EVERY, LOOK_SHARE) for kind in stage.frames}
        self.speed = 0.0
        self.speed_mark = (0.0, self.trainer.steps)
        self.calibration_mark: tuple[float, int] | None = None

    @property
    def steps(self) -> int:
        return self.trainer.steps

    def run(self) -> RunResult:
        outcome = Outcome.COMPLETED
        self._look(force=True)
        try:
            while not self._complete():
                if self.control.paused:
                    self._look(force=True)  # whoever paused sees the very step it stands at
                self.control.checkpoint(self.between_steps)
                self._follow_sliders()
                began = self.clock()
                self._guarded(self.trainer.step)
                self._look()
                if self.between_steps is not None:
                    self.between_steps()
                self.worked += self.awake.took(self.clock() - began)
                self._calibrate()
        except Cancelled:
            outcome = Outcome.STOPPED
        self._guarded(self.trainer.check, ending=True)
        self._look(force=True)
        return self._result(outcome)

    def _guarded(self, work: Callable[[], None], ending: bool = False) -> None:
        """Bring a run that runs away back to its last good state and go on at a lower rate, once, or end there."""
        try:
            work()
        except DivergedError:
            over = ending or self._complete()
            if self.trainer.rate_factor < 1 or (over and not self.trainer.checked):
                raise
            if over:
                self.feed.extend([(ENDED, self.done + self.steps, self.trainer.learning_rate)])
                return
            self.trainer.lower_rate(LOWERED)
            step, rate = self.done + self.steps, self.trainer.learning_rate
            self.changes.append((step, "learning_rate", rate))
            self.feed.extend([(METRIC, step, rate)])

    def _complete(self) -> bool:
        if self.total is not None and self.steps >= self.total:
            return True
        return self._timed and self.worked >= self.settings.seconds * OVERTIME

    @property
    def _timed(self) -> bool:
        return self.settings.seconds > 0 and self.settings.steps == 0

    def _calibrate(self) -> None:
        """Fix the length of a timed run once its speed is known, while the rate still stands still."""
        if self.total is not None or not self._timed:
            return
        if self.calibration_mark is None:
            if self.steps >= CALIBRATE_STEPS // 4:
                self.calibration_mark = (self.worked, self.steps)
            return
        enough = min(CALIBRATE_AT_MOST, self.settings.seconds * CALIBRATE_SHARE)
        since, steps_since = self.calibration_mark
        if self.worked >= enough and self.steps - steps_since >= CALIBRATE_STEPS // 2:
            each = (self.worked - since) / (self.steps - steps_since)
            left = int((self.settings.seconds - self.worked) / each)
            self.total = max(2 * self.steps, self.steps + left)
            if not self.settings.planned_steps:
                self.trainer.planned_steps = self.total

    def _follow_sliders(self) -> None:
        live = self.control.live
        before = self.trainer.live
        if live is self.followed:
            return
        self.trainer.live = self.followed = live
        for field in dataclasses.fields(LiveSettings):
            value = getattr(live, field.name)
            if value != getattr(before, field.name):
                # A slider that was let go leaves what the recipe says.
                now = getattr(self.trainer, field.name) if value is None else value
                self.changes.append((self.done + self.trainer.steps, field.name, float(now)))

    def _look(self, force: bool = False) -> None:
        now = self.clock()
        if force or self.measure_due.at(now):
            step = self.done + self.trainer.steps
            self.feed.extend(self.stage.measure(step))
            self.feed.extend([("learning_rate", step, self.trainer.learning_rate)])
            if self.speed > 0:
                self.feed.extend([("images_per_second", step, self.speed)])
            self.measure_due.done(now, self.clock())
        for kind, due in self.frame_due.items():
            now = self.clock()
            if self.control.wants(kind) and (force or due.at(now)):
                self.feed.put(kind, self.stage.frames[kind](self.trainer.steps))
                due.done(now, self.clock())
        self._judge()
        now = self.clock()
        if force or self.progress_due.at(now):
            self._report()
            self.progress_due.done(now, now)

    def _judge(self) -> None:
        """Go on with the slow judgement when it is due; never at once, however much one wants to see."""
        now = self.clock()
        if self.stage.judge is not None and self.worked > 0 and self.judge_due.at(now):
            self.feed.extend(self.stage.judge(self.done + self.steps, self.worked))
            self.judge_due.done(now, self.clock())

    def _report(self) -> None:
        since, marked = self.speed_mark
        if self.worked - since >= 1.0 or (self.speed == 0 and self.worked > since):
            self.speed = (self.trainer.steps - marked) * self._batch / (self.worked - since)
            self.speed_mark = (self.worked, self.trainer.steps)
        left = None
        if self.total is not None and self.speed > 0:
            left = (self.total - self.steps) * self._batch / self.speed
        elif self._timed:
            left = max(0.0, self.settings.seconds - self.worked)
        self.feed.put(
            "progress",
            Progress(
                step=self.steps,
                total_steps=self.total,
                epoch=self.steps / steps_per_epoch(self.settings, self.stage.pictures),
                stage=self.stage.name,
                seconds=self.worked,
                seconds_left=left,
                images_per_second=self.speed,
                learning_rate=self.trainer.learning_rate,
                device=self.plan.device,
                before=self.done,
            ),
        )

    @property
    def _batch(self) -> int:
        return self.settings.batch

    def _result(self, outcome: Outcome) -> RunResult:
        planned = self.trainer.planned_steps if self.settings.decay is Decay.LINEAR else 0
        settings = dataclasses.replace(
            self.settings,
            steps=max(1, self.steps),
            planned_steps=planned,
            # A timed run that ended before its length was known never let the rate fall.
            decay=Decay.CONSTANT if self.settings.decay is Decay.LINEAR and not planned else self.settings.decay,
        )
        return RunResult(
            outcome=outcome,
            settings=settings,
            steps=self.steps,
            epochs=self.steps / steps_per_epoch(self.settings, self.stage.pictures),
            seconds=self.worked,
            images_per_second=(self.steps - self.began_at) * self._batch / self.worked if self.worked > 0 else 0.0,
            changes=tuple(self.changes),
        )
