"""Crops that follow the tiles and levels of a texture model. No torch here: forms and options ask."""

from __future__ import annotations

import dataclasses

from studio.models.spec import TiledSpec
from studio.project.recipe import Recipe


def with_crops(recipe: Recipe, before: Recipe | None = None) -> Recipe:
    """Return the recipe with crops that suit its texture model, as they are where they do.

    `before` is the recipe that was changed: other tiles or levels than it had ask for other crops in any case.
    """
    spec, preprocess = recipe.model, recipe.preprocess
    if not isinstance(spec, TiledSpec) or not preprocess.crops:
        return recipe
    old = before.model if before is not None else spec
    same = not isinstance(old, TiledSpec) or (old.tile, old.levels) == (spec.tile, spec.levels)
    if same and spec.suits(preprocess.height) and spec.suits(preprocess.width):
        return recipe
    suited = dataclasses.replace(preprocess, height=spec.crop_side, width=spec.crop_side)
    return dataclasses.replace(recipe, preprocess=suited)
