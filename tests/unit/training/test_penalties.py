"""L1 and the largest norm, against steps by hand."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from studio.errors import SettingsError
from studio.training.penalties import clip, shrink
from studio.training.settings import Decay, Optimiser, TrainSettings
from tests.unit.training.small import BASE, Small, small

PLAIN = dataclasses.replace(BASE, decay=Decay.CONSTANT, weight_decay=0.0)


def after(settings: TrainSettings, steps: int = 1) -> Small:
    run = small(settings)
    for _ in range(steps):
        run.trainer.step()
    return run


def test_a_soft_threshold_by_hand() -> None:
    weights = torch.tensor([[0.5, -0.5, 0.1], [-0.1, 0.3, 0.0]])
    shrink(weights, 0.2)
    assert torch.allclose(weights, torch.tensor([[0.3, -0.3, 0.0], [0.0, 0.1, 0.0]]))


def test_it_minimises_what_it_is_the_proximal_step_of() -> None:
    """argmin over w of (w - start)^2 / 2 + t |w|, found on a fine grid."""
    grid = torch.linspace(-3, 3, 600_001, dtype=torch.float64)
    for start in (-2.0, -0.3, 0.0, 0.2, 1.1):
        cost = (grid - start) ** 2 / 2 + 0.4 * grid.abs()
        found = torch.tensor([[start]], dtype=torch.float64)
        shrink(found, 0.4)
        assert float(found) == pytest.approx(float(grid[cost.argmin()]), abs=2e-5)


@pytest.mark.parametrize("optimiser", list(Optimiser))
@pytest.mark.parametrize("momentum", [0.0, 0.4])
def test_the_threshold_goes_with_the_rate_and_leaves_biases_alone(optimiser: Optimiser, momentum: float) -> None:
    settings = dataclasses.replace(PLAIN, optimiser=optimiser, momentum=momentum)
    free, held = after(settings), after(dataclasses.replace(settings, weight_l1=0.05))
    expected = free.model.weights.sign() * (free.model.weights.abs() - PLAIN.learning_rate * 0.05).clamp_min(0)
    assert torch.allclose(held.model.weights, expected, atol=1e-7)
    if optimiser is Optimiser.PLAIN:  # weights begin at .01 N(0, 1), and the threshold is .005
        assert 0.1 < float((held.model.weights == 0).float().mean()) < 0.8
    assert torch.equal(held.model.visible_bias, free.model.visible_bias)
    assert torch.equal(held.model.hidden_bias, free.model.hidden_bias)


@pytest.mark.parametrize(
    ("shape", "filters"),
    [((5, 3), (1,)), ((4, 3, 6), (0, 1)), ((3, 2, 4, 4), (0,))],
    ids=["matrix", "tiles", "convolution"],
)
def test_filters_that_are_too_long_are_scaled_down_and_others_left(
    shape: tuple[int, ...], filters: tuple[int, ...]
) -> None:
    weights = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    pixels = tuple(axis for axis in range(len(shape)) if axis not in filters)
    norms = weights.square().sum(pixels).sqrt()
    largest = 1.001 * float(norms.median())
    before = weights.clone()
    clip(weights, largest)
    assert torch.allclose(weights.square().sum(pixels).sqrt(), norms.clamp_max(largest), rtol=1e-5)
    shares = norms.clamp_max(largest) / norms
    shares = shares.view([side if axis in filters else 1 for axis, side in enumerate(shape)])
    assert torch.allclose(weights, before * shares, atol=1e-6)
    short = (shares == 1).expand(shape)
    assert bool(short.any())
    assert torch.equal(weights[short], before[short])


def test_a_filter_of_nothing_stays_nothing() -> None:
    weights = torch.zeros(4, 2)
    clip(weights, 0.5)
    assert bool((weights == 0).all())


def test_no_filter_of_a_run_is_longer_than_allowed() -> None:
    fast = dataclasses.replace(PLAIN, learning_rate=1.0)
    free, held = after(fast, 500), after(dataclasses.replace(fast, max_norm=0.8), 500)
    assert float(free.model.weights.norm(dim=0).max()) > 1
    assert float(held.model.weights.norm(dim=0).max()) <= 0.8 * (1 + 1e-6)


def test_a_run_with_both_continues_to_the_bit() -> None:
    settings = dataclasses.replace(BASE, weight_l1=0.01, max_norm=1.0, momentum=0.5)
    whole, first = after(settings, 40), after(settings, 17)
    arrays, values = first.trainer.state()
    resumed = small(dataclasses.replace(settings, seed=99))
    for name, tensor in resumed.trainer.parameters.items():
        tensor.copy_(first.trainer.parameters[name])
    resumed.trainer.settings = settings
    resumed.trainer.restore(arrays, values)
    for _ in range(23):
        resumed.trainer.step()
    assert resumed.bits() == whole.bits()


@pytest.mark.parametrize(("name", "value"), [("weight_l1", -1), ("max_norm", -0.1), ("weight_l1", math.nan)])
def test_what_makes_no_sense_is_refused(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=name):
        TrainSettings(**{name: value})  # type: ignore[arg-type]  # any field
