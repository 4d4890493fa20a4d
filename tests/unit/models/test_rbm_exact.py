"""The Bernoulli RBM against every state of a 4x3 machine written out."""

from __future__ import annotations

import math

import pytest
import torch

from studio.errors import SettingsError
from studio.models.chain import Controls
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec, Visible
from tests.unit.models.enumeration import all_states, energies, joint, random_rbm


def test_energy_is_that_of_the_paper() -> None:
    model = random_rbm(0)
    v, h = torch.tensor([[1.0, 0, 1, 1]]).double(), torch.tensor([[0.0, 1, 1]]).double()
    by_hand = 0.0
    for i in range(4):
        by_hand -= float(model.visible_bias[i] * v[0, i])
        for j in range(3):
            by_hand -= float(v[0, i] * model.weights[i, j] * h[0, j])
    for j in range(3):
        by_hand -= float(model.hidden_bias[j] * h[0, j])
    assert float(model.energy(v, h)) == pytest.approx(by_hand, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_free_energy_sums_the_hiddens_out(seed: int) -> None:
    model = random_rbm(seed)
    visibles = all_states(4)
    summed = -torch.logsumexp(-energies(model, visibles, all_states(3)), 1)
    assert torch.allclose(model.free_energy(visibles), summed, atol=1e-12)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_conditionals_are_those_of_the_joint(temperature: float) -> None:
    model, controls = random_rbm(1), Controls(temperature=temperature)
    visibles, hiddens = all_states(4), all_states(3)
    both = joint(model, temperature)
    given_v = both @ hiddens / both.sum(1, keepdim=True)
    given_h = both.t() @ visibles / both.sum(0)[:, None]
    assert torch.allclose(model.hidden_given_visible(visibles, controls), given_v, atol=1e-12)
    assert torch.allclose(model.visible_given_hidden(hiddens, controls), given_h, atol=1e-12)


def test_reconstruction_is_one_pass_up_and_down() -> None:
    model = random_rbm(2)
    v = all_states(4)
    expected = torch.sigmoid(
        model.visible_bias + torch.sigmoid(model.hidden_bias + v @ model.weights) @ model.weights.t()
    )
    assert torch.allclose(model.reconstruct(v), expected, atol=1e-12)
    pictures = v.reshape(16, 1, 2, 2)
    up = model.upward(pictures)
    assert torch.allclose(model.picture(up, "mean"), expected.reshape(16, 1, 2, 2), atol=1e-12)
    assert torch.equal(model.picture(up, "sample"), pictures)


def test_nothing_changes_what_it_is_given() -> None:
    model, noise = random_rbm(3).float(), Noise(0)
    v, h = all_states(4).float(), all_states(3).float()
    gain, hold = torch.tensor([0.0, 2.0, 1.0]), torch.tensor([0.0, 0.0, 1.0])
    kept = [tensor.clone() for tensor in (v, h, gain, hold, *model.saved().values())]
    controls = Controls(temperature=1.7, gain=gain, hold=hold)
    model.hidden_given_visible(v, controls)
    model.visible_given_hidden(h, controls)
    model.free_energy(v)
    model.energy(v[:8], h)
    model.reconstruct(v)
    state = model.start(len(v), (2, 2), noise, v.reshape(16, 1, 2, 2))
    model.sweep(state, controls, noise)
    now = (v, h, gain, hold, *model.saved().values())
    assert all(torch.equal(before, after) for before, after in zip(kept, now, strict=True))
    assert torch.equal(state.visible, v)


def test_the_untrained_model_shows_the_mean_and_fires_at_its_activity() -> None:
    model = Rbm(RbmSpec(200), (1, 10, 10))
    mean = torch.linspace(0.05, 0.95, 100)
    model.initialise(mean, Noise(0), activity=0.1)
    model.weights.zero_()
    assert torch.allclose(model.visible_given_hidden(torch.ones(1, 200))[0], mean, atol=1e-5)
    assert torch.allclose(model.hidden_given_visible(mean[None]), torch.full((1, 200), 0.1), atol=1e-6)


@pytest.mark.parametrize(("visible", "scale"), [(Visible.BERNOULLI, 0.01), (Visible.GAUSSIAN, 300**-0.5)])
def test_first_weights_are_small_and_normal(visible: Visible, scale: float) -> None:
    model = Rbm(RbmSpec(200, visible), (1, 10, 10))
    model.initialise(torch.full((100,), 0.5), Noise(0))
    assert float(model.weights.std()) == pytest.approx(scale, rel=0.03)
    assert abs(float(model.weights.mean())) < scale / 20


def test_pixels_that_never_change_get_a_bounded_bias() -> None:
    model = Rbm(RbmSpec(2), (1, 1, 2))
    model.initialise(torch.tensor([0.0, 1.0]), Noise(0))
    assert model.visible_bias.tolist() == [-6.0, 6.0]


def test_filters_are_the_weights_of_each_unit_as_pictures() -> None:
    model = random_rbm(4, shape=(3, 2, 5), hidden=7)
    filters = model.filters()
    assert filters.shape == (7, 3, 2, 5)
    assert float(filters[6, 2, 1, 3]) == float(model.weights[2 * 10 + 1 * 5 + 3, 6])
    assert model.layers() == (("hidden", 7),)
    with pytest.raises(SettingsError):
        model.filters(1)


def test_it_dreams_at_its_own_size_only() -> None:
    model = random_rbm(4, shape=(1, 2, 5))
    assert model.own_size == (2, 5)
    with pytest.raises(SettingsError):
        model.start(1, (5, 2), Noise(0))


def test_noise_to_start_from_has_the_pictures_mean() -> None:
    mean = torch.tensor([0.02, 0.3, 0.6, 0.97])
    for visible, offset in ((Visible.BERNOULLI, 0.0), (Visible.GAUSSIAN, -0.5)):
        model = Rbm(RbmSpec(3, visible), (1, 2, 2))
        model.initialise(mean + offset, Noise(0))
        shown = model.picture(model.start(50_000, (2, 2), Noise(1)), "sample")
        assert shown.shape == (50_000, 1, 2, 2)
        assert torch.allclose(shown.flatten(1).mean(0), mean + offset, atol=0.02)


def test_parameters_are_counted_as_they_are() -> None:
    for visible in Visible:
        model = Rbm(RbmSpec(7, visible), (3, 4, 5))
        count = sum(math.prod(tensor.shape) for tensor in model.learned().values())
        assert model.spec.parameter_count((3, 4, 5)) == count
