"""Fast weights: what they do to the chains, and that they stay out of the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest
import torch
from torch import Tensor

from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec, Visible
from studio.training.fast_rule import FastPersistent
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import Decay, Rule, TrainSettings
from studio.training.terms import Term
from tests.unit.models.enumeration import random_rbm
from tests.unit.training.small import BASE, small

KEEP = 19 / 20  # Tieleman & Hinton (2009)
SETTINGS = TrainSettings(rule=Rule.FPCD, chains=5, learning_rate=0.3)
PLAIN = dataclasses.replace(SETTINGS, rule=Rule.PCD)


def batch_for(model: Rbm) -> Tensor:
    drawn = torch.randn(6, model.visible, generator=torch.Generator().manual_seed(1))
    return drawn if model.gaussian else (drawn > 0).float()


def rule_for(model: Rbm, settings: TrainSettings = SETTINGS) -> FastPersistent:
    return FastPersistent(model, settings, torch.full((4,), 0.4), Noise(2))


def in_full(terms: Mapping[str, Term], model: Rbm) -> dict[str, Tensor]:
    found = {name: torch.zeros_like(model.learned()[name]) for name in terms}
    for name, term in terms.items():
        term.add_to(found[name], 1.0, 1.0)
    return found


@pytest.mark.parametrize("visible", list(Visible))
def test_the_first_step_is_that_of_pcd(visible: Visible) -> None:
    model = random_rbm(1, visible).float()
    fast = in_full(rule_for(model).terms(batch_for(model), SETTINGS), model)
    plain = ContrastiveDivergence(model, PLAIN, torch.full((4,), 0.4), Noise(2))
    expected = in_full(plain.terms(batch_for(model), PLAIN), model)
    assert all(torch.equal(fast[name], expected[name]) for name in expected)


@pytest.mark.parametrize("visible", list(Visible))
def test_fast_weights_follow_the_direction_and_fade(visible: Visible) -> None:
    model = random_rbm(2, visible).float()
    rule = rule_for(model)
    first = in_full(rule.terms(batch_for(model), SETTINGS), model)
    assert set(rule.fast) == {"weights", "visible_bias", "hidden_bias"}
    for name, fast in rule.fast.items():
        assert torch.allclose(fast, 0.3 * first[name], atol=1e-6)
    second = in_full(rule.terms(batch_for(model), SETTINGS), model)
    for name, fast in rule.fast.items():
        assert torch.allclose(fast, KEEP * 0.3 * first[name] + 0.3 * second[name], atol=1e-6)


@pytest.mark.parametrize("visible", list(Visible))
def test_chains_run_in_the_machine_of_both(visible: Visible) -> None:
    model = random_rbm(3, visible).float()
    rule = rule_for(model)
    for _ in range(4):
        rule.terms(batch_for(model), SETTINGS)
    driven = Rbm(model.spec, model.shape)
    for name, tensor in model.learned().items():
        driven.learned()[name].copy_(tensor + rule.fast[name] if name in rule.fast else tensor)
    noise, assumed = Noise(0), rule.chain_hidden
    noise.restore(rule.noise.state())
    assert assumed is not None
    v = driven.sample_visible(driven.visible_given_hidden(assumed), noise)
    h = noise.bernoulli(driven.hidden_given_visible(v))
    rule.terms(batch_for(model), SETTINGS)
    assert rule.chains is not None
    assert rule.chain_hidden is not None
    assert torch.equal(rule.chains, v)
    assert torch.equal(rule.chain_hidden, h)


def test_nothing_of_them_is_in_the_model() -> None:
    model = random_rbm(4).float()
    before = {name: tensor.clone() for name, tensor in model.saved().items()}
    rule = rule_for(model)
    for _ in range(10):
        rule.terms(batch_for(model), SETTINGS)
    assert float(rule.fast["weights"].abs().max()) > 0.05
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.saved().items())
    assert set(model.saved()) == set(Rbm(RbmSpec(3), (1, 2, 2)).saved())


def test_they_are_saved_and_come_back() -> None:
    model = random_rbm(5).float()
    rule, other = rule_for(model), rule_for(model)
    for _ in range(5):
        rule.terms(batch_for(model), SETTINGS)
    other.restore(rule.state())
    other.noise.restore(rule.noise.state())
    assert all(torch.equal(other.fast[name], fast) for name, fast in rule.fast.items())
    once, again = (in_full(made.terms(batch_for(model), SETTINGS), model) for made in (rule, other))
    assert all(torch.equal(once[name], again[name]) for name in once)


def test_they_keep_the_first_rate_while_the_models_falls() -> None:
    run = small(dataclasses.replace(BASE, rule=Rule.FPCD, decay=Decay.LINEAR, steps=40))
    run.trainer.planned_steps = 40
    for _ in range(40):
        run.trainer.step()
    assert run.trainer.learning_rate < 0.2 * BASE.learning_rate
    rule = run.rule
    assert isinstance(rule, FastPersistent)
    before = {name: fast.clone() for name, fast in rule.fast.items()}
    batch = torch.from_numpy(run.trainer.batches.next())
    found = in_full(rule.terms(batch, BASE), run.model)
    for name, fast in rule.fast.items():
        assert torch.allclose(fast, KEEP * before[name] + BASE.learning_rate * found[name], atol=1e-6)


def test_a_limit_holds_for_them_too() -> None:
    model = random_rbm(6, Visible.GAUSSIAN).float()
    settings = dataclasses.replace(SETTINGS, gradient_limit=0.01)
    rule = rule_for(model, settings)
    rule.terms(batch_for(model), settings)
    assert float(rule.fast["weights"].norm()) == pytest.approx(0.3 * 0.01, rel=1e-3)


def test_a_direction_within_the_limit_is_as_long_as_it_was() -> None:
    model = random_rbm(6, Visible.GAUSSIAN).float()
    settings = dataclasses.replace(SETTINGS, gradient_limit=1e6)
    limited, free = rule_for(model, settings), rule_for(model)
    limited.terms(batch_for(model), settings)
    free.terms(batch_for(model), SETTINGS)
    assert float(free.fast["weights"].norm()) > 0.01
    assert torch.equal(limited.fast["weights"], free.fast["weights"])


def test_ground_that_gives_way_moves_chains_out_of_a_valley() -> None:
    """Two valleys, and data in the one that no chain is in: kept chains cross with fast weights, and else do not."""
    shares = {}
    for rule, kind in ((Rule.PCD, ContrastiveDivergence), (Rule.FPCD, FastPersistent)):
        settings = TrainSettings(rule=rule, chains=50, learning_rate=0.05, centred=False)
        model = Rbm(RbmSpec(4), (1, 4, 4))
        model.weights.fill_(1.5)
        model.hidden_bias.fill_(-12.0)
        model.visible_bias.fill_(-3.0)
        learner = kind(model, settings, torch.zeros(16), Noise(3))
        assert learner.chains is not None
        learner.chains.zero_()
        learner.chain_hidden = torch.zeros(50, 4)
        on = []
        for _ in range(200):  # the model stands still
            learner.terms(torch.ones(10, 16), settings)
            on.append(float(learner.chains.mean()))
        shares[rule] = max(on)
    assert shares[Rule.PCD] < 0.2
    assert shares[Rule.FPCD] > 0.6
