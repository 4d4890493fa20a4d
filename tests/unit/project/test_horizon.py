"""How far from its beginning a model was trained to dream."""

from __future__ import annotations

import dataclasses

import pytest

from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.models.spec import CodeSpec, ModelSpec, RbmSpec, TiledSpec
from studio.project.horizon import horizon_words
from studio.project.job import keep, prepare
from studio.project.recipe import Recipe
from studio.training.run import run
from studio.training.settings import Rule, TrainSettings
from tests.unit.project import small_runs

KEPT = TrainSettings(rule=Rule.PCD, chains=24, gibbs_steps=2)


@pytest.mark.parametrize(
    ("model", "settings", "steps", "words"),
    [
        (RbmSpec(), KEPT, 55_000, "110,000 sweeps in chains that were kept all along"),
        (RbmSpec(), dataclasses.replace(KEPT, rule=Rule.CD, gibbs_steps=1), 900, "1 sweep from a picture"),
        (TiledSpec(), KEPT, 2_000, "384 sweeps from noise"),
        (TiledSpec(), KEPT, 100, "200 sweeps from noise"),
        (CodeSpec(hidden=0), KEPT, 900, ""),
        (RbmSpec(), KEPT, 0, ""),
    ],
)
def test_it_follows_from_rule_family_and_steps(
    model: ModelSpec, settings: TrainSettings, steps: int, words: str
) -> None:
    recipe = dataclasses.replace(Recipe(), model=model, training=settings)
    assert horizon_words(recipe, {"steps": steps}) == words


def test_chains_that_a_run_went_on_with_keep_their_age() -> None:
    settings = {"rule": Rule.PCD, "gibbs_steps": 2}
    images = small_runs.pictures(small_runs.recipe())
    first = small_runs.recipe(training=settings)
    prepared, _ = small_runs.trained(first, images)
    kept = keep(prepared.trained, prepared)
    assert horizon_words(first, kept.meta).startswith("40 sweeps")
    again = prepare(first, images, "cpu", kept)
    run(again.plan, RunControl(), Feed())
    assert horizon_words(first, keep(again.trained, again).meta).startswith("80 sweeps")
    fewer = small_runs.recipe(training={**settings, "chains": 5})
    other = prepare(fewer, images, "cpu", kept)
    run(other.plan, RunControl(), Feed())
    assert horizon_words(fewer, keep(other.trained, other).meta).startswith("40 sweeps")


def test_what_nobody_trained_has_none() -> None:
    assert horizon_words(Recipe(), {}) == ""
