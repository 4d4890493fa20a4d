"""Settings that a recipe has no use for are refused where somebody asks for them, and stand in files in peace."""

from __future__ import annotations

import dataclasses

import pytest

from studio.data.spec import Binarise, Preprocess
from studio.errors import SettingsError
from studio.models.code_spec import Corruption, Network
from studio.models.kinds import Hidden
from studio.models.spec import CodeSpec, ConvSpec, RbmSpec, TiledSpec, Visible
from studio.project.recipe import Recipe
from studio.project.unheard import OWNERS, require_heard
from studio.training.settings import Decay, Rule, TrainSettings

CD = TrainSettings(rule=Rule.CD)
RBM, TEXTURE, CONV = Recipe(), Recipe(model=TiledSpec()), Recipe(model=ConvSpec(), training=CD)
CODES, ALONE = Recipe(model=CodeSpec()), Recipe(model=CodeSpec(hidden=0))
GAUSSIAN = Recipe(model=RbmSpec(visible=Visible.GAUSSIAN))
RECTIFIED = Recipe(model=RbmSpec(visible=Visible.GAUSSIAN, hidden_units=Hidden.RECTIFIED), training=CD)
DEEP = Recipe(model=ConvSpec(deeper=("4x3/2",)), training=CD)
CROPS = Recipe(preprocess=Preprocess(crops=True))
SPARSE = TrainSettings(rule=Rule.CD, sparsity_cost=1)

# A setting, recipes that look at it, and recipes that do not.
CASES: tuple[tuple[str, tuple[Recipe, ...], tuple[Recipe, ...]], ...] = (
    ("training.centred", (RBM, GAUSSIAN, CODES), (TEXTURE, CONV, DEEP, RECTIFIED, ALONE)),
    ("training.chains", (RBM, TEXTURE, CODES), (CONV, Recipe(training=CD), ALONE)),
    ("training.rule", (RBM, CONV, CODES), (ALONE,)),
    ("training.gibbs_steps", (RBM, TEXTURE, CONV, CODES), (ALONE,)),
    ("training.temperatures", (Recipe(training=TrainSettings(rule=Rule.PT)),), (RBM, TEXTURE, CONV, CODES)),
    (
        "training.sparsity_target",
        (Recipe(training=SPARSE), dataclasses.replace(CONV, training=SPARSE)),
        (RBM, CONV, dataclasses.replace(CODES, training=SPARSE)),
    ),
    (
        "training.planned_steps",
        (Recipe(training=TrainSettings(planned_steps=9)),),
        (Recipe(training=TrainSettings(planned_steps=9, decay=Decay.CONSTANT)),),
    ),
    ("training.epochs", (RBM,), (Recipe(training=TrainSettings(steps=3)), Recipe(training=TrainSettings(seconds=3)))),
    (
        "training.seconds",
        (Recipe(training=TrainSettings(seconds=3)),),
        (Recipe(training=TrainSettings(steps=3, seconds=1)),),
    ),
    (
        "training.stage_steps",
        (dataclasses.replace(DEEP, training=TrainSettings(Rule.CD, steps=3, stage_steps=(1, 2))),),
        (RBM, dataclasses.replace(DEEP, training=TrainSettings(Rule.CD, steps=3, stage_steps=(2, 2)))),
    ),
    ("model.patches", (DEEP,), (Recipe(model=ConvSpec(patches=True)),)),
    (
        "model.deviation",
        (GAUSSIAN, TEXTURE, CONV, CODES),
        (RBM, ALONE, Recipe(model=CodeSpec(codes=Visible.BERNOULLI))),
    ),
    ("model.learn_deviation", (GAUSSIAN, TEXTURE), (Recipe(model=RbmSpec(learn_deviation=True)),)),
    ("model.level", (Recipe(model=CodeSpec(corruption=Corruption.MASKING)),), (CODES,)),
    (
        "model.known_weight",
        (Recipe(model=CodeSpec(corruption=Corruption.BLOCKS)),),
        (CODES, Recipe(model=CodeSpec(corruption=Corruption.MASKING))),
    ),
    ("model.code_noise", (CODES,), (Recipe(model=CodeSpec(beta=0.1)), Recipe(model=CodeSpec(codes=Visible.BERNOULLI)))),
    ("model.units", (CODES,), (Recipe(model=CodeSpec(network=Network.DENSE, widths=())),)),
    ("model.rbm_rate", (CODES,), (ALONE,)),
    ("model.rbm_share", (CODES,), (ALONE,)),
    ("preprocess.patch_scale", (CROPS, Recipe(preprocess=Preprocess(patches=9))), (RBM,)),
    ("preprocess.fit", (RBM,), (CROPS, Recipe(preprocess=Preprocess(patches=9)))),
    ("preprocess.flatten", (CROPS,), (Recipe(preprocess=Preprocess(flatten=8)),)),
    ("preprocess.threshold", (Recipe(preprocess=Preprocess(binarise=Binarise.THRESHOLD)),), (RBM,)),
)


@pytest.mark.parametrize(("key", "heard", "unheard"), CASES, ids=[case[0] for case in CASES])
def test_a_setting_is_refused_where_nothing_looks_at_it(
    key: str, heard: tuple[Recipe, ...], unheard: tuple[Recipe, ...]
) -> None:
    for recipe in heard:
        require_heard(recipe, [key])
    for recipe in unheard:
        with pytest.raises(SettingsError, match=f"{key} says nothing to this recipe.") as refused:
            require_heard(recipe, [key])
        assert str(refused.value).count("It belongs to") == 1


def test_every_setting_that_is_sometimes_unheard_is_tried_here() -> None:
    tried = {key for key, _, _ in CASES} | {"preprocess.held_by", "training.hottest"}  # one owner with another
    assert tried == {key for owner in OWNERS for key in owner.keys}
    for family in (RBM, TEXTURE, CONV, CODES):
        assert {key for key in tried if key.startswith("training.")} <= set(family.keys())


def test_what_is_off_may_be_said_anywhere() -> None:
    steps = Recipe(training=TrainSettings(steps=3, epochs=0.0))
    require_heard(steps, ["training.epochs", "training.seconds", "planned_steps", "flatten"])
    require_heard(CONV, ["model.patches"])
    require_heard(RBM, ["learn_deviation"])
