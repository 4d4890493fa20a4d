"""Lee's recipe: directions by hand, sparsity on the bias alone, a deviation that falls, and edges that are learned."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.models.conv_grid import from_maps, to_maps
from studio.models.conv_instrument import NOWHERE
from studio.models.conv_rbm import ConvRbm
from studio.models.field_noise import FieldNoise
from studio.models.noise import Noise
from studio.models.pooling import drawn_
from studio.models.spec import Visible
from studio.training.conv_metrics import ConvMetrics, squared_error
from studio.training.conv_rule import ConvContrastive, centred
from studio.training.settings import Decay, Rule, TrainSettings
from studio.training.terms import Dense, Term
from tests.unit.models.conv import random_conv, small

SETTINGS = TrainSettings(rule=Rule.CD, batch=3, learning_rate=0.02, decay=Decay.INVERSE, steps=100)


def value(term: Term) -> Tensor:
    assert isinstance(term, Dense)
    return term.value


def correlation(v: Tensor, h: Tensor, side: int) -> Tensor:
    """Sum over pictures and places of h times what its filter sees: (K, C, side, side)."""
    height, width = h.shape[2:]
    return torch.stack(
        [
            torch.stack(
                [torch.einsum("nchw,nkhw->kc", v[:, :, y : y + height, x : x + width], h) for x in range(side)], 2
            )
            for y in range(side)
        ],
        2,
    )


def by_hand(model: ConvRbm, batch: Tensor, steps: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the directions of filters, hidden and visible biases, map by map."""
    v = model.whole(centred(batch) if model.gaussian else batch)
    field = FieldNoise.of_sweep(Noise(seed))
    first = hidden = model.hidden_given_visible(v)
    chain = v
    for step in range(steps):
        (strip,) = model.geometry.over((v.shape[2], v.shape[3]), len(v), NOWHERE, v)
        grid = strip.cutter.grid
        inner = from_maps(hidden, grid)
        drawn = to_maps(drawn_(inner.clone(), field.uniform(tuple(inner.shape[1:]), step)), grid)
        chain = model.visible_given_hidden(drawn)
        hidden = model.hidden_given_visible(chain)
    places = first.shape[0] * first.shape[2] * first.shape[3]
    weights = correlation(v, first, model.side) - correlation(chain, hidden, model.side)
    ground = (v - chain).mean((0, 2, 3))
    return weights / places, (first - hidden).sum((0, 2, 3)) / places, ground


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("visible", list(Visible))
@pytest.mark.parametrize("channels", [1, 2])
def test_directions_are_those_of_the_paper(steps: int, visible: Visible, channels: int) -> None:
    model = random_conv(small(visible=visible, deviation=2.0), channels, scale=0.3)
    batch = Noise(5).uniform((3, channels, 9, 10))
    before = batch.clone()
    settings = dataclasses.replace(SETTINGS, gibbs_steps=steps)
    terms = ConvContrastive(model, Noise(8)).terms(batch, settings)
    weights, bias, ground = by_hand(model, batch, steps, 8)
    assert torch.allclose(value(terms["weights"]), weights, atol=1e-5)
    assert torch.allclose(value(terms["hidden_bias"]), bias, atol=1e-5)
    if model.gaussian:
        assert set(terms) == {"weights", "hidden_bias"}, "the visible bias is frozen"
    else:
        assert torch.allclose(value(terms["visible_bias"]), ground, atol=1e-5)
    assert torch.equal(batch, before)


def test_sparsity_moves_the_hidden_bias_alone() -> None:
    model, batch = random_conv(), Noise(5).normal((3, 1, 9, 9))
    plain = ConvContrastive(model, Noise(8)).terms(batch, SETTINGS)
    wanted = dataclasses.replace(SETTINGS, sparsity_cost=5.0, sparsity_target=0.01)
    sparse = ConvContrastive(model, Noise(8)).terms(batch, wanted)
    assert torch.equal(value(plain["weights"]), value(sparse["weights"]))
    active = model.activity(centred(batch))
    moved = value(sparse["hidden_bias"]) - value(plain["hidden_bias"])
    assert torch.allclose(moved, 5 * (0.01 - active), atol=1e-5)


def test_the_deviation_falls_by_a_hundredth_with_every_hundred_crops() -> None:
    spec = dataclasses.replace(small(deviation=0.1), first_deviation=0.2)
    model = random_conv(spec)
    rule, batch = ConvContrastive(model, Noise(1)), Noise(5).normal((50, 1, 9, 9))
    rule.terms(batch, SETTINGS)
    assert model.deviation == pytest.approx(0.2, rel=1e-5)
    rule.terms(batch, SETTINGS)
    assert model.deviation == pytest.approx(0.2 * 0.99**0.5, rel=1e-5), "it falls smoothly"
    for _ in range(3):
        rule.terms(batch, SETTINGS)
    assert model.deviation == pytest.approx(0.2 * 0.99**2, rel=1e-5)
    other = ConvContrastive(model, Noise(1))
    other.restore(rule.state())
    assert other.crops == 250
    other.restore({"crops": np.array(100_000)})
    other.narrow()
    assert model.deviation == pytest.approx(0.1, rel=1e-5)


def test_stripes_are_learned() -> None:
    model = random_conv(dataclasses.replace(small(filters=4, side=5, deviation=0.3), first_deviation=0.3), scale=0.02)
    model.visible_bias.zero_()
    model.hidden_bias.fill_(-0.1)
    rng = np.random.default_rng(3)
    lines = np.sin(np.arange(40) * 2 * np.pi / 5)

    def crops(count: int) -> Tensor:
        starts = rng.integers(0, 20, count)
        return torch.tensor(
            np.stack([np.tile(lines[start : start + 14], (14, 1)) for start in starts])[:, None], dtype=torch.float32
        )

    rule, test = ConvContrastive(model, Noise(1)), crops(6)
    before = squared_error(model, test)
    settings = dataclasses.replace(SETTINGS, sparsity_cost=1.0, sparsity_target=0.05)
    for _ in range(250):
        terms = rule.terms(crops(4), settings)
        for name, parameter in model.learned().items():
            if name in terms:
                terms[name].add_to(parameter, 1.0, 0.2)
    assert squared_error(model, test) < 0.3 * before
    strongest = model.weights[model.weights.flatten(1).norm(dim=1).argmax(), 0]
    along, across = strongest.var(0).mean(), strongest.var(1).mean()
    assert along < 0.1 * across, "its stripes stand upright"


def test_figures_are_those_of_the_model() -> None:
    model, crops = random_conv(), Noise(5).normal((4, 1, 10, 10))
    found = figures(model, crops, crops)
    assert found["free_energy_gap"] == pytest.approx(0, abs=1e-4)
    assert found["reconstruction_error"] == found["reconstruction_error_held_out"]
    assert found["mean_activity"] == pytest.approx(float(model.activity(crops).mean()))
    assert found["dead_units"] == 0
    louder = figures(model, crops, 3 * crops)["free_energy_gap"]
    mean = (model.free_energy(model.whole(part)).mean() for part in (3 * crops, crops))
    assert louder == pytest.approx(float(next(mean) - next(mean)), rel=1e-4), "held out less learned"
    assert louder > 1
    model.hidden_bias.fill_(-50)
    assert figures(model, crops, crops[:0])["dead_units"] == 1


def figures(model: ConvRbm, training: Tensor, held_out: Tensor) -> dict[str, float]:
    return {name: value for name, _, value in ConvMetrics(model, training, held_out).measure(7)}


def test_filters_begin_as_pieces_of_what_is_seen_less_its_mean() -> None:
    model = random_conv(small(filters=5, side=4, visible=Visible.BERNOULLI), channels=2, side=13)
    crops = Noise(6).uniform((3, 2, 13, 13))
    rule = ConvContrastive(model, Noise(5), patches=True)
    rule.begin_as_patches(model.whole(crops))
    fresh = model.whole(crops) - model.whole(crops).mean((0, 2, 3), keepdim=True)
    pieces = fresh.unfold(2, 4, 1).unfold(3, 4, 1).permute(0, 2, 3, 1, 4, 5).flatten(0, 2).flatten(1)
    shapes = torch.nn.functional.normalize(pieces) @ torch.nn.functional.normalize(model.weights.flatten(1)).t()
    found = (shapes > 0.999).nonzero()
    assert sorted(found[:, 1].tolist()) == [0, 1, 2, 3, 4]
    assert len(set(found[:, 0].tolist())) > 1
    before = model.weights.clone()
    rule.begin_as_patches(torch.ones(3, 2, 14, 14))
    assert torch.equal(model.weights, before), "where all is alike there is nothing to begin with"
