"""The loop: the same bits whatever is watched, paused or resumed; stops, sliders and what is told."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

import pytest

from studio.errors import DivergedError
from studio.jobs.control import LiveSettings, RunControl
from studio.jobs.feed import Feed, Point
from studio.jobs.status import Outcome, Progress
from studio.models.spec import RbmSpec
from studio.training.run import Due, RunResult, run
from studio.training.settings import Decay, Rule, TrainSettings
from tests.unit.training.small import BASE, Clock, Small, gaussian, small

CONSTANT = dataclasses.replace(BASE, decay=Decay.CONSTANT, weight_decay=0.0)


def finished(
    settings: TrainSettings = BASE,
    spec: RbmSpec | None = None,
    control: RunControl | None = None,
    feed: Feed | None = None,
    between: Callable[[], float] | None = None,
    clock: Callable[[], float] | None = None,
) -> tuple[Small, RunResult]:
    made = small(settings, spec)
    result = run(made.plan, control or RunControl(), feed or Feed(), between, clock or Clock())
    return made, result


class Servant:
    """Called between steps and while paused: does what it is told at its n-th call."""

    def __init__(self, orders: dict[int, Callable[[], None]]) -> None:
        self.orders = orders
        self.calls = 0

    def __call__(self) -> float:
        self.calls += 1
        if self.calls in self.orders:
            self.orders[self.calls]()
        return 0.0


@pytest.mark.parametrize("spec", [None, gaussian()], ids=["bernoulli", "gaussian"])
@pytest.mark.parametrize("rule", list(Rule))
def test_same_seed_same_bits_other_seed_others(spec: RbmSpec | None, rule: Rule) -> None:
    settings = dataclasses.replace(BASE, rule=rule, momentum=0.5, learning_rate=0.02)
    bits = finished(settings, spec)[0].bits()
    assert finished(settings, spec)[0].bits() == bits
    assert finished(dataclasses.replace(settings, seed=4), spec)[0].bits() != bits


def test_looking_never_changes_what_is_learned() -> None:
    unseen, _ = finished(clock=Clock(0.0))
    feed = Feed()
    seen, _ = finished(control=RunControl(frozenset({"filters"})), feed=feed, clock=Clock(10.0))
    assert len([point for point in feed.drain() if point[0] == "pseudo_likelihood"]) > 10
    assert "filters" in feed.take()
    assert seen.bits() == unseen.bits()


def test_a_pause_changes_nothing() -> None:
    control = RunControl()
    servant = Servant(
        {
            5: lambda: control.set_paused(True),
            9: lambda: control.allow_steps(1),
            14: lambda: control.allow_steps(3),
            25: lambda: control.set_paused(False),
            30: lambda: control.set_paused(True),
            31: lambda: control.set_paused(False),
        }
    )
    paused, result = finished(control=control, between=servant)
    assert result.steps == 40
    assert servant.calls > 50
    assert paused.bits() == finished()[0].bits()


def test_one_step_is_one_step() -> None:
    control = RunControl()
    control.set_paused(True)
    made = small()
    seen: list[int] = []

    def between() -> float:
        seen.append(made.trainer.steps)
        if len(seen) % 4 == 0:
            control.allow_steps(1)
        if made.trainer.steps == 3:
            control.stop()
        return 0.0

    run(made.plan, control, Feed(), between, Clock())
    assert made.trainer.steps == 3
    assert sorted(set(seen)) == [0, 1, 2, 3]
    assert seen.count(1) > 1


@pytest.mark.parametrize("keep", [True, False])
def test_a_stop_ends_after_the_step_and_can_be_repeated(keep: bool) -> None:
    control = RunControl()
    stopped, result = finished(control=control, between=Servant({7: lambda: control.stop(keep=keep)}))
    assert (result.outcome, result.steps, control.keep) == (Outcome.STOPPED, 7, keep)
    assert result.settings.steps == 7
    assert result.settings.planned_steps == 40
    again, repeated = finished(result.settings)
    assert repeated.outcome is Outcome.COMPLETED
    assert again.bits() == stopped.bits()


def test_a_run_that_is_stopped_while_paused_ends() -> None:
    control = RunControl()
    orders: dict[int, Callable[[], None]] = {3: lambda: control.set_paused(True), 8: control.stop}
    _, result = finished(control=control, between=Servant(orders))
    assert (result.outcome, result.steps) == (Outcome.STOPPED, 3)


def test_sliders_act_at_the_next_step_and_are_written_down() -> None:
    control = RunControl()
    made = small(CONSTANT)
    still: list[dict[str, bytes]] = []
    orders: dict[int, Callable[[], None]] = {
        5: lambda: control.set_live(LiveSettings(learning_rate=0.0)),
        6: lambda: still.append(made.bits()),
        9: lambda: still.append(made.bits()),
        10: lambda: control.set_live(LiveSettings(learning_rate=0.0, sparsity_cost=2.0)),
        20: lambda: control.set_live(LiveSettings()),
    }
    result = run(made.plan, control, Feed(), Servant(orders), Clock())
    assert still[0] == still[1]
    assert still[1] != made.bits()
    assert result.changes == (
        (5, "learning_rate", 0.0),
        (10, "sparsity_cost", 2.0),
        (20, "learning_rate", 0.1),
        (20, "sparsity_cost", 0.0),
    )


def test_the_same_live_settings_again_are_no_change() -> None:
    control = RunControl()
    again: dict[int, Callable[[], None]] = {
        call: lambda: control.set_live(LiveSettings(momentum=0.2)) for call in range(3, 30)
    }
    _, result = finished(CONSTANT, control=control, between=Servant(again))
    assert result.changes == ((3, "momentum", 0.2),)


def test_points_and_progress_cover_first_and_last_step() -> None:
    feed = Feed()
    finished(feed=feed, clock=Clock(0.05))
    steps = [step for name, step, _ in feed.drain() if name == "reconstruction_error"]
    assert (steps[0], steps[-1]) == (0, 40)
    assert steps == sorted(steps)
    progress = feed.take()["progress"]
    assert isinstance(progress, Progress)
    assert (progress.step, progress.total_steps, progress.stage, progress.device) == (40, 40, "RBM", "cpu")
    assert progress.epoch == pytest.approx(40 * 10 / 14)
    assert progress.seconds_left == 0
    assert progress.images_per_second > 0


def test_nobody_draws_what_nobody_wants() -> None:
    feed = Feed()
    finished(feed=feed, clock=Clock(1.0))
    assert set(feed.take()) == {"progress"}


def test_speed_is_what_this_run_did() -> None:
    made = small()
    for _ in range(20):
        made.trainer.step()
    result = run(made.plan, RunControl(), Feed(), None, Clock())
    assert result.images_per_second == pytest.approx(20 * 10 / result.seconds)


def test_a_run_that_runs_away_raises_with_good_weights_in_place() -> None:
    settings = dataclasses.replace(CONSTANT, learning_rate=10.0, steps=3000)
    made = small(settings, gaussian())
    with pytest.raises(DivergedError):
        run(made.plan, RunControl(), Feed(), None, Clock())
    assert all(bool((tensor.abs() < 100).all()) for tensor in made.trainer.parameters.values())


def test_due_keeps_to_its_period_and_to_its_share() -> None:
    due = Due(every=0.5, share=0.05)
    assert due.at(0.0)
    due.done(10.0, 10.001)
    assert not due.at(10.5)
    assert due.at(10.502)
    due.done(20.0, 21.0)  # a second of looking: the next may begin after nineteen or more of work
    assert not due.at(40.9)
    assert due.at(41.0)


def judged(judge: Callable[[int, float], list[Point]], clock: Clock, feed: Feed | None = None) -> RunResult:
    made = small()
    (stage,) = made.plan.stages
    plan = dataclasses.replace(made.plan, stages=(dataclasses.replace(stage, judge=judge),))
    return run(plan, RunControl(), feed or Feed(), None, clock)


def test_a_slow_judgement_has_a_cadence_of_its_own_and_tells_what_it_found() -> None:
    clock, feed = Clock(0.1), Feed()
    turns: list[tuple[int, float, float]] = []

    def judge(step: int, seconds: float) -> list[Point]:
        turns.append((step, seconds, clock.now))
        clock.now += 0.1  # takes a tenth of a second: due again after two of work
        return [("likeness", step, 0.5)] if len(turns) % 2 == 0 else []

    result = judged(judge, clock, feed)
    assert len(turns) > 2
    assert turns[0][0] > 0  # nothing is learned yet when a run begins
    gaps = [after[2] - before[2] for before, after in itertools.pairwise(turns)]
    assert all(gap >= 2.1 for gap in gaps)
    assert all(0 < seconds <= result.seconds for _, seconds, _ in turns)
    told = [(name, step) for name, step, _ in feed.drain() if name == "likeness"]
    assert told == [("likeness", step) for step, _, _ in turns[1::2]]


def test_the_speed_is_among_the_curves() -> None:
    feed = Feed()
    finished(feed=feed, clock=Clock(0.05))
    speeds = [value for name, _, value in feed.drain() if name == "images_per_second"]
    assert speeds
    assert all(value > 0 for value in speeds)
