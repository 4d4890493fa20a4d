"""Lists in a recipe: layers as words, steps as numbers, from JSON and as they are typed."""

from __future__ import annotations

import dataclasses
import json

import pytest

from studio.errors import SettingsError
from studio.models.spec import ConvSpec
from studio.project.recipe import Recipe
from studio.training.settings import TrainSettings

DEEP = Recipe(model=ConvSpec(deeper=("40x6/2", "24x4/1")), training=TrainSettings(steps=90, stage_steps=(50, 40)))


def test_lists_come_back_as_they_were() -> None:
    assert Recipe.from_dict(json.loads(DEEP.to_json())) == DEEP


def test_layers_are_typed_with_commas_between() -> None:
    recipe = Recipe(model=ConvSpec())
    assert recipe.changed("model.deeper", "40x6/2, 24x4").model == DEEP.model
    assert DEEP.changed("model.deeper", "").model == ConvSpec()
    with pytest.raises(SettingsError, match="'forty' is not a layer"):
        recipe.changed("model.deeper", "forty")


def test_steps_of_stages_are_typed_too() -> None:
    recipe = Recipe(model=ConvSpec(), training=TrainSettings(steps=90))
    assert recipe.changed("training.stage_steps", "50, 40").training.stage_steps == (50, 40)
    assert recipe.changed("training.stage_steps", "50,41").training.stage_steps == ()
    with pytest.raises(SettingsError, match="stage_steps cannot be '50,many'"):
        recipe.changed("training.stage_steps", "50,many")


def test_a_seed_below_nothing_is_refused() -> None:
    with pytest.raises(SettingsError, match="A seed of -1 cannot be used"):
        Recipe().changed("preprocess.seed", "-1")


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("model", "deeper", [40]),
        ("model", "deeper", "40x6/2"),
        ("training", "stage_steps", ["50", "40"]),
        ("training", "stage_steps", [True, 89]),
        ("training", "stage_steps", [45.0, 45.0]),
    ],
)
def test_lists_of_other_things_are_refused(section: str, name: str, value: object) -> None:
    broken = DEEP.to_dict()
    broken[section] = {**broken[section], name: value}
    with pytest.raises(SettingsError, match=f"{section}.{name} cannot be"):
        Recipe.from_dict(broken)


def test_paths_are_still_words() -> None:
    broken = DEEP.to_dict()
    broken["data"] = {**dataclasses.asdict(DEEP.data), "paths": [1]}
    with pytest.raises(SettingsError, match="paths cannot be"):
        Recipe.from_dict(broken)
