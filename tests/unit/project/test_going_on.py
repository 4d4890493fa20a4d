"""A model goes on with pictures as it has learned to see them, and with no others."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from studio.data.spec import Colour, DatasetSpec, HeldBy, Preprocess, Scaling
from studio.errors import SettingsError
from studio.models.spec import RbmSpec, TiledSpec
from studio.project.going_on import further, require_going_on
from studio.project.recipe import Recipe
from studio.training.settings import TrainSettings

MODEL = Recipe(data=DatasetSpec(("/here/faces",)), preprocess=Preprocess(), model=RbmSpec(8))


def wanted(recipe: Recipe = MODEL, data: DatasetSpec | None = None, **changed: Any) -> Recipe:
    preprocess = dataclasses.replace(recipe.preprocess, **changed)
    return dataclasses.replace(recipe, preprocess=preprocess, data=data or recipe.data)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"height": 9}, "sees 28 x 28 px in grey, and the settings say 28 x 9 px in grey"),
        ({"colour": Colour.RGB}, "in colour"),
        ({"scaling": Scaling.WHITEN}, "sees pictures as they are, and the settings say whitened"),
        ({"held_out": 0.3}, "hold out pictures that the model at hand has learned"),
        ({"seed": 4}, "hold out pictures"),
    ],
)
def test_what_does_not_fit_is_a_sentence(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        require_going_on(MODEL, wanted(**changed))


@pytest.mark.parametrize("changed", [{}, {"held_out": 0.05}, {"invert": True}, {"held_out": 0.0, "seed": 3}])
def test_what_it_can_see_as_before_is_gone_on_with(changed: dict[str, Any]) -> None:
    require_going_on(MODEL, wanted(**changed))


def test_pictures_may_be_left_out_where_that_moves_no_other() -> None:
    fewer = DatasetSpec(("/here/faces",), ("a.png",))
    require_going_on(MODEL, wanted(data=fewer))
    for changed in ({"held_out": 0.3}, {"seed": 4}):
        with pytest.raises(SettingsError, match="hold out pictures that the model at hand has learned"):
            require_going_on(MODEL, wanted(data=fewer, **changed))
    older = dataclasses.replace(MODEL, preprocess=Preprocess(held_by=HeldBy.PLACE))
    with pytest.raises(SettingsError, match="hold out pictures that the model at hand has learned") as refused:
        require_going_on(older, wanted(older, data=fewer))
    assert "Leave out the same pictures as before" in refused.value.hint
    require_going_on(older, wanted(older, data=fewer, held_out=0.0))
    with pytest.raises(SettingsError, match="hold out pictures that the model at hand has learned"):
        require_going_on(older, wanted(older, held_by=HeldBy.NAME))


def test_the_end_of_what_is_cut_is_held_out_whatever_the_seed() -> None:
    wall = dataclasses.replace(MODEL, model=TiledSpec(), preprocess=Preprocess(crops=True, held_by=HeldBy.PLACE))
    require_going_on(wall, wanted(wall, seed=4, held_by=HeldBy.NAME))


def test_of_other_pictures_any_may_be_held_out_and_of_textures_any_size_be_cut() -> None:
    require_going_on(MODEL, wanted(data=DatasetSpec(("/there/cars",)), held_out=0.3))
    wall = dataclasses.replace(MODEL, model=TiledSpec())
    require_going_on(wall, wanted(wall, height=120))


def test_seeds_go_round() -> None:
    settings = TrainSettings(seed=2**63 - 1)
    assert further(settings, 2).seed == 1
