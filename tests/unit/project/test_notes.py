"""Sentences on a recipe that runs all the same."""

from __future__ import annotations

import dataclasses

from studio.data.spec import Flips, Preprocess
from studio.models.spec import CodeSpec, ConvSpec, RbmSpec
from studio.project.notes import notes
from studio.project.presets import presets
from studio.project.recipe import Recipe
from studio.training.settings import Optimiser, Rule, TrainSettings

BY_CD = TrainSettings(rule=Rule.CD)


def test_padding_is_said_with_its_reason() -> None:
    odd = Preprocess(height=70, width=64)
    assert notes(Recipe(preprocess=odd, model=ConvSpec(), training=BY_CD), 0) == (
        "Pictures of 64 x 70 px are padded to 65 x 71, so that pooling blocks fit.",
    )
    assert "padded to 64 x 80, so that every layer" in notes(Recipe(preprocess=odd, model=CodeSpec()), 500)[0]
    even = Preprocess(height=64, width=64)
    assert notes(Recipe(preprocess=even, model=CodeSpec()), 500) == ()
    assert notes(Recipe(preprocess=odd, model=RbmSpec()), 300) == ()


def test_padding_is_said_of_every_layer_that_fits() -> None:
    glyphs = Preprocess(height=28, width=28)
    deep = ConvSpec(40, 12, 2, deeper=("40x6/9",))
    assert notes(Recipe(preprocess=glyphs, model=deep, training=BY_CD), 0) == (
        "Pictures of 28 x 28 px are padded to 29 x 29, so that pooling blocks fit.",
        "Layer 2: maps of 9 x 9 are padded to 14 x 14, so that pooling blocks fit.",
    )
    for model in (ConvSpec(40, 40, 2), ConvSpec(40, 13, 2, deeper=("40x9/2",))):
        recipe = Recipe(preprocess=glyphs, model=model, training=BY_CD)
        assert notes(recipe, 0) == (), "what is refused is not said to be padded"


def test_fewer_steps_than_layers_are_said() -> None:
    recipe = Recipe(preprocess=Preprocess(height=30, width=30), model=ConvSpec(4, 5, 2, deeper=("4x4/2",)))
    assert notes(dataclasses.replace(recipe, training=TrainSettings(Rule.CD, steps=1)), 0) == (
        "There are fewer steps (1) than layers (2): each layer takes one.",
    )
    assert notes(dataclasses.replace(recipe, training=TrainSettings(Rule.CD, steps=2)), 0) == ()


def test_momentum_that_no_part_of_the_run_steps_with_is_said() -> None:
    small = Preprocess(height=32, width=32)
    adam = TrainSettings(optimiser=Optimiser.ADAM, momentum=0.5)
    alone = CodeSpec(code=8, hidden=0)
    for model in (RbmSpec(), alone):
        recipe = Recipe(preprocess=small, model=model, training=adam)
        assert notes(recipe, 100) == ("Momentum (0.5) does nothing here: Adam has one of its own.",)
        assert notes(dataclasses.replace(recipe, training=TrainSettings(momentum=0.5)), 100) == ()
    assert notes(Recipe(preprocess=small, model=CodeSpec(code=8), training=adam), 100) == ()
    for one in presets():
        assert not any("does nothing" in said for said in notes(one.apply(Recipe()), 1000)), one.name


def test_a_deviation_that_does_not_fall_is_said() -> None:
    recipe = Recipe(preprocess=Preprocess(height=71, width=71), model=ConvSpec(deviation=0.1, first_deviation=0.3))
    assert recipe.training.rule is Rule.PCD
    assert notes(recipe, 0) == (
        "The first deviation (0.3) does nothing here: with chains that are kept it is 0.1 from the first step on.",
    )
    assert notes(dataclasses.replace(recipe, training=TrainSettings(rule=Rule.CD)), 0) == ()
    assert notes(dataclasses.replace(recipe, model=ConvSpec(deviation=0.3, first_deviation=0.3)), 0) == ()


def test_few_pictures_for_a_long_code_are_said_with_what_to_do() -> None:
    recipe = Recipe(preprocess=Preprocess(height=64, width=64), model=CodeSpec(code=128))
    assert "Turn on flips" in notes(recipe, 40)[0]
    flipped = dataclasses.replace(recipe, preprocess=Preprocess(height=64, width=64, flips=Flips.BOTH))
    assert notes(flipped, 40)[0].startswith("40 pictures are fewer than the 128 numbers of a code")
    assert "Lower the code" in notes(flipped, 40)[0]
    assert notes(recipe, 128) == ()
