"""Layers of an autoencoder as RBMs: their stack, linear hidden units by enumeration, weights given to the layer."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
import torch
from torch import Tensor

from studio.models.autoencoder import Autoencoder
from studio.models.code_spec import CodeSpec, Network, Units
from studio.models.kinds import Visible
from studio.models.layer_rbms import LayerRbms, LinearRbm
from studio.models.noise import Noise
from studio.models.spec import RbmSpec
from studio.training.layer_rule import LayerMetrics, LayerRule
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import Rule, TrainSettings

SPEC = CodeSpec(network=Network.DENSE, widths=(9, 7), code=3, hidden=0, units=Units.LOGISTIC, pretrain=0.3)
SHAPE = (1, 4, 5)
CD = TrainSettings(rule=Rule.CD, learning_rate=0.1, weight_decay=0.0)


def stack(spec: CodeSpec = SPEC) -> LayerRbms:
    autoencoder = Autoencoder(spec, SHAPE)
    autoencoder.initialise(Noise(0))
    made = LayerRbms(autoencoder)
    for number, rbm in enumerate(made.each):
        rbm.initialise(torch.full_like(rbm.visible_bias, 0.3), Noise(number))
        rbm.weights.mul_(50)
    return made


def pictures(count: int) -> Tensor:
    return Noise(9).uniform((count, *SHAPE))


def test_there_is_one_for_each_layer_and_a_linear_one_for_smooth_codes() -> None:
    assert [(rbm.visible, rbm.hidden) for rbm in stack().each] == [(20, 9), (9, 7), (7, 3)]
    assert [isinstance(rbm, LinearRbm) for rbm in stack().each] == [False, False, True]
    switching = stack(dataclasses.replace(SPEC, codes=Visible.BERNOULLI))
    assert not any(isinstance(rbm, LinearRbm) for rbm in switching.each)
    assert len(stack(dataclasses.replace(SPEC, beta=0.1)).each) == 2


@pytest.mark.parametrize("tied", [False, True])
def test_weights_go_into_the_layers_and_come_back(tied: bool) -> None:
    first, second = (stack(dataclasses.replace(SPEC, tied=tied)) for _ in range(2))
    for number in range(3):
        first.give(number)
    seen = pictures(5)
    assert torch.allclose(first.autoencoder.reconstruct(seen), first.reconstruct(seen, 2), atol=1e-5)  # unrolled
    second.autoencoder.load_state_dict(first.autoencoder.state_dict())
    second.take(2)
    for number, (one, other) in enumerate(zip(first.each, second.each, strict=True)):
        same = [torch.equal(one.learned()[name], other.learned()[name]) for name in one.learned()]
        assert all(same) is (number < 2) or number == 2
    assert torch.equal(first.autoencoder.seen.weight, first.each[0].weights.t())
    wanted = first.below(pictures(4), 2) @ first.each[2].weights + first.each[2].hidden_bias
    assert torch.allclose(first.below(pictures(4), 3), wanted, atol=1e-5)


def test_a_pass_up_and_down_again_is_that_of_the_stack() -> None:
    made, seen = stack(), pictures(3)
    rows = seen.flatten(1)
    up = torch.sigmoid(rows @ made.each[0].weights + made.each[0].hidden_bias)
    wanted = torch.sigmoid(up @ made.each[0].weights.t() + made.each[0].visible_bias)
    assert torch.allclose(made.reconstruct(seen, 0).flatten(1), wanted, atol=1e-5)
    assert made.reconstruct(seen, 2).shape == seen.shape


def test_the_slope_with_linear_hidden_units_is_that_of_the_likelihood() -> None:
    """log p(v) = a.v + b.(vW) + 1/2 |vW|^2 - log Z, counted over all states of four visibles."""
    model = LinearRbm(RbmSpec(2), (1, 2, 2))
    model.weights.copy_(0.6 * Noise(1).normal((4, 2)))
    model.visible_bias.copy_(0.3 * Noise(2).normal((4,)))
    model.hidden_bias.copy_(0.3 * Noise(3).normal((2,)))
    rows = Noise(4).bernoulli(torch.tensor([0.8, 0.3, 0.6, 0.5]).expand(20_000, 4))
    learned = [part.clone().requires_grad_() for part in (model.weights, model.visible_bias, model.hidden_bias)]
    weights, visible, hidden = learned

    def log_star(v: Tensor) -> Tensor:
        inputs = v @ weights
        return v @ visible + inputs @ hidden + 0.5 * (inputs**2).sum(1)

    states = torch.tensor(list(itertools.product([0.0, 1.0], repeat=4)))
    likelihood = log_star(rows).mean() - torch.logsumexp(log_star(states), 0)
    slopes = torch.autograd.grad(likelihood, learned)
    rule = ContrastiveDivergence(model, CD, torch.full((4,), 0.5), Noise(5))
    terms = rule.terms(rows, dataclasses.replace(CD, gibbs_steps=30, centred=False))
    for name, slope in zip(("weights", "visible_bias", "hidden_bias"), slopes, strict=True):
        found = torch.zeros_like(slope)
        terms[name].add_to(found, 1.0, 1.0)
        assert torch.allclose(found, slope, atol=0.03), name


def test_after_every_step_the_layer_has_the_weights() -> None:
    made = stack()
    rule = LayerRule(made, 1, CD, torch.full((9,), 0.5), Noise(1))
    seen = pictures(6)
    terms = rule.terms(seen, CD)
    for name, term in terms.items():
        term.add_to(made.each[1].learned()[name], 1.0, 0.1)
    rule.constrain()
    saved = made.autoencoder.state_dict()
    assert torch.equal(saved["up.1.weight"], made.each[1].weights.t())
    assert torch.equal(saved["down.1.weight"], made.each[1].weights)
    names = {name for name, _, _ in LayerMetrics(made, 1, seen, seen[:2]).measure(0)}
    assert {"reconstruction_error", "reconstruction_error_held_out", "dead_units", "mean_activity"} <= names
    of_code = {name for name, _, _ in LayerMetrics(made, 2, seen, seen[:0]).measure(0)}
    assert not of_code & {"dead_units", "reconstruction_error_held_out"}
