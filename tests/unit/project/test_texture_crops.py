"""Crops follow the tiles and levels of a texture model, unless they already suit it."""

from __future__ import annotations

import dataclasses

import pytest

from studio.data.spec import Preprocess
from studio.models.spec import RbmSpec, TiledSpec
from studio.project.recipe import Recipe
from studio.project.texture_crops import with_crops


def crops_of(spec: TiledSpec, side: int, before: Recipe | None = None) -> int:
    recipe = Recipe(preprocess=Preprocess(height=side, width=side, crops=True), model=spec)
    found = with_crops(recipe, before).preprocess
    assert found.height == found.width
    return found.height


@pytest.mark.parametrize(("levels", "side"), [(1, 87), (2, 130), (3, 216), (4, 344)])
def test_more_levels_ask_for_larger_crops(levels: int, side: int) -> None:
    spec = TiledSpec(levels=levels)
    assert spec.crop_side == side
    assert spec.suits(side)
    assert side >= spec.least_crop
    assert crops_of(spec, 15) == side


def test_crops_that_suit_stay_until_tiles_or_levels_change() -> None:
    spec = TiledSpec(levels=2)
    assert crops_of(spec, 200) == 200
    assert crops_of(spec, 201) == 130  # odd: cannot be halved
    flat = Recipe(model=TiledSpec())
    assert crops_of(spec, 200, flat) == 130
    assert crops_of(dataclasses.replace(spec, filters=8), 200, Recipe(model=spec)) == 200


def test_other_models_and_whole_pictures_are_left_alone() -> None:
    for recipe in (Recipe(model=RbmSpec()), Recipe(model=TiledSpec(levels=3))):
        assert with_crops(recipe) is recipe
