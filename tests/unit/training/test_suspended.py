"""The machine sleeps in the middle of a run: whichever moment that is, the run goes on as if it had not."""

from __future__ import annotations

import dataclasses
import itertools
import math

import pytest

from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.jobs.status import Outcome, Progress
from studio.training.run import FRAME_EVERY, OVERTIME, RunResult, run
from tests.unit.training.small import BASE, Clock, Small, small

NIGHT = 8 * 3600.0
TIMED = dataclasses.replace(BASE, steps=0, seconds=3.0)
TICK = 0.004  # seconds between two looks at the clock
LOOKS = 900  # at it, about, in a whole run


class Sleeper(Clock):
    """A clock that jumps by a night at one look."""

    def __init__(self, at: int) -> None:
        super().__init__(TICK)
        self._until = at

    def __call__(self) -> float:
        self._until -= 1
        if self._until == 0:
            self.now += NIGHT
        return super().__call__()


def slept(at: int) -> tuple[Small, RunResult, list[Progress], dict[str, int]]:
    made, feed, told = small(TIMED), Feed(), list[Progress]()
    frames: dict[str, int] = {}

    def between() -> float:
        taken = feed.take()
        for kind in taken:
            frames[kind] = frames.get(kind, 0) + 1
        progress = taken.get("progress")
        if isinstance(progress, Progress):
            told.append(progress)
        return 0.0

    result = run(made.plan, RunControl(frozenset({"filters"})), feed, between, Sleeper(at))
    return made, result, told, frames


@pytest.mark.parametrize("at", [*range(1, 12), *range(12, LOOKS, 77)])
def test_a_timed_run_is_as_long_as_without_it(at: int) -> None:
    _, result, told, frames = slept(at)
    assert result.outcome is Outcome.COMPLETED
    assert 0.6 * TIMED.seconds < result.seconds < OVERTIME * TIMED.seconds + 0.1
    assert result.steps > 100
    assert frames["filters"] >= 0.5 * TIMED.seconds / FRAME_EVERY  # no waiting for hundreds of nights
    assert len(told) >= 10
    for progress in told:
        numbers = (progress.seconds, progress.images_per_second, progress.seconds_left or 0.0)
        assert all(math.isfinite(number) and number >= 0 for number in numbers)
        assert progress.seconds_left is None or progress.seconds_left < 2 * TIMED.seconds
    assert all(one.seconds <= other.seconds for one, other in itertools.pairwise(told))


def test_it_can_be_repeated_to_the_bit() -> None:
    made, result, _, _ = slept(310)
    again = small(result.settings)
    run(again.plan, RunControl(), Feed(), None, Clock())
    assert again.bits() == made.bits()
