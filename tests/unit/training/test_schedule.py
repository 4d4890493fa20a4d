"""How long a run is, and how its rate falls."""

from __future__ import annotations

import dataclasses

import pytest

from studio.errors import SettingsError
from studio.training.schedule import learning_rate, steps_per_epoch, total_steps
from studio.training.settings import LIMITS, Decay, Rule, TrainSettings

SETTINGS = TrainSettings(learning_rate=0.4)


@pytest.mark.parametrize(
    ("step", "share"), [(0, 1), (49, 1), (50, 1), (60, 0.8), (75, 0.5), (99, 0.02), (100, 0), (150, 0)]
)
def test_the_rate_stands_for_half_of_the_plan_then_falls_to_nothing(step: int, share: float) -> None:
    assert learning_rate(SETTINGS, step, 100) == pytest.approx(0.4 * share)


def test_a_constant_rate_and_one_without_a_plan_stand_still() -> None:
    constant = dataclasses.replace(SETTINGS, decay=Decay.CONSTANT)
    assert learning_rate(constant, 99, 100) == 0.4
    assert learning_rate(SETTINGS, 10**9, 0) == 0.4


def test_an_inverse_rate_halves_with_ten_thousand_pictures_whatever_the_plan() -> None:
    inverse = dataclasses.replace(SETTINGS, decay=Decay.INVERSE, batch=8)
    assert learning_rate(inverse, 0, 100) == 0.4
    assert learning_rate(inverse, 1250, 100) == pytest.approx(0.2)
    assert learning_rate(inverse, 3750, 0) == pytest.approx(0.1)


def test_the_first_length_that_is_given_counts() -> None:
    assert total_steps(TrainSettings(steps=7, seconds=3, epochs=2), 1000) == 7
    assert total_steps(TrainSettings(seconds=3, epochs=2), 1000) is None
    assert total_steps(TrainSettings(epochs=2, batch=100), 1050) == 21
    assert total_steps(TrainSettings(epochs=0.001, batch=100), 50) == 1
    assert steps_per_epoch(TrainSettings(batch=100), 250) == 2.5


@pytest.mark.parametrize(("name", "low", "high"), LIMITS)
def test_settings_out_of_bounds_name_themselves(name: str, low: float, high: float) -> None:
    for value in (low - 1, high * 2 + 1, float("nan")):
        with pytest.raises(SettingsError, match=name):
            TrainSettings(**{name: value})  # type: ignore[arg-type]  # one of them at a time


def test_settings_take_words_and_refuse_other_words() -> None:
    assert TrainSettings(rule="cd", decay="constant") == TrainSettings(rule=Rule.CD, decay=Decay.CONSTANT)  # type: ignore[arg-type]  # from a file
    with pytest.raises(SettingsError, match="rule"):
        TrainSettings(rule="sgd")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(SettingsError, match="length"):
        TrainSettings(epochs=0)
