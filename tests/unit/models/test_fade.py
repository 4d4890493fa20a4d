"""Two models side by side, against both written out; weights between two models."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.build import Model, build_model
from studio.models.cdbn import Cdbn
from studio.models.code_spec import CodeSpec
from studio.models.conv_rbm import ConvRbm
from studio.models.fade import fade_weights, joint_spec, own_units, side_by_side
from studio.models.kinds import Shape
from studio.models.noise import Noise
from studio.models.parts import parts_of
from studio.models.rbm import Rbm
from studio.models.spec import ConvSpec, ModelSpec, RbmSpec, TiledSpec, Visible
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm
from tests.unit.models.enumeration import all_states, energies, random_rbm

DEEP = ConvSpec(3, 3, 2, Visible.GAUSSIAN, 0.5, 0.5, deeper=("4x3/1",))
FAMILIES: tuple[tuple[ModelSpec, Shape], ...] = (
    (RbmSpec(5, Visible.GAUSSIAN), (1, 4, 4)),
    (TiledSpec(tile=3, filters=2, textures=2), (3, 9, 9)),
    (TiledSpec(tile=3, filters=2, levels=2), (1, 18, 18)),
    (ConvSpec(3, 3, 2, Visible.GAUSSIAN, 0.5, 0.5), (1, 10, 10)),
    (DEEP, (1, 14, 14)),
)


def drawn(spec: ModelSpec, shape: Shape, seed: int) -> Model:
    model, noise = build_model(spec, shape), Noise(seed)
    for name, tensor in sorted(model.saved().items()):
        if name != "scales":
            tensor.detach().add_(0.4 * noise.normal(tuple(tensor.shape)))
    if isinstance(model, TiledPyramid):
        model.scales.mul_(torch.tensor([1.0, 0.5 + 0.2 * seed])[:, None])
    return model


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_energies_of_two_rbms_add_up_in_their_shares(share: float) -> None:
    a, b = random_rbm(1), random_rbm(2)
    joint = side_by_side(a.float(), b.float(), share)
    assert isinstance(joint, Rbm)
    visibles, hiddens = all_states(4).float(), all_states(3).float()
    both = -(1 - share) * energies(a, visibles, hiddens)[:, :, None] - share * energies(b, visibles, hiddens)[:, None]
    expected = torch.softmax(torch.logsumexp(both.flatten(1), 1), 0)  # hidden units of both summed out
    assert torch.allclose(torch.softmax(-joint.free_energy(visibles), 0), expected, atol=1e-6)


def test_it_is_no_mixture_of_free_energies() -> None:
    a, b = random_rbm(1).float(), random_rbm(2).float()
    joint, visibles = side_by_side(a, b, 0.5), all_states(4).float()
    assert isinstance(joint, Rbm)
    mixed = torch.softmax(-0.5 * a.free_energy(visibles) - 0.5 * b.free_energy(visibles), 0)
    assert not torch.allclose(torch.softmax(-joint.free_energy(visibles), 0), mixed, atol=1e-3)


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_energies_of_gaussian_visibles_keep_both_precisions(share: float) -> None:
    a, b = (random_rbm(seed, Visible.GAUSSIAN).float() for seed in (3, 4))
    joint = side_by_side(a, b, share)
    assert isinstance(joint, Rbm)
    v, hiddens = torch.randn(6, 4, generator=torch.Generator().manual_seed(1)), all_states(6).float()
    both = (1 - share) * energies(a, v, hiddens[:, :3]) + share * energies(b, v, hiddens[:, 3:])
    found = energies(joint, v, hiddens)
    assert torch.allclose(found - found[:1], both - both[:1], atol=1e-4)  # but for a constant


@pytest.mark.parametrize(("spec", "shape"), FAMILIES)
def test_all_the_way_it_is_the_other_model(spec: ModelSpec, shape: Shape) -> None:
    a, b = drawn(spec, shape, 1), drawn(spec, shape, 2)
    joint = side_by_side(a, b, 1.0)
    pictures = torch.randn(2, *shape, generator=torch.Generator().manual_seed(5))
    if isinstance(joint, TiledRbm) and isinstance(b, TiledRbm):
        difference = joint.free_energy(pictures) - b.free_energy(pictures)
        assert float(difference[0] - difference[1]) == pytest.approx(0, abs=1e-3)
    elif isinstance(joint, TiledPyramid) and isinstance(b, TiledPyramid) and isinstance(a, TiledPyramid):
        for mine, theirs, ratio in zip(joint.each, b.each, a.scales / b.scales, strict=True):
            difference = mine.free_energy(pictures) - theirs.free_energy(pictures * ratio[:, None, None])
            assert float(difference[0] - difference[1]) == pytest.approx(0, abs=1e-3)
    elif isinstance(joint, Rbm) and isinstance(b, Rbm):
        assert torch.allclose(joint.hidden_input(pictures.flatten(1))[:, 5:], b.hidden_input(pictures.flatten(1)))
        assert torch.allclose(joint.variance, b.variance)
    elif isinstance(joint, Cdbn) and isinstance(b, Cdbn):
        maps = torch.rand(2, 3, 6, 6, generator=torch.Generator().manual_seed(6))
        silent = torch.zeros_like(maps)
        found = joint.each[1].hidden_input(torch.cat([silent, maps], 1))
        assert close(found[:, 4:], b.each[1].hidden_input(maps))
        down = joint.top_down(1, torch.cat([torch.zeros(2, 4, 4, 4), torch.ones(2, 4, 4, 4)], 1), (False, False))
        assert close(down[:, 3:], b.top_down(1, torch.ones(2, 4, 4, 4), (False, False)))
        assert float(down[:, :3].abs().max()) == 0
    elif isinstance(joint, ConvRbm) and isinstance(b, ConvRbm):
        assert close(joint.hidden_input(pictures)[:, 3:], b.hidden_input(pictures))
        assert torch.allclose(joint.visible_bias, b.visible_bias)


@pytest.mark.parametrize(("spec", "shape"), FAMILIES)
def test_on_the_way_inputs_of_both_count_as_their_shares(spec: ModelSpec, shape: Shape) -> None:
    a, b, t = drawn(spec, shape, 1), drawn(spec, shape, 2), 0.3
    joint = side_by_side(a, b, t)
    pictures = 0.2 * torch.randn(2, *shape, generator=torch.Generator().manual_seed(5))
    if isinstance(joint, TiledPyramid) and isinstance(a, TiledPyramid) and isinstance(b, TiledPyramid):
        for both, mine, theirs, ratio in zip(joint.each, a.each, b.each, a.scales / b.scales, strict=True):
            tiles_agree(both, mine, theirs, t, pictures, ratio)
    elif isinstance(joint, TiledRbm) and isinstance(a, TiledRbm) and isinstance(b, TiledRbm):
        tiles_agree(joint, a, b, t, pictures, torch.ones(shape[0]))
    elif isinstance(joint, Rbm) and isinstance(a, Rbm) and isinstance(b, Rbm):
        rows = pictures.flatten(1)
        parts = torch.cat([(1 - t) * a.hidden_input(rows), t * b.hidden_input(rows)], 1)
        assert close(joint.hidden_input(rows), parts)
    elif isinstance(joint, ConvRbm | Cdbn) and isinstance(a, ConvRbm | Cdbn) and isinstance(b, ConvRbm | Cdbn):
        layers = [model.each if isinstance(model, Cdbn) else [model] for model in (joint, a, b)]
        for number, (both, mine, theirs) in enumerate(zip(*layers, strict=True)):
            below = pictures if number == 0 else torch.rand(2, mine.channels, 6, 6, generator=torch.Generator())
            whole = below if number == 0 else torch.cat([below, below], 1)
            parts = torch.cat([(1 - t) * mine.hidden_input(below), t * theirs.hidden_input(below)], 1)
            assert close(both.hidden_input(whole), parts)
            pull, first, second = (model.visible_bias / torch.exp(model.log_variance) for model in (both, mine, theirs))
            expected = [(1 - t) * first, t * second]
            assert close(pull, sum(expected) if number == 0 else torch.cat(expected))


@pytest.mark.parametrize(("spec", "shape"), FAMILIES)
def test_units_of_the_first_are_found_side_by_side(spec: ModelSpec, shape: Shape) -> None:
    a, b = drawn(spec, shape, 1), drawn(spec, shape, 2)
    joint, places = side_by_side(a, b, 0.0), own_units(a)
    own = torch.cat([flat(a, number) for number in range(len(parts_of(spec)))])
    found = torch.cat([flat(joint, number) for number in range(len(parts_of(joint_spec(spec))))])
    assert len(places) == len(own) == len(found) // 2
    assert torch.allclose(found[places], own, atol=1e-5)


def test_autoencoders_have_no_energy_to_fade() -> None:
    with pytest.raises(SettingsError, match="autoencoder"):
        joint_spec(CodeSpec())


def test_weights_go_straight_from_one_to_the_other() -> None:
    a, b = drawn(*FAMILIES[1], 1), drawn(*FAMILIES[1], 2)
    halfway = {name: (tensor + b.saved()[name]) / 2 for name, tensor in a.saved().items()}
    fade_weights(a, b, 0.5)
    assert all(torch.allclose(tensor, halfway[name], atol=1e-6) for name, tensor in a.saved().items())


def tiles_agree(joint: TiledRbm, a: TiledRbm, b: TiledRbm, t: float, pictures: Tensor, ratio: Tensor) -> None:
    """Of every filter the input is its share of what it was, and so are the pulls on a pixel: 1/s^2, and c/s^2."""
    (offsets, filters), size = a.units, ratio[:, None, None]
    for offset in range(offsets):
        for filter_ in range(filters):
            number, place = offset * filters + filter_, offset * 2 * filters + filter_
            mine, theirs = torch.logit(a.responses(pictures, number)), torch.logit(b.responses(pictures * size, number))
            assert close(joint.responses(pictures, place), torch.sigmoid((1 - t) * mine))
            assert close(joint.responses(pictures, place + filters), torch.sigmoid(t * theirs))
    own, other, both = (torch.exp(-model.log_variance) for model in (a, b, joint))
    assert close(both, (1 - t) * own + t * other * ratio**2)
    assert close(joint.visible_bias * both, (1 - t) * a.visible_bias * own + t * b.visible_bias * other * ratio)


def flat(model: Model, number: int) -> Tensor:
    """Return the hidden biases of a part, of the first texture."""
    from studio.models.glitch import biases_of

    return biases_of(model, number)[0]


def close(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one, other, atol=1e-4, rtol=1e-4)
