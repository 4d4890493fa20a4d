"""Rectified machines that learn stay where their dreams come to rest."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from studio.models.chain import Controls
from studio.models.noise import Noise
from studio.models.rbm import FURTHEST, Rbm
from studio.models.spec import Hidden, RbmSpec, Visible
from studio.training.rectified_rule import MOST_GAIN, RectifiedDivergence
from studio.training.rule_choice import rule_of
from studio.training.rules import LOG_VARIANCE_RANGE
from studio.training.settings import Decay, Rule, TrainSettings
from tests.unit.training.small import BASE, small

SPEC = RbmSpec(12, Visible.GAUSSIAN, deviation=0.5, hidden_units=Hidden.RECTIFIED)
SETTINGS = TrainSettings(rule=Rule.CD)


def gain_of(model: Rbm) -> float:
    """Return the largest |max(0, A'u)|^2 over unit u, climbed to from many directions."""
    scaled = model.weights.double() / model.variance.double().sqrt()[:, None]
    u = torch.randn(5000, model.visible, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for _ in range(300):
        u = (u @ scaled).clamp_min(0) @ scaled.t()
        u /= u.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return float((u @ scaled).clamp_min(0).square().sum(1).max())


def wild(seed: int) -> Rbm:
    model = Rbm(SPEC, (1, 3, 3))
    model.weights.copy_(torch.randn(model.weights.shape, generator=torch.Generator().manual_seed(seed)))
    return model


def furthest(model: Rbm, controls: Controls | None = None) -> float:
    noise = Noise(1)
    state = model.start(50, (3, 3), noise)
    most = 0.0
    for _ in range(300):
        state = model.sweep(state, controls or Controls(), noise)
        most = max(most, float(state.visible.abs().max()))
    return most


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_brought_below_the_gain_at_which_dreams_run_away(seed: int) -> None:
    model = wild(seed)
    assert gain_of(model) > 5
    assert furthest(model) == FURTHEST
    rule = rule_of(model, SETTINGS, torch.zeros(9), Noise(2))
    assert isinstance(rule, RectifiedDivergence)
    for _ in range(20):
        rule.constrain()
    assert gain_of(model) == pytest.approx(MOST_GAIN, rel=0.02)
    assert furthest(model) < FURTHEST


def test_weights_below_it_are_left_alone() -> None:
    model = wild(1)
    model.weights.mul_(0.05)
    before = model.weights.clone()
    rule_of(model, SETTINGS, torch.zeros(9), Noise(2)).constrain()
    assert torch.equal(model.weights, before)


def test_directions_are_taken_from_where_the_chains_are_each_in_its_turn() -> None:
    model, noise = wild(4), Noise(2)
    model.visible_bias.fill_(3.0)
    rule = rule_of(model, SETTINGS, torch.zeros(9), noise)
    assert isinstance(rule, RectifiedDivergence)
    for turn in (0, 1, 2):
        before = rule.directions.clone()
        batch, drawn = torch.zeros(5, 9), Noise(0)
        drawn.restore(noise.state())
        rule.terms(batch, SETTINGS)
        h = model.sample_hidden(batch, drawn)
        v = model.sample_visible(model.visible_given_hidden(h), drawn)
        assert torch.allclose(rule.directions[turn], v[0] - 3.0)
        assert torch.equal(rule.directions[turn + 1 :], before[turn + 1 :])
        assert torch.equal(rule.directions[:turn], before[:turn])


def test_deviations_that_are_learned_stay_within_their_range() -> None:
    model = Rbm(dataclasses.replace(SPEC, learn_deviation=True), (1, 3, 3))
    model.log_variance.copy_(torch.linspace(-9, 9, 9))
    rule_of(model, SETTINGS, torch.zeros(9), Noise(2)).constrain()
    assert float(model.log_variance.min()) == pytest.approx(LOG_VARIANCE_RANGE[0])
    assert float(model.log_variance.max()) == pytest.approx(LOG_VARIANCE_RANGE[1])


def test_what_is_turned_up_stays_finite() -> None:
    model = wild(2)
    rule = rule_of(model, SETTINGS, torch.zeros(9), Noise(2))
    for _ in range(20):
        rule.constrain()
    assert furthest(model, Controls(gain=torch.full((12,), 4.0))) == FURTHEST


def spread_data() -> Tensor:
    """Pictures along three directions, only ever one way."""
    generator = torch.Generator().manual_seed(3)
    strokes = torch.randn(3, 9, generator=generator)
    return torch.rand(400, 3, generator=generator) * 2 @ strokes


def test_it_learns_pictures_and_dreams_as_wide_as_they_are() -> None:
    data = spread_data()
    data = (data - data.mean(0)) / data.std(0)
    model, noise = Rbm(SPEC, (1, 3, 3)), Noise(4)
    model.initialise(torch.zeros(9), noise)
    rule = rule_of(model, SETTINGS, torch.zeros(9), noise)
    before = float(((model.reconstruct(data) - data) ** 2).mean())
    for step in range(1500):
        rows = data[(step * 50) % 400 :][:50]
        for name, term in rule.terms(rows, SETTINGS).items():
            term.add_to(model.learned()[name], 1.0, 0.003)
        rule.constrain()
    assert float(((model.reconstruct(data) - data) ** 2).mean()) < 0.35 * before
    assert gain_of(model) < 1
    state = model.start(2000, (3, 3), noise)
    for _ in range(200):
        state = model.sweep(state, Controls(), noise)
    assert 0.4 < float(state.visible.std()) < 1.6
    learned = torch.corrcoef(data.t()) - torch.eye(9)
    dreamt = torch.corrcoef(state.mean.t()) - torch.eye(9)
    assert float((learned * dreamt).sum() / (learned.norm() * dreamt.norm())) > 0.8


def test_the_gradient_is_never_centred() -> None:
    directions = []
    for centred in (True, False):
        model = wild(3)
        settings = dataclasses.replace(SETTINGS, centred=centred)
        rule = rule_of(model, settings, torch.full((9,), 0.5), Noise(2))
        found = torch.zeros_like(model.hidden_bias)
        rule.terms(spread_data()[:20], settings)["hidden_bias"].add_to(found, 1.0, 1.0)
        directions.append(found)
    assert torch.equal(directions[0], directions[1])


def test_a_run_continues_to_the_bit() -> None:
    settings = dataclasses.replace(BASE, rule=Rule.CD, learning_rate=0.01, decay=Decay.CONSTANT)
    whole, first = small(settings, SPEC), small(settings, SPEC)
    for run, steps in ((whole, 40), (first, 17)):
        for _ in range(steps):
            run.trainer.step()
    arrays, values = first.trainer.state()
    assert {"rule.directions", "rule.turn"} <= set(arrays)
    resumed = small(dataclasses.replace(settings, seed=99), SPEC)
    for name, tensor in resumed.trainer.parameters.items():
        tensor.copy_(first.trainer.parameters[name])
    resumed.trainer.settings = settings
    resumed.trainer.restore(arrays, values)
    for _ in range(23):
        resumed.trainer.step()
    assert resumed.bits() == whole.bits()
