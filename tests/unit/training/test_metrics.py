"""What is measured, against exact answers where there are any."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import Visible
from studio.training.metrics import Metrics, pseudo_likelihood, squared_error
from tests.unit.models.enumeration import all_states, index_of, joint, random_rbm


def figures(model: Rbm, training: Tensor, held_out: Tensor | None = None) -> dict[str, float]:
    held_out = training[:0] if held_out is None else held_out
    points = Metrics(model, training, held_out, 0).measure(7)
    assert {step for _, step, _ in points} == {7}
    return {name: value for name, _, value in points}


def test_pseudo_likelihood_is_that_of_the_enumerated_conditionals() -> None:
    model = random_rbm(1)
    probability = joint(model).sum(1)
    rows = torch.tensor([[1.0, 0, 0, 1], [0, 1, 1, 0], [1, 1, 1, 0]]).double()
    exact = 0.0
    for row in rows:
        for pixel in range(4):
            flipped = row.clone()
            flipped[pixel] = 1 - flipped[pixel]
            here, there = probability[index_of(row[None])], probability[index_of(flipped[None])]
            exact += float(torch.log(here / (here + there))) / len(rows)
    estimate = pseudo_likelihood(model, rows.repeat(20_000, 1), Noise(0))
    assert float(estimate) == pytest.approx(exact, abs=0.02)


def test_pseudo_likelihood_of_an_independent_model_is_its_likelihood() -> None:
    model = random_rbm(2)
    model.weights.zero_()
    model.visible_bias.fill_(0.7)
    ones = torch.ones(50, 4).double()
    exact = float(4 * logsigmoid(torch.tensor(0.7)))
    assert float(pseudo_likelihood(model, ones, Noise(0))) == pytest.approx(exact, abs=1e-6)
    assert float(pseudo_likelihood(model, ones * 0.8, Noise(0))) == pytest.approx(exact, abs=1e-6)  # greys are rounded


def test_reconstruction_error_is_the_mean_squared_difference() -> None:
    model = random_rbm(3)
    rows, other = all_states(4)[:9], all_states(4)[9:]
    found = figures(model, rows, other)
    assert found["reconstruction_error"] == pytest.approx(float(((model.reconstruct(rows) - rows) ** 2).mean()))
    assert found["reconstruction_error_held_out"] == pytest.approx(float(squared_error(model, other)))
    gap = model.free_energy(other).mean() - model.free_energy(rows).mean()
    assert found["free_energy_gap"] == pytest.approx(float(gap))


def test_dead_units_and_activity_are_counted() -> None:
    model = random_rbm(4, hidden=4)
    model.weights.zero_()
    model.hidden_bias.copy_(torch.tensor([-20.0, 20.0, 0.0, -8.0]))
    found = figures(model, all_states(4))
    assert found["dead_units"] == 0.5  # the last fires for three pictures in ten thousand
    assert found["mean_activity"] == pytest.approx(1.5 / 4, abs=1e-3)


def test_a_unit_that_fires_for_some_pictures_only_lives() -> None:
    model = random_rbm(4, hidden=1)
    model.hidden_bias.fill_(-20.0)
    model.weights.copy_(torch.tensor([[40.0], [0], [0], [0]]))
    assert figures(model, all_states(4))["dead_units"] == 0


def test_weight_norm_is_that_of_the_average_filter() -> None:
    model = random_rbm(5)
    model.weights.fill_(0.5)
    assert figures(model, all_states(4))["weight_norm"] == pytest.approx(1.0)  # four weights of a half


def test_without_held_out_pictures_nothing_is_said_of_them() -> None:
    found = figures(random_rbm(6), all_states(4))
    assert "free_energy_gap" not in found
    assert "reconstruction_error_held_out" not in found


def test_gaussian_visibles_have_no_pseudo_likelihood() -> None:
    found = figures(random_rbm(6, Visible.GAUSSIAN), all_states(4), all_states(4))
    assert "pseudo_likelihood" not in found
    assert found["free_energy_gap"] == 0


def test_measuring_changes_neither_model_nor_pictures() -> None:
    model, rows = random_rbm(7), all_states(4)
    kept = {name: tensor.clone() for name, tensor in model.saved().items()}
    figures(model, rows, rows)
    assert all(torch.equal(tensor, kept[name]) for name, tensor in model.saved().items())
    assert torch.equal(rows, all_states(4))
