"""The Gaussian-Bernoulli RBM against sums over its hiddens and integrals over one or two visibles."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from studio.models.chain import Controls, State
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import Visible
from tests.unit.models.enumeration import all_states, chi_square, energies, index_of, random_rbm

STEP = 0.07


def grid(visibles: int) -> Tensor:
    """Return points that cover all the mass of a small Gaussian machine: (points, visibles)."""
    axis = torch.arange(-14, 14, STEP, dtype=torch.float64)
    return torch.cartesian_prod(*[axis] * visibles).reshape(-1, visibles)


def small(seed: int, visibles: int) -> Rbm:
    return random_rbm(seed, Visible.GAUSSIAN, (1, 1, visibles), hidden=3)


def moments(weights: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    share = weights / weights.sum()
    mean = share @ values
    return mean, share @ (values - mean) ** 2


def test_energy_is_that_of_cho_ilin_and_raiko() -> None:
    model = small(0, 2)
    v, h = torch.tensor([[0.7, -1.2]]).double(), torch.tensor([[1.0, 0, 1]]).double()
    by_hand = 0.0
    for i in range(2):
        variance = float(torch.exp(model.log_variance[i]))
        by_hand += float(0.5 * (v[0, i] - model.visible_bias[i]) ** 2 / variance)
        for j in range(3):
            by_hand -= float(v[0, i] / variance * model.weights[i, j] * h[0, j])
    for j in range(3):
        by_hand -= float(model.hidden_bias[j] * h[0, j])
    assert float(model.energy(v, h)) == pytest.approx(by_hand, abs=1e-12)


def test_free_energy_sums_the_hiddens_out() -> None:
    model = small(1, 2)
    v = grid(2)[::977]
    summed = -torch.logsumexp(-energies(model, v, all_states(3)), 1)
    assert torch.allclose(model.free_energy(v), summed, atol=1e-10)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_hiddens_given_visibles(temperature: float) -> None:
    model = small(2, 2)
    v, hiddens = grid(2)[::1311], all_states(3)
    share = torch.softmax(-energies(model, v, hiddens) / temperature, 1)
    assert torch.allclose(model.hidden_given_visible(v, Controls(temperature=temperature)), share @ hiddens, atol=1e-10)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("visibles", [1, 2])
def test_visibles_given_hiddens_by_integration(visibles: int, temperature: float) -> None:
    model, controls = small(3, visibles), Controls(temperature=temperature)
    v, hiddens, noise = grid(visibles), all_states(3), Noise(0)
    for h in hiddens[::3]:
        mean, variance = moments(torch.exp(-model.energy(v, h.expand(len(v), -1)) / temperature), v)
        assert torch.allclose(model.visible_given_hidden(h[None], controls)[0], mean, atol=1e-8)
        assert torch.allclose(temperature * model.variance, variance, atol=1e-8)
        many = model.float().sample_visible(mean.float().expand(100_000, -1), noise, temperature).double()
        model.double()
        assert torch.allclose(many.mean(0), mean, atol=0.03)
        assert torch.allclose(many.var(0), variance, rtol=0.03)


@pytest.mark.parametrize(("rho", "sweeps"), [(0.0, 40), (0.7, 120)])
def test_a_chain_reaches_the_joint(rho: float, sweeps: int) -> None:
    model, noise, count = small(4, 2), Noise(11), 20_000
    v, hiddens = grid(2), all_states(3)
    weights = torch.exp(-energies(model, v, hiddens))
    mean, variance = moments(weights.sum(1), v)
    state = model.float().start(count, (1, 2), noise)
    for _ in range(sweeps):
        state = model.sweep(state, Controls(rho=rho), noise)
    visible = state.visible.double()
    assert torch.allclose(visible.mean(0), mean, atol=5 * float((variance / count).sqrt().max()))
    assert torch.allclose(visible.var(0), variance, rtol=0.06)
    counts = torch.bincount(index_of(state.hiddens[0]), minlength=8).double()
    assert chi_square(counts, weights.sum(0) / weights.sum()) < 24.3  # 7 degrees of freedom, p = .001


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.95])
@pytest.mark.parametrize("temperature", [1.0, 1.5])
def test_smooth_dreaming_leaves_the_conditional_as_it_is(rho: float, temperature: float) -> None:
    model, noise, count = small(5, 2).float(), Noise(12), 100_000
    model.weights.zero_()  # then every hidden state has the same conditional
    mean = model.visible_bias.expand(count, -1)
    before = State(visible=model.sample_visible(mean, noise, temperature), mean=mean)
    after = model.sweep(before, Controls(temperature=temperature, rho=rho), noise)
    old, new = before.visible - mean, after.visible - mean
    variance = temperature * model.variance
    assert torch.allclose(after.mean, mean)
    assert torch.allclose(new.mean(0), torch.zeros(2), atol=0.02)
    assert torch.allclose(new.var(0), variance, rtol=0.02)
    assert torch.allclose((old * new).mean(0) / variance, torch.full((2,), rho), atol=0.02)
