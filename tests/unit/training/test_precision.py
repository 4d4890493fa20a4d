"""Fast precision: optional, near to full, the same bits again, and said where it is asked for in vain."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.errors import DivergedError, SettingsError
from studio.models.build import build_model
from studio.models.noise import Noise
from studio.models.products import has_units, products
from studio.models.spec import RbmSpec, TiledSpec
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import to_planes, torus
from studio.project.recipe import Recipe
from studio.training import precision
from studio.training.precision import precision_note
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import Optimiser, Precision, Rule, TrainSettings
from studio.training.terms import Dense, Product
from studio.training.tiled_rule import TiledPersistent
from studio.training.trainer import CHECK_EVERY
from tests.unit.training.small import BASE, Small, small

FAST = dataclasses.replace(BASE, precision=Precision.FAST)
SPEC = RbmSpec(64)
CROPS = TrainSettings(batch=8, chains=6, optimiser=Optimiser.ADAM, steps=10, precision=Precision.FAST)


@pytest.fixture
def units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounding is the same where there are none; only slower."""
    monkeypatch.setattr(precision, "has_units", lambda _device: True)


def run(settings: TrainSettings, count: int) -> Small:
    found = small(settings, SPEC, side=4)
    for _ in range(count):
        found.trainer.step()
    return found


def texture(settings: TrainSettings) -> tuple[TiledRbm, TiledPersistent]:
    model = build_model(TiledSpec(tile=4, filters=8), (1, 14, 14))
    assert isinstance(model, TiledRbm)
    noise = Noise(1)
    model.initialise(noise, 0.5)
    return model, TiledPersistent(model, settings, noise)


def test_full_is_what_recipes_say_that_do_not_speak_of_it() -> None:
    written = Recipe().to_dict()
    del written["training"]["precision"]
    assert Recipe.from_dict(written).training.precision is Precision.FULL
    assert Recipe().changed("training.precision", "fast").training.precision is Precision.FAST
    with pytest.raises(SettingsError, match="full, fast"):
        Recipe().changed("training.precision", "half")


def test_without_units_fast_is_full_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "has_units", lambda _device: False)
    assert run(FAST, 5).bits() == run(BASE, 5).bits()
    assert "computed in full" in precision_note(FAST, "cpu")
    assert precision_note(BASE, "cpu") == ""


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize("rule", [Rule.CD, Rule.PCD])
def test_the_same_seed_gives_the_same_bits_also_after_a_pause(rule: Rule) -> None:
    settings = dataclasses.replace(FAST, rule=rule)
    whole, again, first = run(settings, 12), run(settings, 12), run(settings, 5)
    arrays, values = first.trainer.state()
    resumed = run(settings, 0)
    for name, tensor in resumed.trainer.parameters.items():
        tensor.copy_(first.trainer.parameters[name])
    resumed.trainer.restore(arrays, values)
    for _ in range(7):
        resumed.trainer.step()
    assert whole.bits() == again.bits() == resumed.bits()
    assert precision_note(settings, "cpu") == ""


@pytest.mark.usefixtures("units")
def test_a_step_leaves_the_products_of_others_alone() -> None:
    a = torch.rand(64, 64, generator=torch.Generator().manual_seed(1))
    before = a @ a
    trained = run(FAST, 2)
    assert torch.equal(a @ a, before)
    trained.trainer.parameters["weights"].fill_(float("nan"))
    trained.trainer.steps = CHECK_EVERY - 1
    with pytest.raises(DivergedError):
        trained.trainer.step()
    assert torch.equal(a @ a, before)


@pytest.mark.usefixtures("units")
def test_fast_goes_nearly_where_full_goes() -> None:
    full, fast = (run(dataclasses.replace(settings, rule=Rule.CD), 1).model.weights for settings in (BASE, FAST))
    assert torch.allclose(full, fast, atol=0.02 * float(full.abs().max()))
    if has_units("cpu"):
        assert not torch.equal(full, fast)


def test_biases_answer_to_the_rounded_product_so_that_they_cannot_drift_against_the_weights() -> None:
    model = small(FAST, RbmSpec(64), side=8).model
    model.hidden_bias.copy_(Noise(4).normal((64,)) + 4.0)
    rule = ContrastiveDivergence(model, dataclasses.replace(FAST, rule=Rule.CD), model.start_mean, Noise(5))
    batch = Noise(6).bernoulli(torch.full((50, 64), 0.5))
    moved = torch.zeros_like(model.weights)
    with products(fast=True):
        terms = rule.terms(batch, FAST)
        terms["weights"].add_to(moved, 1.0, 1.0)
    visible, product = terms["visible_bias"], terms["weights"]
    assert isinstance(visible, Dense)
    assert isinstance(product, Product)
    # da = D<v> - dW lam, and the mean of fifty pixels that are 0 or 1 is a whole number of fiftieths.
    difference = torch.round(product.left[:50].sum(0) - product.left[50:].sum(0)) / 50
    found = visible.value + moved @ rule.hidden_offset
    assert torch.allclose(found, difference, atol=1e-3 * float(difference.abs().max()))


@pytest.mark.usefixtures("units")
def test_rounded_tiles_give_nearly_the_same_inputs() -> None:
    model, _ = texture(CROPS)
    model.hidden_bias.copy_(Noise(2).normal(tuple(model.hidden_bias.shape)))
    canvas = to_planes(Noise(3).normal((2, 1, 20, 16)), 4)
    found = []
    for rounded in (False, True):
        cutter = model.cutter(model.grid_of(canvas), rounded)
        torus(cutter.grid, canvas, 0, cutter.planes)
        found.append(model.hidden_input(cutter, 0, model.upward_weights(rounded)).clone())
    assert found[1].dtype is torch.float32
    assert torch.allclose(found[0], found[1], atol=0.01 * float(found[0].abs().max()))


@pytest.mark.usefixtures("units")
def test_a_texture_learns_in_nearly_the_same_direction() -> None:
    crops = Noise(5).normal((8, 1, 14, 14))
    directions: list[Tensor] = []
    for settings in (dataclasses.replace(CROPS, precision=Precision.FULL), CROPS, CROPS):
        _, rule = texture(settings)
        term = rule.terms(crops, settings)["weights"]
        assert isinstance(term, Dense)
        directions.append(term.value)
    full, fast, again = directions
    assert torch.equal(fast, again)
    assert not torch.equal(full, fast)
    assert np.corrcoef(full.flatten().numpy(), fast.flatten().numpy())[0, 1] > 0.99
