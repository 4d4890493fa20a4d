"""Contrastive divergence against its formulas, drawn with the same noise and multiplied out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest
import torch
from torch import Tensor

from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec, Visible
from studio.training.rules import ACTIVITY_RATE, OFFSET_RATE, ContrastiveDivergence
from studio.training.settings import PLAIN_RULES, Rule, TrainSettings
from studio.training.terms import Term
from tests.unit.models.enumeration import all_states, joint, random_rbm

BATCH, CHAINS = 6, 4


def batch_for(model: Rbm, rows: int = BATCH) -> Tensor:
    drawn = torch.randn(rows, model.visible, generator=torch.Generator().manual_seed(1))
    return drawn if model.gaussian else (drawn > 0).float()


def multiplied_out(model: Rbm, terms: Mapping[str, Term]) -> dict[str, Tensor]:
    found = {}
    for name, term in terms.items():
        found[name] = torch.zeros_like(model.learned()[name])
        term.add_to(found[name], 1.0, 1.0)
    return found


def by_the_formula(
    model: Rbm, settings: TrainSettings, data: Tensor, mean: Tensor, kept: Tensor | None, noise: Noise
) -> dict[str, Tensor]:
    """Write the update of MATHS out with outer products, row by row, in double precision."""
    w, a, b = model.weights, model.visible_bias, model.hidden_bias
    s2 = torch.exp(model.log_variance) if model.gaussian else torch.ones(model.visible)

    def up(v: Tensor) -> Tensor:
        return torch.sigmoid(b + v / s2 @ w)

    hidden = noise.bernoulli(up(data)) if kept is None else kept
    for step in range(settings.gibbs_steps):
        visible = a + hidden @ w.t()
        if model.gaussian:
            visible = visible + s2.sqrt() * noise.normal(tuple(visible.shape))
        else:
            visible = noise.bernoulli(torch.sigmoid(visible))
        if step < settings.gibbs_steps - 1:
            hidden = noise.bernoulli(up(visible))
    if kept is not None:
        noise.bernoulli(up(visible))  # the hiddens that the next step goes on from

    mu = (1 - OFFSET_RATE) * mean + OFFSET_RATE * data.mean(0)
    lam = (1 - OFFSET_RATE) * torch.sigmoid(b) + OFFSET_RATE * up(data).mean(0)
    q = (1 - ACTIVITY_RATE) * settings.sparsity_target + ACTIVITY_RATE * up(data).mean(0)
    if not settings.centred:
        mu, lam = torch.zeros_like(mu), torch.zeros_like(lam)
    dw = torch.zeros(w.shape, dtype=torch.float64)
    for rows, sign in ((data, 1), (visible, -1)):
        for v, h in zip(rows, up(rows), strict=True):
            dw += sign * torch.outer((v - mu) / s2, h - lam) / len(rows)
    push = settings.sparsity_cost * (settings.sparsity_target - q)
    dw += torch.outer((data.mean(0) - mu) / s2, push)
    da = (data.mean(0) - visible.mean(0)) / s2 - dw @ lam.double()
    db = up(data).mean(0) - up(visible).mean(0) + push - dw.t() @ (mu / s2).double()
    expected = {"weights": dw, "visible_bias": da, "hidden_bias": db}
    if model.gaussian:
        halves = [(0.5 * (rows - a) ** 2 / s2 - rows / s2 * (up(rows) @ w.t())).mean(0) for rows in (data, visible)]
        expected["log_variance"] = halves[0] - halves[1]
    return expected


@pytest.mark.parametrize("visible", list(Visible))
@pytest.mark.parametrize("rule", PLAIN_RULES)
@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("sparsity_cost", [0.0, 2.0])
@pytest.mark.parametrize("gibbs_steps", [1, 3])
def test_terms_are_those_of_the_formula(
    visible: Visible, rule: Rule, centred: bool, sparsity_cost: float, gibbs_steps: int
) -> None:
    settings = TrainSettings(
        rule=rule,
        gibbs_steps=gibbs_steps,
        chains=CHAINS,
        centred=centred,
        sparsity_cost=sparsity_cost,
        sparsity_target=0.2,
    )
    model = random_rbm(3, visible).float()
    data = batch_for(model)
    mean = torch.full((4,), 0.4)
    learner = ContrastiveDivergence(model, settings, mean, Noise(9))
    state, same = learner.noise.state(), Noise(0)
    same.restore(state)
    kept = None if learner.chain_hidden is None else learner.chain_hidden.clone()
    found = multiplied_out(model, learner.terms(data, settings))
    expected = by_the_formula(model, settings, data, mean, kept, same)
    assert found.keys() == expected.keys()
    for name, direction in expected.items():
        assert torch.allclose(found[name], direction.float(), atol=2e-6, rtol=1e-4), name
    drawn, needed = learner.noise.state(), same.state()
    assert all((drawn[part] == needed[part]).all() for part in needed), "it drew more than the formula needs"


def free_energy_slopes(model: Rbm, data: Tensor, visible: Tensor) -> dict[str, Tensor]:
    """Return d/dparameter of mean F(model rows) - mean F(data rows), by finite differences in double precision."""
    exact = Rbm(model.spec, model.shape).double()
    for name, tensor in exact.saved().items():
        tensor.copy_(model.saved()[name])

    def gap() -> float:
        return float(exact.free_energy(visible.double()).mean() - exact.free_energy(data.double()).mean())

    slopes = {}
    for name, tensor in exact.learned().items():
        slopes[name] = torch.zeros(tensor.shape)
        flat, slope = tensor.view(-1), slopes[name].view(-1)
        for index in range(flat.numel()):
            kept = float(flat[index])
            flat[index] = kept + 1e-5
            above = gap()
            flat[index] = kept - 1e-5
            slope[index] = (above - gap()) / 2e-5
            flat[index] = kept
    return slopes


@pytest.mark.parametrize("visible", list(Visible))
def test_plain_directions_are_slopes_of_the_free_energy(visible: Visible) -> None:
    settings = TrainSettings(chains=CHAINS, centred=False)
    model = random_rbm(5, visible).float()
    data = batch_for(model)
    learner = ContrastiveDivergence(model, settings, torch.zeros(4), Noise(2))
    found = multiplied_out(model, learner.terms(data, settings))
    assert learner.chains is not None
    expected = free_energy_slopes(model, data, learner.chains)
    assert found.keys() == expected.keys()
    for name, slope in expected.items():
        assert torch.allclose(found[name], slope, atol=1e-5, rtol=1e-4), name


@pytest.mark.parametrize("rule", PLAIN_RULES)
def test_long_chains_approach_the_exact_gradient(rule: Rule) -> None:
    model = random_rbm(6)
    visibles, both, hiddens = all_states(4), joint(model), all_states(3)
    rows = torch.tensor([[1.0, 0, 0, 1], [0, 1, 1, 0], [1, 1, 1, 0]])
    given = model.hidden_given_visible(rows.double())
    expected = {
        "weights": rows.double().t() @ given / 3 - visibles.t() @ both @ hiddens,
        "visible_bias": rows.double().mean(0) - both.sum(1) @ visibles,
        "hidden_bias": given.mean(0) - both.sum(0) @ hiddens,
    }
    settings = TrainSettings(rule=rule, gibbs_steps=50, chains=30_000, centred=False)
    learner = ContrastiveDivergence(model.float(), settings, torch.zeros(4), Noise(4))
    found = multiplied_out(model, learner.terms(rows.repeat(10_000, 1), settings))
    for name, direction in expected.items():
        assert torch.allclose(found[name].double(), direction, atol=0.015), name
        assert float(direction.abs().max()) > 0.1  # the tolerance tells right from wrong


@pytest.mark.parametrize("visible", list(Visible))
def test_centring_is_a_linear_change_of_the_plain_gradient(visible: Visible) -> None:
    """dW_c = dW - m db' - da lam', da_c = da - dW_c lam, db_c = db - dW_c' m, with m = mu, or mu/s2 (Gaussian)."""
    model = random_rbm(7, visible).float()
    data, mean = batch_for(model), torch.full((4,), 0.3)
    settings = TrainSettings(chains=CHAINS)
    learner = ContrastiveDivergence(model, settings, mean, Noise(5))
    centred = multiplied_out(model, learner.terms(data, settings))
    plainly = dataclasses.replace(settings, centred=False)
    other = ContrastiveDivergence(model, plainly, mean, Noise(5))
    plain = multiplied_out(model, other.terms(data, plainly))
    mu, lam = model.scaled(learner.visible_offset), learner.hidden_offset
    weights = plain["weights"] - torch.outer(mu, plain["hidden_bias"]) - torch.outer(plain["visible_bias"], lam)
    assert torch.allclose(centred["weights"], weights, atol=1e-5)
    assert torch.allclose(centred["visible_bias"], plain["visible_bias"] - weights @ lam, atol=1e-5)
    assert torch.allclose(centred["hidden_bias"], plain["hidden_bias"] - weights.t() @ mu, atol=1e-5)


@pytest.mark.parametrize("rule", PLAIN_RULES)
def test_batch_and_weights_are_left_as_they_are(rule: Rule) -> None:
    model = random_rbm(8, Visible.GAUSSIAN).float()
    data, mean = batch_for(model), torch.full((4,), 0.3)
    settings = TrainSettings(rule=rule, chains=CHAINS, gibbs_steps=2, sparsity_cost=1)
    learner = ContrastiveDivergence(model, settings, mean, Noise(5))
    tensors = (data, mean, *model.saved().values())
    kept = [tensor.clone() for tensor in tensors]
    learner.terms(data, settings)
    assert all(torch.equal(before, after) for before, after in zip(kept, tensors, strict=True))


def test_kept_chains_go_on_and_fresh_ones_start_at_the_data() -> None:
    model = random_rbm(9).float()
    persistent = ContrastiveDivergence(model, TrainSettings(chains=CHAINS), torch.zeros(4), Noise(5))
    assert persistent.chains is not None
    assert persistent.chains.shape == (CHAINS, 4)
    before = persistent.chains.clone()
    for _ in range(5):
        persistent.terms(batch_for(model), TrainSettings(chains=CHAINS))
    assert not torch.equal(persistent.chains, before)
    settings = TrainSettings(rule=Rule.CD)
    assert ContrastiveDivergence(model, settings, torch.zeros(4), Noise(5)).chains is None


def test_offsets_follow_the_data_slowly() -> None:
    model = random_rbm(10).float()
    data, settings = batch_for(model), TrainSettings(chains=CHAINS)
    learner = ContrastiveDivergence(model, settings, torch.zeros(4), Noise(5))
    for _ in range(600):
        learner.terms(data, settings)
    left = (1 - OFFSET_RATE) ** 600
    assert torch.allclose(learner.visible_offset, data.mean(0) * (1 - left), atol=1e-4)
    assert torch.allclose(learner.hidden_offset, model.hidden_given_visible(data).mean(0), atol=0.01)
    assert torch.allclose(learner.activity, model.hidden_given_visible(data).mean(0), atol=1e-4)


def test_deviations_stay_in_bounds_and_learn_slower() -> None:
    model = random_rbm(11, Visible.GAUSSIAN).float()
    learner = ContrastiveDivergence(model, TrainSettings(), torch.zeros(4), Noise(5))
    model.log_variance.copy_(torch.tensor([-99.0, 99.0, -1.0, 0.0]))
    learner.constrain()
    deviations = torch.exp(0.5 * model.log_variance).tolist()
    assert deviations == pytest.approx([0.1, 1.1, 0.6065, 1.0], rel=0.001)
    assert learner.rate_of("log_variance") == pytest.approx(0.1)
    assert learner.rate_of("weights") == 1


def test_a_fixed_deviation_does_not_learn() -> None:
    model = Rbm(RbmSpec(3, Visible.GAUSSIAN), (1, 2, 2))
    learner = ContrastiveDivergence(model, TrainSettings(chains=CHAINS), torch.zeros(4), Noise(5))
    assert "log_variance" not in learner.terms(batch_for(model), TrainSettings(chains=CHAINS))


def test_state_returns_everything_that_persists() -> None:
    model, settings = random_rbm(12).float(), TrainSettings(chains=CHAINS)
    learner = ContrastiveDivergence(model, settings, torch.zeros(4), Noise(5))
    learner.terms(batch_for(model), settings)
    state = learner.state()
    other = ContrastiveDivergence(model, settings, torch.ones(4), Noise(6))
    other.restore(state)
    again = other.state()
    assert state.keys() == again.keys() == {"visible_offset", "hidden_offset", "activity", "chains", "chain_hidden"}
    assert all((state[name] == again[name]).all() for name in state)
    fewer = ContrastiveDivergence(model, dataclasses.replace(settings, chains=2), torch.ones(4), Noise(6))
    fewer.restore(state)
    assert fewer.chains is not None
    assert len(fewer.chains) == 2
