"""Likelihoods against models small enough to be written out."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch

from studio.errors import SettingsError
from studio.jobs.stepwise import finished
from studio.lab.annealing import Path, annealing, betas, reverse_annealing
from studio.lab.likelihood import counting, log_likelihood
from studio.models.noise import Noise
from studio.models.spec import Visible
from tests.unit.models.enumeration import all_states, random_rbm
from tests.unit.models.enumeration import log_likelihood as enumerated


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_counting_hidden_states_is_counting_all(seed: int) -> None:
    model = random_rbm(seed)
    states = all_states(model.visible)
    partition = finished(counting(model))
    assert log_likelihood(model, states, partition).exp().sum() == pytest.approx(1)
    assert float(log_likelihood(model, states[:5], partition).mean()) == pytest.approx(
        float(enumerated(model, states[:5]))
    )


def test_gaussian_densities_integrate_to_one() -> None:
    model = random_rbm(3, Visible.GAUSSIAN, (1, 1, 2), hidden=3)
    side = torch.linspace(-14, 14, 1001, dtype=torch.float64)
    grid = torch.cartesian_prod(side, side)
    density = log_likelihood(model, grid, finished(counting(model))).exp()
    assert float(density.sum()) * float(side[1] - side[0]) ** 2 == pytest.approx(1, abs=1e-6)


def test_many_states_are_counted_in_parts_and_told() -> None:
    model = random_rbm(4, shape=(1, 2, 2), hidden=14)
    told: list[tuple[int, int]] = []
    partition = finished(counting(model), lambda done, total: told.append((done, total)))
    assert partition == pytest.approx(float(torch.logsumexp(-model.free_energy(all_states(4)), 0)))
    assert told[-1] == (1 << 14, 1 << 14)
    assert len(told) == 4


def test_too_many_units_say_so() -> None:
    with pytest.raises(SettingsError, match="21 hidden units"):
        finished(counting(random_rbm(0, hidden=21)))


def test_the_schedule_is_the_published_one() -> None:
    ladder = betas()
    assert len(ladder) == 14_501
    assert (ladder[0], ladder[500], ladder[4_500], ladder[-1]) == pytest.approx((0, 0.5, 0.9, 1))
    assert all(before < after for before, after in pairwise(ladder))


def test_the_path_begins_at_the_base_and_ends_at_the_model() -> None:
    model = random_rbm(5)
    mean = torch.tensor([0.2, 0.5, 0.7, 0.9], dtype=torch.float64)
    path = Path(model, mean, Noise(0))
    states = all_states(4)
    total = model.hidden_input(states)
    assert float(torch.logsumexp(path.log_probability(states, total, 0.0), 0)) == pytest.approx(path.log_base)
    assert torch.allclose(path.log_probability(states, total, 1.0), -model.free_energy(states))
    base = torch.softmax(path.log_probability(states, total, 0.0), 0)
    assert torch.allclose(base @ states, mean)


def test_annealing_finds_the_partition_function_to_a_hundredth_of_a_nat() -> None:
    model = random_rbm(6)
    mean = torch.full((4,), 0.5, dtype=torch.float64)
    exact = finished(counting(model))
    told: list[int] = []
    work = annealing(model, mean, 2_000, Noise(1), betas(((1.0, 400),)))
    found = finished(work, lambda done, _total: told.append(done))
    assert found.log_partition == pytest.approx(exact, abs=0.01)
    assert found.low < exact < found.high
    assert told[-1] == 400


def test_backwards_it_is_close_and_its_mean_is_the_likelihood() -> None:
    model = random_rbm(7)
    mean = torch.full((4,), 0.5, dtype=torch.float64)
    states = all_states(4)
    truth = log_likelihood(model, states, finished(counting(model)))
    rows = states.repeat_interleave(2_000, 0)
    short = finished(reverse_annealing(model, mean, rows, Noise(2), betas(((1.0, 8),)))).reshape(16, -1)
    # An annealed model of 8 steps is not yet the model; from below, its logarithms are smaller in the mean.
    assert float(short.mean()) < float(truth.mean())
    each = states.repeat_interleave(200, 0)
    long = finished(reverse_annealing(model, mean, each, Noise(3), betas(((1.0, 600),))))
    assert torch.allclose(long.reshape(16, -1).mean(1), truth, atol=0.05)
    assert math.isfinite(float(long.min()))


def test_gaussian_visibles_are_not_annealed() -> None:
    model = random_rbm(3, Visible.GAUSSIAN, (1, 1, 2), hidden=3)
    with pytest.raises(SettingsError, match="on-off visibles"):
        finished(annealing(model, torch.zeros(2), 10, Noise(0)))
