"""Intervals of weights: right where they can be worked out by hand, narrower with more pictures."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.lab.confidence import confidence
from studio.models.kinds import Visible
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec


def random_rbm(visible: Visible = Visible.BERNOULLI) -> Rbm:
    model = Rbm(RbmSpec(3, visible), (1, 2, 2))
    model.weights.copy_(Noise(0).normal((4, 3)))
    return model


def test_widths_are_those_of_the_statistic_worked_out_by_hand() -> None:
    model = random_rbm()
    v = Noise(1).bernoulli(torch.full((50, 4), 0.4))
    found = confidence(model, [v[:20], v[20:]])
    statistic = (v[:, :, None] * torch.sigmoid(v @ model.weights + model.hidden_bias)[:, None]).double().numpy()
    wanted = 2 * 1.96 / np.sqrt(50 * statistic.var(0))
    assert np.allclose(found.widths, wanted, rtol=1e-4)
    weights = model.weights.abs().numpy()
    counted = weights > 0.1 * np.sqrt((weights**2).mean())
    assert found.share == pytest.approx(counted.mean())
    relative = np.sort((wanted / weights)[counted])
    assert found.relative == pytest.approx(relative[(len(relative) - 1) // 2], rel=1e-4)


def test_four_times_the_pictures_halve_the_widths() -> None:
    v = Noise(1).normal((60, 4))
    model = random_rbm(Visible.GAUSSIAN)
    one, four = (confidence(model, [v], count) for count in (60, 240))
    assert np.allclose(one.widths, 2 * four.widths, rtol=1e-5)
    assert one.relative == pytest.approx(2 * four.relative, rel=1e-5)


def test_constant_pixels_and_weights_near_nothing_are_left_out() -> None:
    model = random_rbm()
    model.weights[1] = 1e-6
    v = Noise(1).bernoulli(torch.full((50, 4), 0.4))
    v[:, 0] = 0
    found = confidence(model, [v])
    assert np.isnan(found.widths[0]).all()
    assert found.share <= 0.5


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    # one visible and one hidden unit that is nearly always on: w is the log odds of the visible, and nothing else
    truth, model = 0.7, Rbm(RbmSpec(1), (1, 1, 1))
    model.hidden_bias.fill_(20.0)
    noise, held = Noise(3), 0
    for _ in range(400):
        v = noise.bernoulli(torch.full((200, 1), float(torch.sigmoid(torch.tensor(truth)))))
        model.weights.copy_(torch.logit(v.mean(0))[:, None])
        half = confidence(model, [v]).widths[0, 0] / 2
        held += abs(float(model.weights[0, 0]) - truth) < half
    assert held / 400 == pytest.approx(0.95, abs=0.03)
