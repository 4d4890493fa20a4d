"""Advice: the one remark that matters, in plain words, with a change the settings accept."""

from __future__ import annotations

import dataclasses

import pytest

from studio.models.code_spec import AUTOENCODER
from studio.project.advice import FEWEST_POINTS, advise
from studio.project.history import Curves
from studio.training.settings import TrainSettings

FALLING = [1 / (step + 1) for step in range(20)]
FLAT = [0.05] * 20


def curves(**values: list[float]) -> Curves:
    made = Curves()
    for name, items in values.items():
        made.extend((name, step, item) for step, item in enumerate(items))
    return made


def test_a_good_run_needs_none() -> None:
    made = curves(reconstruction_error=FALLING, reconstruction_error_held_out=FALLING, dead_units=[0.1] * 20)
    assert advise(made, TrainSettings()) is None


@pytest.mark.parametrize("count", [0, 1, FEWEST_POINTS - 1])
def test_too_little_is_known_at_first(count: int) -> None:
    rising = [0.1 * step + 0.01 for step in range(count)]
    assert advise(curves(reconstruction_error=rising, dead_units=[1.0] * count), TrainSettings()) is None
    assert advise(Curves(), TrainSettings()) is None


@pytest.mark.parametrize("ends", [[0.2, 0.3, 0.4], [float("nan")] * 3, [0.1, 0.1, float("inf")]])
def test_a_rising_error_asks_for_a_lower_rate(ends: list[float]) -> None:
    advice = advise(curves(reconstruction_error=FLAT + ends, dead_units=[1.0]), TrainSettings(learning_rate=0.3))
    assert advice is not None
    assert "rising" in advice.text
    assert advice.change == {"training.learning_rate": pytest.approx(0.1)}


def test_an_error_that_only_trembles_is_left_alone() -> None:
    assert advise(curves(reconstruction_error=[*FLAT, 0.06, 0.055, 0.06]), TrainSettings()) is None


def test_dead_units_ask_for_less_sparsity_where_there_is_any() -> None:
    made = curves(reconstruction_error=FALLING, dead_units=[0.38])
    advice = advise(made, TrainSettings(sparsity_cost=0.9))
    assert advice is not None
    assert advice.text == "38% of the hidden units never fire."
    assert advice.change == {"training.sparsity_cost": pytest.approx(0.3)}
    plain = advise(made, TrainSettings())
    assert plain is not None
    assert not plain.change
    assert "Fewer hidden units" in plain.question


def test_knowing_only_ones_own_pictures_asks_for_weight_decay() -> None:
    made = curves(reconstruction_error=FLAT, reconstruction_error_held_out=[0.08] * 20)
    advice = advise(made, TrainSettings(weight_decay=0.01))
    assert advice is not None
    assert advice.change == {"training.weight_decay": pytest.approx(0.03)}
    first = advise(made, TrainSettings(weight_decay=0.0))
    assert first is not None
    assert first.change == {"training.weight_decay": 1e-3}


@pytest.mark.parametrize("held_out", [FLAT, [0.08] * (FEWEST_POINTS - 1)])
def test_no_remark_when_the_unseen_are_known_as_well_or_hardly_measured(held_out: list[float]) -> None:
    assert advise(curves(reconstruction_error=FLAT, reconstruction_error_held_out=held_out), TrainSettings()) is None


def test_every_proposal_is_one_the_settings_accept() -> None:
    extreme = TrainSettings(learning_rate=10, sparsity_cost=100, weight_decay=1)
    cases = (
        curves(reconstruction_error=[*FLAT, 9.0, 9.0, 9.0]),
        curves(reconstruction_error=FLAT, dead_units=[0.9]),
        curves(reconstruction_error=FLAT, reconstruction_error_held_out=[9.0] * 20),
    )
    for made in cases:
        advice = advise(made, extreme)
        assert advice is not None
        for key, value in advice.change.items():
            name = key.removeprefix("training.")
            changed = dataclasses.replace(extreme, **{name: value})  # type: ignore[arg-type]  # one of several floats
            assert getattr(changed, name) == value


def test_the_error_of_another_stage_is_no_rise() -> None:
    made = curves(reconstruction_error=[0.001] * 20 + FALLING)
    rising = advise(made, TrainSettings())
    assert rising is not None
    assert "rising" in rising.text
    assert advise(made, TrainSettings(), "Autoencoder", before=19) is None
    assert advise(curves(reconstruction_error=FALLING), TrainSettings(), "Autoencoder", before=15) is None


def test_dead_numbers_of_a_code_are_called_so() -> None:
    made = curves(reconstruction_error=FALLING, dead_units=[0.5])
    advice = advise(made, TrainSettings(), AUTOENCODER)
    assert advice is not None
    assert (advice.text, advice.question) == (
        "50% of the numbers of a code are the same for all pictures.",
        "A shorter code would learn the same, faster.",
    )
