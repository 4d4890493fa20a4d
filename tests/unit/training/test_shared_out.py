"""How a run of several stages shares its length out."""

from __future__ import annotations

import dataclasses

import pytest

from studio.training.settings import TrainSettings, length_chosen, shared_out


def test_a_length_is_shared_out_evenly() -> None:
    for settings, name, each in (
        (TrainSettings(steps=99), "steps", 33),
        (TrainSettings(seconds=90.0), "seconds", 30.0),
        (TrainSettings(epochs=6.0), "epochs", 2.0),
    ):
        parts = shared_out(settings, 3)
        assert [getattr(part, name) for part in parts] == [each] * 3
        assert shared_out(settings, 1) == (settings,)


@pytest.mark.parametrize("shares", [None, (0.25, 0.25, 0.3, 0.2), (0.01, 0.01, 0.97, 0.01)])
@pytest.mark.parametrize("steps", [4, 5, 20, 21, 99, 100, 10**9 + 7])
def test_steps_of_all_stages_add_up_and_none_is_left_out(steps: int, shares: tuple[float, ...] | None) -> None:
    parts = shared_out(TrainSettings(steps=steps, planned_steps=steps), 4, shares)
    assert sum(part.steps for part in parts) == steps
    assert min(part.steps for part in parts) >= 1
    assert [part.planned_steps for part in parts] == [part.steps for part in parts]
    if shares is None:
        assert max(part.steps for part in parts) - min(part.steps for part in parts) <= 1


def test_of_fewer_steps_than_stages_each_takes_one() -> None:
    assert [part.steps for part in shared_out(TrainSettings(steps=2), 3)] == [1, 1, 1]
    assert [part.steps for part in shared_out(TrainSettings(seconds=9.0), 3)] == [0, 0, 0]


def test_what_a_run_came_to_is_repeated_and_its_plan_is_that_of_the_last() -> None:
    settings = TrainSettings(seconds=90.0, steps=90, planned_steps=70, stage_steps=(50, 40))
    parts = shared_out(settings, 3)
    assert [part.steps for part in parts] == [50, 40], "the third was never begun"
    assert [part.planned_steps for part in parts] == [0, 70]
    assert [part.seconds for part in parts] == [45.0, 45.0]


@pytest.mark.parametrize("steps", [(50, 41), (90, 0), (91, -1)])
def test_parts_that_do_not_add_up_are_forgotten(steps: tuple[int, ...]) -> None:
    assert TrainSettings(steps=90, stage_steps=steps).stage_steps == ()


def test_a_length_that_is_chosen_anew_forgets_them() -> None:
    before = TrainSettings(seconds=90.0, steps=90, planned_steps=90, stage_steps=(50, 40))
    after = length_chosen(before, dataclasses.replace(before, seconds=60.0))
    assert (after.steps, after.stage_steps) == (0, ())
