"""The convolutional deep belief network against states written out, its layers taken apart, and as an instrument."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv_transpose2d

from studio.errors import SettingsError
from studio.models.cdbn import Cdbn
from studio.models.chain import Controls, GibbsChain
from studio.models.conv_grid import Wrap
from studio.models.conv_rbm import ConvRbm
from studio.models.field_noise import FieldNoise
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, Visible
from tests.unit.models.conv import WRAPS, plain_up, random_conv, small
from tests.unit.models.enumeration import all_states, chi_square

TORUS: Wrap = (True, True)
NOWHERE: Wrap = (False, False)
BLOCK = [(0.0, 0.0, 0.0, 0.0), *((tuple(float(i == j) for j in range(4))) for i in range(4))]


def random_cdbn(spec: ConvSpec, channels: int = 1, side: int = 12, seed: int = 3, scale: float = 0.6) -> Cdbn:
    """Return a network with weights and biases large enough to matter."""
    model = Cdbn(spec, (channels, side, side))
    for number, layer in enumerate(model.each):
        made = random_conv(layer.spec, layer.channels, scale * layer.deviation, side, seed + number)
        for name, tensor in layer.saved().items():
            tensor.copy_(made.saved()[name])
    return model


def three(visible: Visible = Visible.GAUSSIAN) -> ConvSpec:
    return ConvSpec(3, 3, 2, visible, 0.8, 0.8, ("4x3/2", "2x2/1"))


def pooled(h: Tensor, block: int) -> Tensor:
    """P(pool = 1), the sums over blocks."""
    return avg_pool2d(h, block) * block**2


def of_layer(layer: ConvRbm, seen: Tensor, hiddens: Tensor) -> Tensor:
    """E of one layer for all pairs of what it sees (n, C, H, W) and hiddens (m, K, H', W') on a torus: (n, m)."""
    inner = -(seen * layer.visible_bias.view(-1, 1, 1)).sum((1, 2, 3))
    total = plain_up(seen, layer.weights, TORUS) + layer.hidden_bias.view(-1, 1, 1)
    return layer.gain * (inner[:, None] - total.flatten(1) @ hiddens.flatten(1).t())


def test_chains_settle_to_the_enumerated_probabilities_of_all_layers() -> None:
    model = random_cdbn(ConvSpec(1, 2, 2, Visible.BERNOULLI, 1.0, 1.0, ("2x2/1",)), side=4, scale=2.5)
    model.each[1].log_variance.zero_()
    model.each[1].weights.mul_(6)
    model.each[1].hidden_bias.sub_(1)
    size, count = (2, 4), 60_000
    v = all_states(8).float().view(-1, 1, *size)
    first = torch.tensor(list(itertools.product(BLOCK, repeat=2)))  # two blocks of four: (25, 2, 4)
    h1 = torch.stack([torch.cat((a.view(2, 2), b.view(2, 2)), 1) for a, b in first])[:, None]  # (25, 1, 2, 4)
    pooled = first.sum(2).view(-1, 1, 1, 2)
    h2 = all_states(4).float().view(-1, 2, 1, 2)
    energy = of_layer(model.each[0], v, h1)[:, :, None] + of_layer(model.each[1], pooled, h2)[None]
    probabilities = torch.softmax(-energy.double().flatten(), 0).view(energy.shape)
    alone = torch.softmax(-of_layer(model.each[0], v, h1).double().flatten(), 0).view(256, 25).sum(1)
    chain = GibbsChain(model, count, Noise(7), Controls(), size)
    chain.step(60)
    seen = (chain.sample().flatten(1).long() * 2 ** torch.arange(7, -1, -1)).sum(1)
    above = (chain.state().hiddens[0].flatten(1).long() * 2 ** torch.arange(3, -1, -1)).sum(1)
    for index, expected, kinds in (
        (seen, probabilities.sum((1, 2)), 256),
        (above, probabilities.sum((0, 1)), 16),
    ):
        counts = torch.bincount(index, minlength=kinds).double()
        often = expected * count > 5
        counts, expected = (
            torch.cat((part[often], part[~often].sum()[None].clamp_min(1e-9))) for part in (counts, expected)
        )
        freedom = len(counts) - 1
        assert chi_square(counts, expected) < freedom + 4 * (2 * freedom) ** 0.5
    wrong = chi_square(torch.bincount(seen, minlength=256).double(), alone)
    assert wrong > 255 + 12 * 510**0.5, "the layer above matters, so that this proves something"


@pytest.mark.parametrize("wrap", WRAPS, ids=str)
def test_the_maps_of_all_layers_fit_a_canvas_of_a_valid_size(wrap: Wrap) -> None:
    model = random_cdbn(three(), channels=2)
    size = model.valid_size((19, 26), wrap)
    assert all(meets or whole >= asked for whole, asked, meets in zip(size, (19, 26), wrap, strict=True))
    hiddens = model.mean_field(Noise(1).normal((2, 2, *size)), wrap)
    height, width = size
    for layer, found in zip(model.each, hiddens, strict=True):
        height, width = (
            length if meets else length - layer.side + 1 for length, meets in zip((height, width), wrap, strict=True)
        )
        assert found.shape[2:] == (height, width)
        assert height % layer.block == width % layer.block == 0
        height, width = height // layer.block, width // layer.block


def test_mean_field_settles_where_every_layer_is_given_the_means_of_its_neighbours() -> None:
    model = random_cdbn(three(), scale=0.2)
    v = Noise(2).normal((1, 1, 16, 16))
    hiddens = model.mean_field(v, TORUS, iterations=60)
    first, second, _ = model.each
    given = second.hidden_given_visible(pooled(hiddens[0], 2), TORUS, top_down=model.top_down(2, hiddens[2], TORUS))
    assert torch.allclose(hiddens[1], given, atol=1e-4)
    given = first.hidden_given_visible(v, TORUS, top_down=model.top_down(1, hiddens[1], TORUS))
    assert torch.allclose(hiddens[0], given, atol=1e-4)
    assert not torch.allclose(hiddens[0], first.hidden_given_visible(v, TORUS), atol=1e-2)


def test_the_first_round_of_mean_field_goes_up_alone_and_each_further_one_looks_above() -> None:
    model = random_cdbn(three())
    asked: list[None] = []
    v = Noise(2).normal((2, 1, 12, 12))
    alone = model.mean_field(v, TORUS, iterations=0, between=lambda: asked.append(None))
    assert len(asked) == len(model.each)
    below = v
    for layer, h in zip(model.each, alone, strict=True):
        assert torch.allclose(h, layer.hidden_given_visible(below, TORUS), atol=1e-6)
        below = pooled(h, layer.block)
    below, found = v, list(alone)
    for number, layer in enumerate(model.each):
        above = None if number == 2 else model.top_down(number + 1, found[number + 1], TORUS)
        found[number] = layer.hidden_given_visible(below, TORUS, top_down=above)
        below = pooled(found[number], layer.block)
    again = model.mean_field(v, TORUS, iterations=1, between=lambda: asked.append(None))
    assert len(asked) == 3 * len(model.each)
    assert all(torch.allclose(h, wanted, atol=1e-6) for h, wanted in zip(again, found, strict=True))


def test_up_and_down_every_layer_is_given_what_it_saw_and_the_one_above() -> None:
    model = random_cdbn(three())
    v = model.whole(Noise(2).normal((2, 1, 12, 12)))
    first, second, third = model.each
    saw_second = pooled(first.hidden_given_visible(v), 2)
    saw_third = pooled(second.hidden_given_visible(saw_second), 2)
    h = third.hidden_given_visible(saw_third)
    h = second.hidden_given_visible(saw_second, top_down=model.top_down(2, h, NOWHERE))
    h = first.hidden_given_visible(v, top_down=model.top_down(1, h, NOWHERE))
    assert torch.allclose(model.up_and_down(v), first.visible_given_hidden(h), atol=1e-6)


@pytest.mark.parametrize(("top", "side"), [("4x3/2", 10), ("4x4/1", 10), ("4x1/1", 6)])
def test_a_top_map_of_one_block_or_of_single_units_goes_down_by_its_weights(top: str, side: int) -> None:
    model = random_cdbn(ConvSpec(3, 3, 2, Visible.GAUSSIAN, 0.8, 0.8, (top,)), side=side)
    pictures = Noise(4).normal((2, 1, side, side))
    h = model.mean_upwards(pictures, 1)
    upper = model.each[1]
    plain = conv_transpose2d(h, upper.weights) + upper.visible_bias.view(-1, 1, 1)
    assert torch.allclose(model.top_down(1, h, (False, False)), plain * upper.gain, atol=1e-4)
    chain = GibbsChain(model, 2, Noise(9), Controls(wrap=(False, False)), (side, side))
    chain.step(2)
    assert chain.mean().isfinite().all()
    assert model.reconstructed(pictures, 1).shape == pictures.shape


def test_with_nothing_from_below_a_layer_follows_the_one_above() -> None:
    model = random_cdbn(ConvSpec(3, 3, 2, Visible.GAUSSIAN, 0.8, 0.8, ("4x2/1",)))
    h = (Noise(4).uniform((1, 4, 4, 4)) > 0.7).float()
    above = model.top_down(1, h, TORUS)
    units = (above + model.each[0].hidden_bias.view(-1, 1, 1) * model.each[0].gain).exp()
    each = units / (1 + 4 * units)
    detection = each.repeat_interleave(2, 2).repeat_interleave(2, 3)
    assert torch.allclose(model.generated(1, h, TORUS), model.each[0].visible_given_hidden(detection, TORUS), atol=1e-5)


@pytest.mark.parametrize("number", [1, 2])
def test_a_deeper_filter_is_the_slope_of_what_it_answers_to_pixels(number: int) -> None:
    model = random_cdbn(three(), channels=2)
    field = model.spec.fields[number]
    beyond = field + model.multiple  # a picture at whose corner the field begins
    v = Noise(5).normal((1, 2, beyond, beyond)).requires_grad_()
    seen = v
    for layer in model.each[:number]:
        seen = avg_pool2d(torch.nn.functional.conv2d(seen, layer.weights), layer.block)
    answer = torch.nn.functional.conv2d(seen, model.each[number].weights)
    (slope,) = torch.autograd.grad(answer[0, 1, 0, 0], v)
    assert torch.allclose(model.filters(number)[1], slope[0, :, :field, :field], atol=1e-5)
    assert float(slope[0, :, field:].abs().max()) == float(slope[0, :, :, field:].abs().max()) == 0
    assert model.filters(number).shape == (model.each[number].hidden, 2, field, field)


def test_features_are_those_of_each_layer_in_turn() -> None:
    model, pictures = random_cdbn(three(), side=20), Noise(6).normal((3, 1, 20, 20))
    found = model.pooled(pictures)
    below = pictures
    for number, (layer, features) in enumerate(zip(model.each, found, strict=True)):
        assert torch.equal(model.below(pictures, number), below)
        assert torch.equal(features, layer.pooled(below)[0])
        below = features
    activity = model.activity(pictures)
    assert activity.shape == (9,)
    assert activity[3:7].tolist() == pytest.approx(model.each[1].activity(found[0]).tolist())
    assert torch.equal(model.responses(pictures, 4), model.each[1].responses(found[0], 1))
    top, left, height, width = model.place(4, 1)
    assert (top, left, height, width) == (0, 2, model.spec.fields[1], model.spec.fields[1])
    assert model.reconstructed(pictures, 2).shape == pictures.shape


@pytest.mark.parametrize("wrap", WRAPS, ids=str)
def test_it_plays_like_any_instrument(wrap: Wrap) -> None:
    model = random_cdbn(three())
    known = Noise(8).normal((1, 24, 32))
    mask = torch.zeros(1, 24, 32, dtype=torch.bool)
    mask[:, :9] = True
    one, other = (GibbsChain(model, 2, Noise(9), Controls(wrap=wrap), (24, 32)) for _ in range(2))
    for chain in (one, other):
        chain.step(2)
        chain.clamp(known, mask)
        chain.step(2)
    assert torch.equal(one.sample(), other.sample())
    assert torch.equal(one.sample()[:, :, :9], known[:, :9].expand(2, 1, -1, -1))
    assert not torch.equal(one.sample()[0, :, 9:], one.sample()[1, :, 9:])
    picture = one.sample()
    one.clamp(None, None)
    one.resize((36, 44))
    assert torch.equal(one.sample()[:, :, :24, :32], picture)
    one.step()
    assert one.mean().shape == (2, 1, 36, 44)


def test_filters_of_any_layer_are_muted_and_held() -> None:
    model = random_cdbn(three())
    gain, hold = torch.ones(9), torch.zeros(9)
    gain[4], hold[8] = 0, 1
    chain = GibbsChain(model, 1, Noise(1), Controls(gain=gain, hold=hold), (24, 24))
    chain.step(3)
    second, third = chain.state().hiddens
    assert float(second[:, 1].sum()) == 0 < float(second.sum())
    assert float(third[:, 1].min()) == 1


def test_a_muted_filter_says_nothing_upwards_and_one_above_adds_as_much_as_its_gain() -> None:
    model = random_cdbn(ConvSpec(3, 3, 2, Visible.GAUSSIAN, 0.8, 0.8, ("4x3/2",)))
    chain = GibbsChain(model, 1, Noise(1), size=(16, 20))
    chain.step(2)
    state = chain.state()

    def climbed(made: Cdbn, gain: Tensor) -> tuple[Tensor, Tensor]:
        own = made.controls_of(Controls(gain=gain))
        return made.climbed(state.visible, state.hiddens, own, FieldNoise.of_sweep(Noise(2)))[:2]

    below = climbed(model, torch.tensor([0.0, *[1.0] * 6]))[1]
    assert float(below[:, 0].sum()) == 0 < float(below[:, 1].sum())

    quiet = climbed(model, torch.tensor([*[1.0] * 3, *[0.5] * 4]))[0]
    model.each[1].weights.mul_(0.5)
    assert torch.allclose(quiet, climbed(model, torch.ones(7))[0], atol=1e-5)


def test_a_temperature_divides_the_energy_of_every_layer() -> None:
    warm, wide = (random_cdbn(three(Visible.BERNOULLI)) for _ in range(2))
    for layer in wide.each:
        layer.log_variance += math.log(2.0)
    chains = [
        GibbsChain(model, 2, Noise(1), Controls(temperature=temperature), (24, 24))
        for model, temperature in ((warm, 2.0), (wide, 1.0))
    ]
    for chain in chains:
        chain.step(4)
    assert torch.allclose(chains[0].mean(), chains[1].mean(), atol=1e-5)


def test_a_canvas_that_rolls_draws_the_layers_above_anew() -> None:
    model = random_cdbn(three())
    rolled = GibbsChain(model, 1, Noise(3), Controls(roll=True), (24, 24))
    still = GibbsChain(model, 1, Noise(3), Controls(), (24, 24))
    for chain in (rolled, still):
        chain.step(6)
    assert rolled.mean().isfinite().all()
    assert not torch.equal(rolled.mean(), still.mean())


def test_what_is_asked_of_no_layer_is_said() -> None:
    with pytest.raises(SettingsError, match="no layer 3"):
        random_cdbn(three()).filters(3)
    with pytest.raises(IndexError):
        random_cdbn(three()).owner(9)


def test_a_network_begins_with_quiet_filters_in_every_layer() -> None:
    model = Cdbn(three(), (1, 20, 20))
    model.initialise(Noise(0))
    assert all(float(layer.weights.std()) == pytest.approx(0.01, rel=0.3) for layer in model.each)
    assert small().layers == small().with_layers(small().layers).layers
