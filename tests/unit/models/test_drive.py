"""An inverse temperature that wanders: its law, and what it is good for."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from studio.models.chain import Controls, GibbsChain
from studio.models.drive import HIGHEST, LOWEST, wandered
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec


def walk(deviation: float, steps: int, seed: int = 0) -> NDArray[np.float64]:
    noise, betas = Noise(seed), [1.0]
    for _ in range(steps):
        betas.append(wandered(betas[-1], deviation, noise))
    return np.array(betas)


def test_it_keeps_mean_deviation_and_correlation() -> None:
    betas = walk(0.3, 40_000)
    assert betas.mean() == pytest.approx(1, abs=0.02)
    assert betas.std() == pytest.approx(0.3, abs=0.02)
    assert np.corrcoef(betas[:-1], betas[1:])[0, 1] == pytest.approx(0.9, abs=0.01)


def test_hardly_any_wandering_is_none() -> None:
    assert walk(1e-10, 3).tolist() == [1, 1, 1, 1]


def test_it_stays_where_a_model_still_dreams() -> None:
    betas = walk(1.0, 5_000)
    assert betas.min() == LOWEST
    assert HIGHEST >= betas.max() > 3


def two_pictures() -> Rbm:
    """A model of two pictures, all on and all off, that a chain at rest hardly ever goes between."""
    model = Rbm(RbmSpec(hidden=2), (1, 2, 2))
    model.weights.fill_(6.0)
    model.visible_bias.fill_(-6.0)
    model.hidden_bias.fill_(-12.0)
    return model


def crossings(drive: float) -> int:
    chain = GibbsChain(two_pictures(), 1, Noise(1), Controls(drive=drive))
    sides = []
    for _ in range(2_000):
        chain.step()
        sides.append(float(chain.mean().mean()) > 0.5)
    return int(np.diff(np.array(sides, int)).astype(bool).sum())


def test_a_driven_chain_goes_from_picture_to_picture() -> None:
    assert crossings(0.6) > 20 * max(1, crossings(0.0))


def test_a_chain_goes_on_from_where_its_temperature_was() -> None:
    model = Rbm(RbmSpec(hidden=3), (1, 2, 2))
    model.weights.copy_(Noise(2).normal(tuple(model.weights.shape)))
    whole = GibbsChain(model, 2, Noise(5), Controls(drive=0.5))
    whole.step(4)
    state, noise, beta = whole.state(), whole.noise.state(), whole.beta
    whole.step(4)
    part = GibbsChain(model, 2, Noise(9), Controls(drive=0.5))
    part.noise.restore(noise)
    part.restore(state, 4, beta)
    part.step(4)
    assert torch.equal(part.sample(), whole.sample())
    assert part.beta == whole.beta != 1
    part.controls = dataclasses.replace(part.controls, drive=0.0)
    part.step()
    assert part.beta == 1
