"""Memory that is too short is said in a sentence before a model is built."""

from __future__ import annotations

import dataclasses

import pytest

from studio.errors import OutOfMemoryError
from studio.models.spec import CodeSpec, ConvSpec, ModelSpec, RbmSpec, TiledSpec
from studio.project.recipe import Recipe
from studio.project.room import bytes_of, check_room


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (RbmSpec(), "fewer hidden units"),
        (ConvSpec(), "fewer or smaller filters"),
        (TiledSpec(), "fewer or smaller filters"),
        (CodeSpec(), "smaller layers"),
    ],
)
def test_it_says_how_much_is_needed_and_what_to_lower(model: ModelSpec, words: str) -> None:
    recipe = dataclasses.replace(Recipe(), model=model)
    needed = bytes_of(recipe)
    check_room(recipe, needed)
    check_room(recipe, None)
    with pytest.raises(OutOfMemoryError, match=f"about {needed / 1e9:,.1f} GB") as caught:
        check_room(recipe, needed - 1)
    assert words in caught.value.hint
    assert "smaller batch" in caught.value.hint
