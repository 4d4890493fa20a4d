"""A run that runs away is brought back once, learns more slowly from then on, and says so."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import torch

from studio.data.load import load
from studio.data.spec import DatasetSpec
from studio.errors import DivergedError
from studio.jobs.control import LiveSettings, RunControl
from studio.jobs.feed import Feed
from studio.jobs.status import Outcome
from studio.project.job import prepare
from studio.project.presets import preset
from studio.project.recipe import Recipe
from studio.training.rolled_back import ENDED, LOWERED, METRIC, ended_words, rolled_back_words
from studio.training.run import RunResult, run
from studio.training.settings import Decay
from studio.training.trainer import CHECK_EVERY
from tests.unit.training.small import BASE, Clock, Small, gaussian, small

STEADY = dataclasses.replace(BASE, steps=150, decay=Decay.CONSTANT, learning_rate=0.05)


def run_with(
    made: Small,
    at: dict[int, Callable[[Small], None]],
    control: RunControl | None = None,
    feed: Feed | None = None,
) -> RunResult:
    """Run, and do something to the model after some of the steps."""

    def between() -> float:
        ruin = at.pop(made.trainer.steps, None)
        if ruin is not None:
            ruin(made)
        return 1.0

    return run(made.plan, control or RunControl(), feed or Feed(), between, Clock())


def no_number(made: Small) -> None:
    made.trainer.parameters["weights"][0, 0] = float("nan")


def explode(made: Small) -> None:
    made.trainer.parameters["weights"].mul_(1e3).add_(30)


def collapse(made: Small) -> None:
    made.trainer.parameters["log_variance"].fill_(-4.605)


@pytest.mark.parametrize("ruin", [no_number, explode, collapse])
def test_a_run_is_brought_back_once_and_goes_on(ruin: Callable[[Small], None]) -> None:
    made, feed = small(STEADY, gaussian()), Feed()
    result = run_with(made, {60: ruin}, feed=feed)
    assert result.outcome is Outcome.COMPLETED
    assert result.steps == 150
    assert all(bool((tensor.abs() < 10).all()) for tensor in made.trainer.parameters.values())
    assert float(made.trainer.parameters["log_variance"].mean()) > -4
    ((step, name, rate),) = result.changes
    assert (step, name) == (75, "learning_rate")
    assert rate == pytest.approx(LOWERED * STEADY.learning_rate)
    points = feed.drain()
    assert [point for point in points if point[0] == METRIC] == [(METRIC, step, rate)]
    assert points[-1][0] != METRIC
    assert made.trainer.learning_rate == pytest.approx(rate)


def test_the_second_time_it_ends_with_what_it_has() -> None:
    made = small(STEADY)
    with pytest.raises(DivergedError, match="last good weights"):
        run_with(made, {30: no_number, 80: no_number})
    assert made.trainer.steps == 100
    assert all(bool(torch.isfinite(tensor).all()) for tensor in made.trainer.parameters.values())


def test_what_runs_away_in_the_last_steps_goes_back_before_it_is_kept() -> None:
    made, feed = small(STEADY), Feed()
    result = run_with(made, {149: no_number}, feed=feed)
    assert result.outcome is Outcome.COMPLETED
    assert not result.changes
    told = [point for point in feed.drain() if point[0] in (METRIC, ENDED)]
    assert told == [(ENDED, 150, made.trainer.learning_rate)]
    assert all(bool(torch.isfinite(tensor).all()) for tensor in made.trainer.parameters.values())


def test_what_runs_away_before_any_state_was_found_good_is_no_run() -> None:
    made = small(dataclasses.replace(STEADY, steps=20))
    with pytest.raises(DivergedError, match="near step 20"):
        run_with(made, {19: no_number})


def test_a_slow_ruin_goes_back_past_the_last_check() -> None:
    """What was large already at the last check, but not yet too large, is not gone back to."""
    made = small(STEADY)
    trainer = made.trainer
    for _ in range(4 * CHECK_EVERY):
        trainer.step()
    healthy = float(trainer.parameters["weights"].abs().max())
    trainer.parameters["weights"].mul_(15 / healthy)
    trainer.check()
    trainer.parameters["weights"].mul_(float("inf"))
    with pytest.raises(DivergedError):
        trainer.check()
    assert float(trainer.parameters["weights"].abs().max()) <= healthy


def test_a_rate_of_the_slider_is_lowered_until_the_slider_moves() -> None:
    made, control = small(STEADY), RunControl()
    control.set_live(LiveSettings(learning_rate=0.5))
    result = run_with(made, {60: no_number, 100: lambda _made: control.set_live(LiveSettings(0.3))}, control)
    rates = [(step, value) for step, name, value in result.changes if name == "learning_rate"]
    assert rates == [(0, 0.5), (75, pytest.approx(0.1)), (100, 0.3)]


def test_a_lowered_rate_is_a_part_of_the_state() -> None:
    made = small(STEADY)
    assert "rate_factor" not in made.trainer.state()[1]
    run_with(made, {60: no_number})
    arrays, values = made.trainer.state()
    again = small(STEADY)
    again.trainer.restore(arrays, values)
    assert again.trainer.learning_rate == made.trainer.learning_rate


def test_the_same_ruin_gives_the_same_bits() -> None:
    first, second = small(STEADY), small(STEADY)
    run_with(first, {60: no_number})
    run_with(second, {60: no_number})
    assert first.bits() == second.bits()
    assert all(np.isfinite(array).all() for array in first.trainer.state()[0].values() if array.dtype.kind == "f")


def test_it_is_said_in_a_sentence() -> None:
    assert rolled_back_words(1234, 0.01) == (
        "Training ran away near step 1,234: the last good weights are back, and it learns at 0.01 now."
    )
    assert ended_words(1500).startswith("Training ran away near its end, by step 1,500")


def test_biases_over_many_pixels_weigh_as_much_as_all_of_them() -> None:
    """Photographs of 128 x 128 in colour: hidden biases go by hundreds, and nothing runs away."""
    art = preset("art-rbm")
    recipe = art.apply(Recipe(DatasetSpec(("sample:photographs",))))
    recipe = dataclasses.replace(
        recipe, training=dataclasses.replace(recipe.training, epochs=0, steps=2 * CHECK_EVERY, threads=1)
    )
    prepared = prepare(recipe, load(recipe.data, recipe.preprocess), "cpu")
    result = run(prepared.plan, RunControl(), Feed())
    assert result.changes == ()
    assert result.outcome is Outcome.COMPLETED
    assert float(prepared.plan.stages[0].trainer.parameters["hidden_bias"].abs().max()) > 100
