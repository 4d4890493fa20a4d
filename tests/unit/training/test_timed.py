"""Runs whose length is given in seconds: they measure themselves, end in time, and can be repeated."""

from __future__ import annotations

import dataclasses
import random

import pytest

from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.jobs.status import Outcome, Progress
from studio.training.run import OVERTIME, RunResult, run
from studio.training.settings import Decay, TrainSettings
from tests.unit.training.small import BASE, Clock, Small, small

TIMED = dataclasses.replace(BASE, steps=0, seconds=3.0)


class Uneven(Clock):
    """A machine that is busy now and then."""

    def __init__(self, tick: float, seed: int) -> None:
        super().__init__(tick)
        self.random = random.Random(seed)

    def __call__(self) -> float:
        self.now += self.tick * self.random.choice((0.2, 0.5, 1, 1, 4))
        return self.now


def timed(settings: TrainSettings, clock: Clock, feed: Feed | None = None) -> tuple[Small, RunResult]:
    made = small(settings)
    return made, run(made.plan, RunControl(), feed or Feed(), None, clock)


@pytest.mark.parametrize(
    "clock", [Clock(0.001), Clock(0.004), Uneven(0.002, 1), Uneven(0.002, 2)], ids=["fast", "slow", "uneven", "other"]
)
def test_it_ends_in_time_with_the_rate_at_its_end_and_repeats_to_the_bit(clock: Clock) -> None:
    feed = Feed()
    made, result = timed(TIMED, clock, feed)
    assert result.outcome is Outcome.COMPLETED
    assert 0.6 * TIMED.seconds < result.seconds < OVERTIME * TIMED.seconds + 0.1
    assert result.settings.steps == result.steps
    assert result.settings.planned_steps >= result.steps > 30
    rates = [value for name, _, value in feed.drain() if name == "learning_rate"]
    assert rates[0] == TIMED.learning_rate
    assert rates[-1] < 0.5 * TIMED.learning_rate
    again, repeated = timed(result.settings, Clock(0.0003))
    assert repeated.steps == result.steps
    assert again.bits() == made.bits()
    assert repeated.settings == result.settings


@pytest.mark.parametrize("seconds", [0.05, 0.5])
def test_a_run_too_short_to_measure_repeats_to_the_bit(seconds: float) -> None:
    made, result = timed(dataclasses.replace(TIMED, seconds=seconds), Clock(0.02))
    assert 1 <= result.steps < 15
    assert result.settings.decay is Decay.CONSTANT
    again, _ = timed(result.settings, Clock(0.001))
    assert again.bits() == made.bits()


def test_a_run_stopped_before_it_knew_its_length_repeats_to_the_bit() -> None:
    control, made = RunControl(), small(TIMED)

    def between() -> float:
        if made.trainer.steps == 9:
            control.stop()
        return 0.0

    result = run(made.plan, control, Feed(), between, Clock(0.001))
    assert (result.outcome, result.steps) == (Outcome.STOPPED, 9)
    assert timed(result.settings, Clock())[0].bits() == made.bits()


def test_a_run_that_slows_down_ends_at_its_overtime() -> None:
    clock, made = Clock(0.001), small(TIMED)

    def between() -> float:
        if made.trainer.steps == 100:
            clock.tick = 0.05
        return 0.0

    result = run(made.plan, RunControl(), Feed(), between, clock)
    assert result.seconds < OVERTIME * TIMED.seconds + 1
    assert result.steps < result.settings.planned_steps
    assert timed(result.settings, Clock())[0].bits() == made.bits()


def test_a_constant_rate_stays_so() -> None:
    made, result = timed(dataclasses.replace(TIMED, decay=Decay.CONSTANT), Clock(0.004))
    assert (result.settings.decay, result.settings.planned_steps) == (Decay.CONSTANT, 0)
    assert timed(result.settings, Clock())[0].bits() == made.bits()


def test_an_inverse_rate_needs_no_plan_and_is_kept() -> None:
    made, result = timed(dataclasses.replace(TIMED, decay=Decay.INVERSE), Clock(0.004))
    assert (result.settings.decay, result.settings.planned_steps) == (Decay.INVERSE, 0)
    assert timed(result.settings, Clock())[0].bits() == made.bits()


def test_what_is_left_is_told_before_and_after_the_speed_is_known() -> None:
    feed, clock, made = Feed(), Clock(0.004), small(TIMED)
    told: list[Progress] = []

    def between() -> float:
        frame = feed.take().get("progress")
        if isinstance(frame, Progress):
            told.append(frame)
        return 0.0

    run(made.plan, RunControl(), feed, between, clock)
    assert told[0].total_steps is None
    assert told[0].seconds_left == pytest.approx(TIMED.seconds)
    assert told[-1].total_steps is not None
    for progress in told[2:]:
        assert progress.seconds_left is not None
        assert progress.seconds_left == pytest.approx(TIMED.seconds - progress.seconds, abs=0.6)
