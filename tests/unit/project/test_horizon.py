"""How far from its beginning a model was trained to dream."""

from __future__ import annotations

import dataclasses

import pytest

from studio.models.spec import CodeSpec, ModelSpec, RbmSpec, TiledSpec
from studio.project.horizon import horizon_words
from studio.project.recipe import Recipe
from studio.training.settings import Rule, TrainSettings

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


def test_what_nobody_trained_has_none() -> None:
    assert horizon_words(Recipe(), {}) == ""
