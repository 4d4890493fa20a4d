"""Chains swapped along a history, held against every state written out."""

from __future__ import annotations

import pytest
import torch

from studio.errors import SettingsError
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import Hidden, RbmSpec, Visible
from studio.models.trajectory import Trajectory, halfway
from tests.unit.models.enumeration import all_states, index_of, random_rbm

CHAINS, SWEEPS = 400, 300


def history(steepness: float = 6.0, steps: int = 5) -> list[Rbm]:
    """Return models from one of no weights to one whose chains hardly ever go from all off to all on."""
    models = []
    for step in range(steps):
        model = Rbm(RbmSpec(hidden=2), (1, 2, 2))
        grown = steepness * step / (steps - 1)
        model.weights.fill_(grown)
        model.visible_bias.fill_(-grown + 0.1)
        model.hidden_bias.fill_(-2 * grown)
        models.append(model)
    return models


def exact(model: Rbm) -> torch.Tensor:
    return torch.softmax(-model.free_energy(all_states(4).float()), 0)


def drawn(models: list[Rbm], noise: Noise) -> torch.Tensor:
    """Return how often the last model's chains stood in each state."""
    trajectory, counts = Trajectory(models, CHAINS, noise), torch.zeros(16)
    for chains in trajectory.visible:
        chains.zero_()  # all in one of the two pictures, so that only swaps lead to the other
    for sweep in range(SWEEPS):
        trajectory.step()
        if sweep >= SWEEPS // 3:
            counts += torch.bincount(index_of(trajectory.visible[-1]), minlength=16)
    return counts / counts.sum()


def test_the_last_model_is_sampled_as_it_is() -> None:
    models = history()
    assert torch.allclose(drawn(models, Noise(1)), exact(models[-1]), atol=0.02)


def test_without_its_history_it_stays_where_it_began() -> None:
    models = history()
    assert float(drawn(models[-1:], Noise(1))[0]) > 2 * float(exact(models[-1])[0]) - 0.1


def test_neighbours_alike_always_swap_and_are_left_out() -> None:
    model = random_rbm(1).float()
    trajectory = Trajectory([model, model, model, model], 20, Noise(2))
    for _ in range(4):
        trajectory.step()
    assert trajectory.swapped.tolist() == [1, 1, 1]
    assert trajectory.space()
    assert len(trajectory.models) == 2


def test_a_model_is_put_in_where_two_are_strangers() -> None:
    models = history(40.0, steps=2)
    trajectory = Trajectory(models, 20, Noise(3))
    for chains, value in zip(trajectory.visible, (0.0, 1.0), strict=True):
        chains.fill_(value)
    for _ in range(6):
        trajectory.step()
    assert not trajectory.space()
    assert len(trajectory.models) == len(trajectory.visible) == 3
    assert torch.equal(trajectory.models[1].weights, torch.full((4, 2), 20.0))
    assert trajectory.swapped.tolist() == [0, 0]  # counted anew


def test_halfway_is_the_mean_of_all_parameters() -> None:
    lower, upper = random_rbm(1, Visible.GAUSSIAN).float(), random_rbm(2, Visible.GAUSSIAN).float()
    for name, tensor in halfway(lower, upper).saved().items():
        assert torch.allclose(tensor, (lower.saved()[name] + upper.saved()[name]) / 2), name


def test_rectified_units_have_no_free_energy_to_swap_by() -> None:
    model = Rbm(RbmSpec(2, Visible.GAUSSIAN, hidden_units=Hidden.RECTIFIED), (1, 2, 2))
    with pytest.raises(SettingsError, match="on-off"):
        Trajectory([model, model], 2, Noise(1))
