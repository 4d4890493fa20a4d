"""The convolutional RBM against a dense machine of tied weights, every state written out, and finite differences."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.chain import Controls, GibbsChain
from studio.models.conv_grid import Wrap
from studio.models.conv_rbm import ConvRbm
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, Visible
from tests.unit.models.conv import WRAPS, all_places, plain_up, random_conv, small
from tests.unit.models.enumeration import all_states, chi_square

each_wrap = pytest.mark.parametrize("wrap", WRAPS, ids=str)


def windows(picture: Tensor, maps: Tensor) -> list[Tensor]:
    """Return what each weight of a filter of 3 x 3 sees at all its places: nine times (n, 1, H', W')."""
    height, width = maps.shape[2:]
    return [picture[:, None, y : y + height, x : x + width] for y in range(3) for x in range(3)]


def states_of_block(units: int) -> Tensor:
    """Return what a block may be: none, or one of its units: (units + 1, units)."""
    return torch.cat((torch.zeros(1, units), torch.eye(units)))


@each_wrap
@pytest.mark.parametrize("channels", [1, 3])
def test_it_is_the_dense_machine_of_tied_weights(wrap: Wrap, channels: int) -> None:
    model = random_conv(small(filters=2, side=2, block=1), channels)
    dense = all_places((5, 5), model, wrap)
    noise = Noise(1)
    v = noise.normal((4, channels, 5, 5))
    total = model.hidden_input(v, wrap)
    bias = model.hidden_bias[:, None].expand(2, total.shape[2] * total.shape[3]).flatten()
    assert torch.allclose(total.flatten(1), model.gain * (v.flatten(1) @ dense + bias), atol=1e-4)
    h = noise.bernoulli(torch.full(total.shape, 0.3))
    visible = (h.flatten(1) @ dense.t()).view(v.shape) + model.visible_bias.view(-1, 1, 1)
    assert torch.allclose(model.visible_given_hidden(h, wrap), visible, atol=1e-5)


@each_wrap
@pytest.mark.parametrize(("side", "block"), [(3, 2), (4, 2), (3, 3), (2, 3), (5, 1), (1, 2)])
def test_it_is_the_library_s_convolution(wrap: Wrap, side: int, block: int) -> None:
    model = random_conv(small(side=side, block=block), channels=2)
    size = model.valid_size((13, 17), wrap)
    v = Noise(2).normal((3, 2, *size))
    before = v.clone()
    assert torch.allclose(model.up(v, wrap), plain_up(v, model.weights, wrap), atol=1e-4)
    assert torch.equal(v, before)


@each_wrap
@pytest.mark.parametrize(("side", "block"), [(3, 2), (4, 3), (5, 1)])
def test_down_is_the_adjoint_of_up(wrap: Wrap, side: int, block: int) -> None:
    model = random_conv(small(side=side, block=block), channels=3)
    v = Noise(2).normal((2, 3, *model.valid_size((9, 14), wrap)))
    up = model.up(v, wrap)
    h = Noise(3).normal(tuple(up.shape))
    assert float((up * h).sum()) == pytest.approx(float((v * model.down(h, wrap)).sum()), rel=1e-3)


def test_a_torus_smaller_than_a_filter_still_adds_up() -> None:
    model = random_conv(small(side=5, block=2))
    v = Noise(2).normal((1, 1, 2, 4))
    dense = all_places((2, 4), model, (True, True))
    assert torch.allclose(model.up(v, (True, True)).flatten(1), v.flatten(1) @ dense, atol=1e-5)
    h = Noise(3).normal((1, 3, 2, 4))
    assert torch.allclose(model.down(h, (True, True)).flatten(1), h.flatten(1) @ dense.t(), atol=1e-5)


def test_work_in_strips_is_work_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = random_conv()
    v = Noise(2).normal((2, 1, 20, 24))
    controls = Controls()
    whole = model.up(v, (True, True)), model.expected(v, controls)
    monkeypatch.setattr("studio.models.conv_strips.STRIP_CELLS", 60)
    assert sum(1 for _ in model.inputs(v, (True, True))) > 3
    assert torch.allclose(model.up(v, (True, True)), whole[0], atol=1e-5)
    assert torch.allclose(model.expected(v, controls), whole[1], atol=1e-5)


def test_a_shift_by_whole_blocks_shifts_everything() -> None:
    model = random_conv(small(side=4, block=3))
    v = Noise(2).normal((1, 1, 12, 15))
    moved = v.roll((3, 6), (2, 3))
    torus = (True, True)
    detection = model.hidden_given_visible(v, torus)
    assert torch.allclose(model.hidden_given_visible(moved, torus), detection.roll((3, 6), (2, 3)), atol=1e-5)
    assert torch.allclose(
        model.pooled_given_visible(moved, torus), model.pooled_given_visible(v, torus).roll((1, 2), (2, 3)), atol=1e-5
    )
    assert torch.allclose(model.expected(moved), model.expected(v).roll((3, 6), (2, 3)), atol=1e-5)
    assert not torch.allclose(model.hidden_given_visible(v.roll(1, 2), torus), detection.roll(1, 2), atol=1e-3), (
        "by less than a block it does not: blocks stay where they are"
    )


@pytest.mark.parametrize("visible", list(Visible))
def test_conditionals_and_free_energy_are_those_of_the_states_written_out(visible: Visible) -> None:
    model = random_conv(small(filters=2, side=2, visible=visible))
    v = all_states(9).float() if visible is Visible.BERNOULLI else Noise(4).normal((40, 9))
    pictures = v.view(-1, 1, 3, 3)
    inner = (pictures * -model.visible_bias.view(-1, 1, 1)).sum((1, 2, 3))
    if model.gaussian:
        inner += 0.5 * pictures.square().sum((1, 2, 3))
    total = plain_up(pictures, model.weights, (False, False)) + model.hidden_bias.view(-1, 1, 1)
    hiddens = torch.stack(
        [torch.cat(pair) for pair in itertools.product(states_of_block(4), repeat=2)]
    )  # both filters' blocks of four: (25, 8)
    energies = model.gain * (inner[:, None] - total.flatten(1) @ hiddens.t())
    given = torch.softmax(-energies, 1) @ hiddens
    assert torch.allclose(model.hidden_given_visible(pictures).flatten(1), given, atol=1e-5)
    assert torch.allclose(model.free_energy(pictures), -torch.logsumexp(-energies, 1), atol=1e-3)


@pytest.mark.parametrize("temperature", [1.0, 2.0])
@pytest.mark.parametrize(("size", "wrap"), [((3, 3), (False, False)), ((2, 4), (True, True))])
def test_chains_settle_to_the_enumerated_probabilities(size: tuple[int, int], wrap: Wrap, temperature: float) -> None:
    model = random_conv(small(filters=2, side=2, visible=Visible.BERNOULLI, deviation=1.0), scale=0.8)
    units, count = size[0] * size[1], 60_000
    states = all_states(units).float()
    if temperature == 1:
        logits = -model.free_energy(states.view(-1, 1, *size), wrap)
    else:  # E/T has the weights, biases and gain of a model whose s2 is T times as large
        warm = random_conv(small(filters=2, side=2, visible=Visible.BERNOULLI, deviation=temperature**0.5), scale=0.8)
        logits = -warm.free_energy(states.view(-1, 1, *size), wrap)
    chain = GibbsChain(model, count, Noise(7), Controls(temperature=temperature, wrap=wrap), size)
    chain.step(40)
    index = (chain.sample().flatten(1).long() * 2 ** torch.arange(units - 1, -1, -1)).sum(1)
    counts = torch.bincount(index, minlength=2**units).double()
    probabilities = torch.softmax(logits.double(), 0)
    often = probabilities * count > 5
    counts = torch.cat((counts[often], counts[~often].sum()[None]))
    expected = torch.cat((probabilities[often], probabilities[~often].sum()[None].clamp_min(1e-9)))
    freedom = len(counts) - 1
    assert chi_square(counts, expected) < freedom + 4 * (2 * freedom) ** 0.5
    even = torch.full_like(expected, 1 / len(expected))
    assert chi_square(counts, even) > 2 * freedom + 1000, "the machine is far from even, so that this proves something"


@each_wrap
def test_the_slope_of_the_free_energy_is_that_of_finite_differences(wrap: Wrap) -> None:
    model = random_conv(small(filters=2), channels=2).double()
    size = model.valid_size((6, 8), wrap)
    v = Noise(5).normal((3, 2, *size)).double()
    detection = model.hidden_given_visible(v, wrap)
    hidden = -model.gain * detection.sum((0, 2, 3))
    visible = -model.gain * v.sum((0, 2, 3))
    continued = v
    for dimension, meets in ((2, wrap[0]), (3, wrap[1])):
        if meets:
            continued = torch.cat((continued, continued.narrow(dimension, 0, model.side - 1)), dimension)
    weights = -model.gain * torch.stack(
        [
            torch.stack([(detection * part).sum((0, 2, 3)) for part in windows(continued[:, channel], detection)], 1)
            for channel in range(2)
        ],
        1,
    )
    step = 1e-5
    for parameter, slope in ((model.weights, weights), (model.hidden_bias, hidden), (model.visible_bias, visible)):
        for place in range(0, parameter.numel(), max(1, parameter.numel() // 5)):
            flat = parameter.view(-1)
            kept = float(flat[place])
            flat[place] = kept + step
            above = float(model.free_energy(v, wrap).sum())
            flat[place] = kept - step
            below = float(model.free_energy(v, wrap).sum())
            flat[place] = kept
            assert (above - below) / (2 * step) == pytest.approx(float(slope.reshape(-1)[place]), rel=1e-5, abs=1e-5)


def test_what_a_layer_above_adds_opens_the_block() -> None:
    model = random_conv()
    v = Noise(2).normal((2, 1, 8, 8))
    above = Noise(3).normal((2, 3, 4, 4)) * 2
    total = model.hidden_input(v, (True, True)) + above.repeat_interleave(2, 2).repeat_interleave(2, 3)
    blocks: Tensor = torch.unflatten(torch.unflatten(total, 3, (-1, 2)), 2, (-1, 2))
    weights = blocks.exp()
    given = weights / (1 + weights.sum((3, 5), keepdim=True))
    found = model.hidden_given_visible(v, (True, True), top_down=above)
    assert torch.allclose(found, given.flatten(4, 5).flatten(2, 3), atol=1e-5)


def test_maps_that_are_no_whole_blocks_are_padded_to_the_next() -> None:
    model = random_conv(ConvSpec(side=10, block=2), side=70)
    assert model.valid_size((70, 200)) == model.spec.padded_size((1, 70, 200)) == (71, 201)
    assert model.valid_size((28, 9)) == (29, 11)
    assert model.valid_size((255, 258), (True, True)) == (256, 258)
    assert model.upward(torch.zeros(1, 1, 70, 33)).visible.shape == (1, 1, 71, 33)
    assert model.picture(model.upward(torch.zeros(1, 1, 70, 34)), "mean").shape == (1, 1, 70, 34)


def test_a_picture_without_room_for_a_filter_is_said() -> None:
    model = random_conv(ConvSpec(side=10, block=2), side=70)
    with pytest.raises(SettingsError, match="no room for filters of 10 px"):
        model.up(torch.zeros(1, 1, 9, 40))


def test_filters_and_their_activity_are_told() -> None:
    model = random_conv()
    pictures = Noise(6).normal((5, 1, 10, 12))
    detection = model.hidden_given_visible(model.whole(pictures))
    assert torch.allclose(model.activity(pictures), detection.mean((0, 2, 3)), atol=1e-6)
    assert torch.allclose(model.responses(pictures, 1), detection[:, 1].flatten(1), atol=1e-6)
    assert model.layers() == (("maps", 3),)
    assert torch.equal(model.filters(), model.weights)
    with pytest.raises(SettingsError, match="no layer 1"):
        model.filters(1)
    assert isinstance(model, ConvRbm)
    top, left, height, width = model.place(0, 8)
    assert (height, width) == (3, 3)
    assert (top, left) == (1, 0)
