"""Parallel tempering: where its chains stand, how they swap, and what is learned from them."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec, Visible
from studio.training.rule_choice import rule_of
from studio.training.settings import Rule, TrainSettings
from studio.training.tempered_rule import Tempered, swap_probability
from tests.unit.models.enumeration import all_states, chi_square, index_of, joint, random_rbm

SETTINGS = TrainSettings(rule=Rule.PT, chains=4000, temperatures=4, hottest=4.0, centred=False)
NO_PICTURES = torch.zeros(4)


def rule_for(model: Rbm, settings: TrainSettings = SETTINGS, seed: int = 1) -> Tempered:
    return Tempered(model, settings, NO_PICTURES, Noise(seed))


def counts_of(states: Tensor) -> Tensor:
    return torch.bincount(index_of(states), minlength=2 ** states.shape[1]).double()


def test_temperatures_go_evenly_from_one_to_the_hottest() -> None:
    rule = rule_for(random_rbm(1).float())
    assert rule.inverse.tolist() == pytest.approx([1, 0.75, 0.5, 0.25])
    assert rule.chains is not None
    assert rule.chains.shape == (16_000, 4)


@pytest.mark.parametrize(
    ("energy", "other", "chance"),
    [(2.0, -1.0, 1.0), (-1.0, 2.0, math.exp(-1.5)), (3.0, 3.0, 1.0), (-500.0, 500.0, 0.0), (500.0, -500.0, 1.0)],
)
def test_the_chance_of_a_swap_by_hand(energy: float, other: float, chance: float) -> None:
    """A colder chain gives its state away for a better one always, for a worse one seldom."""
    found = swap_probability(*(torch.tensor(value) for value in (1.0, 0.5, energy, other)))
    assert float(found) == pytest.approx(chance, abs=1e-6)


@pytest.mark.parametrize("visible", list(Visible))
def test_a_sweep_knows_the_energy_of_where_it_ends(visible: Visible) -> None:
    model = random_rbm(2, visible).float()
    rule = rule_for(model, dataclasses.replace(SETTINGS, chains=5))
    assert rule.chain_hidden is not None
    v, h, energy = rule.sweep(rule.chain_hidden)
    assert torch.allclose(energy, model.energy(v, h), atol=1e-4)


def test_neighbours_swap_as_often_as_they_should() -> None:
    """Two temperatures, every chain in the same two states: the share that swaps is the chance by hand."""
    model = random_rbm(3).float()
    settings = dataclasses.replace(SETTINGS, temperatures=2, hottest=2.0, chains=20_000)
    rule = rule_for(model, settings)
    v = torch.tensor([[1.0, 0, 1, 0], [0.0, 1, 1, 1]])
    h = torch.tensor([[1.0, 0, 0], [0.0, 1, 1]])
    energy = model.energy(v, h)
    if energy[0] > energy[1]:
        v, h, energy = v.flip(0), h.flip(0), energy.flip(0)
    chance = math.exp(0.5 * float(energy[0] - energy[1]))
    assert 0.05 < chance < 0.95
    rows = [tensor.repeat_interleave(20_000, 0) for tensor in (v, h, energy)]
    after_v, after_h, share = rule.swap(rows[0], rows[1], rows[2])
    assert float(share) == pytest.approx(chance, abs=4 * (chance * (1 - chance) / 20_000) ** 0.5)
    moved = (after_v[:20_000] == v[1]).all(1)
    assert float(moved.float().mean()) == pytest.approx(float(share))
    assert torch.equal(moved, (after_v[20_000:] == v[0]).all(1)), "a state was lost or copied"
    assert torch.equal(moved, (after_h[:20_000] == h[1]).all(1)), "hiddens go with their visibles"


def test_swaps_alone_leave_every_temperature_as_it_is() -> None:
    model = random_rbm(4)
    distributions = [joint(model, 1 / b).flatten() for b in (1, 0.75, 0.5, 0.25)]
    generator = torch.Generator().manual_seed(5)
    rows = torch.cat([torch.multinomial(p, 4000, replacement=True, generator=generator) for p in distributions])
    v, h = all_states(4)[rows // 8].float(), all_states(3)[rows % 8].float()
    model.float()
    rule = rule_for(model)
    for _ in range(20):
        v, h, share = rule.swap(v, h, model.energy(v, h))
        assert 0.2 < float(share) < 1
    for place, p in enumerate(distributions):
        own = slice(place * 4000, place * 4000 + 4000)
        found = torch.bincount(index_of(v[own]) * 8 + index_of(h[own]), minlength=128).double()
        rare = p * 4000 < 5  # too few to be held against a chi-square one by one
        together = [values[rare].sum()[None] for values in (found, p)] if rare.any() else [p[:0], p[:0]]
        counts, expected = (torch.cat([values[~rare], rest]) for values, rest in zip((found, p), together, strict=True))
        freedom = len(counts) - 1
        assert freedom > 40
        assert chi_square(counts, expected) < freedom + 4 * (2 * freedom) ** 0.5


def test_chains_reach_the_distribution_of_their_temperature() -> None:
    model = random_rbm(6)
    marginals = [joint(model, 1 / b).sum(1) for b in (1, 0.75, 0.5, 0.25)]
    rule = rule_for(model.float())
    rule._negative(NO_PICTURES, NO_PICTURES, 60)
    assert rule.chains is not None
    for place, p in enumerate(marginals):
        found = counts_of(rule.chains[place * 4000 : place * 4000 + 4000])
        assert chi_square(found, p) < 44  # 15 degrees of freedom, p = .0001
    cold, hot = counts_of(rule.chains[:4000]), counts_of(rule.chains[-4000:])
    assert chi_square(hot, marginals[0]) > 200, "the test could not tell temperatures apart"
    assert chi_square(cold, marginals[-1]) > 200


def test_gaussian_visibles_are_as_wide_as_their_temperature() -> None:
    """Without weights a visible unit is N(a, s2/b), whatever swaps do."""
    model = Rbm(RbmSpec(2, Visible.GAUSSIAN, deviation=0.5), (1, 2, 2))
    model.visible_bias.fill_(0.3)
    rule = rule_for(model)
    rule._negative(NO_PICTURES, NO_PICTURES, 10)
    assert rule.chains is not None
    for place, b in enumerate((1, 0.75, 0.5, 0.25)):
        own = rule.chains[place * 4000 : place * 4000 + 4000]
        assert float(own.mean()) == pytest.approx(0.3, abs=0.05)
        assert float(own.var()) == pytest.approx(0.25 / b, rel=0.05)


def test_the_gradient_is_right_in_expectation() -> None:
    model = random_rbm(7)
    visibles, both, hiddens = all_states(4), joint(model), all_states(3)
    rows = torch.tensor([[1.0, 0, 0, 1], [0, 1, 1, 0], [1, 1, 1, 0]])
    given = model.hidden_given_visible(rows.double())
    expected = {
        "weights": rows.double().t() @ given / 3 - visibles.t() @ both @ hiddens,
        "visible_bias": rows.double().mean(0) - both.sum(1) @ visibles,
        "hidden_bias": given.mean(0) - both.sum(0) @ hiddens,
    }
    settings = dataclasses.replace(SETTINGS, gibbs_steps=50, chains=30_000)
    found = rule_for(model.float(), settings).terms(rows.repeat(10_000, 1), settings)
    for name, direction in expected.items():
        value = torch.zeros(direction.shape)
        found[name].add_to(value, 1.0, 1.0)
        assert torch.allclose(value.double(), direction, atol=0.015), name
        assert float(direction.abs().max()) > 0.1


def two_valleys() -> Rbm:
    """All pixels on or all off, alike, with a ridge of e^-20 between."""
    model = Rbm(RbmSpec(4), (1, 4, 4))
    model.weights.fill_(2.5)
    model.hidden_bias.fill_(-20.0)
    model.visible_bias.fill_(-5.0)
    return model


@pytest.mark.parametrize(("rule", "crossed"), [(Rule.PCD, False), (Rule.PT, True)])
def test_chains_cross_what_a_single_temperature_does_not(rule: Rule, crossed: bool) -> None:
    model = two_valleys()
    settings = TrainSettings(rule=rule, chains=200, temperatures=10, hottest=20.0)
    learner = rule_of(model, settings, torch.zeros(16), Noise(3))
    assert learner.chains is not None
    learner.chains.zero_()
    learner.chain_hidden = torch.zeros(len(learner.chains), 4)
    cold, _ = learner._negative(torch.zeros(16), torch.zeros(4), 300)
    on = float(cold.mean())
    assert (0.3 < on < 0.7) == crossed
    if not crossed:
        assert on < 0.01


def test_the_share_of_swaps_is_measured_and_kept() -> None:
    model = random_rbm(8).float()
    settings = dataclasses.replace(SETTINGS, chains=10)
    rule = rule_for(model, settings)
    for _ in range(100):
        rule.terms(torch.ones(3, 4), settings)
    ((name, step, share),) = rule.figures(7)
    assert (name, step) == ("swap_rate", 7)
    assert 0.2 < share < 1
    other = rule_for(model, settings, seed=9)
    other.restore(rule.state())
    assert other.figures(7) == rule.figures(7)
    assert all((other.state()[name] == array).all() for name, array in rule.state().items())


def test_hotter_ends_swap_less() -> None:
    shares = []
    for hottest in (1.2, 3.0, 20.0):
        settings = dataclasses.replace(SETTINGS, chains=500, temperatures=3, hottest=hottest)
        rule = rule_for(random_rbm(9).float(), settings)
        for _ in range(80):
            rule.terms(torch.ones(3, 4), settings)
        shares.append(rule.figures(0)[0][2])
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.9


def test_too_few_temperatures_or_none_above_one_are_refused() -> None:
    for changes in ({"temperatures": 1}, {"hottest": 1.0}, {"hottest": math.nan}):
        with pytest.raises(SettingsError):
            TrainSettings(rule=Rule.PT, **changes)
