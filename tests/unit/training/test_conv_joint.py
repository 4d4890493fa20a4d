"""A layer learned in the whole network: given its posterior, silent at first, then what the layer below leaves out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.models.cdbn import Cdbn
from studio.models.chain import GibbsChain
from studio.models.conv_grid import Wrap
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, Visible
from studio.training import conv_joint
from studio.training.adam import Adam
from studio.training.conv_joint import ConvJoint, posterior
from studio.training.settings import RENEW_EVERY, Optimiser, Rule, TrainSettings
from studio.training.terms import Dense, Term
from tests.unit.models.enumeration import all_states, chi_square
from tests.unit.models.test_cdbn import BLOCK, of_layer, random_cdbn, three

TORUS: Wrap = (True, True)
SETTINGS = TrainSettings(rule=Rule.PCD, batch=8, chains=6, learning_rate=0.05, optimiser=Optimiser.ADAM, steps=100)
PERIOD = 6


def test_hiddens_of_a_crop_follow_the_enumerated_posterior() -> None:
    model = random_cdbn(ConvSpec(1, 2, 2, Visible.BERNOULLI, 1.0, 1.0, ("2x2/1",)), side=4, scale=2.5)
    model.each[1].log_variance.zero_()
    model.each[1].weights.mul_(6)
    count = 20_000
    v = (Noise(2).uniform((1, 1, 2, 4)) > 0.5).float()
    first = torch.tensor(list(itertools.product(BLOCK, repeat=2)))
    h1 = torch.stack([torch.cat((a.view(2, 2), b.view(2, 2)), 1) for a, b in first])[:, None]
    pooled = first.sum(2).view(-1, 1, 1, 2)
    energy = of_layer(model.each[0], v, h1)[0, :, None] + of_layer(
        model.each[1], pooled, all_states(4).float().view(-1, 2, 1, 2)
    )
    states = torch.softmax(-energy.double().flatten(), 0).view(energy.shape).sum(1)
    expected = torch.zeros(4, dtype=torch.float64).index_add_(
        0, (pooled.flatten(1) @ torch.tensor([2.0, 1.0])).long(), states
    )
    drawn = posterior(model, v.expand(count, -1, -1, -1), Noise(5), TORUS, rounds=12)
    counts = torch.bincount((drawn.flatten(1) @ torch.tensor([2.0, 1.0])).long(), minlength=4).double()
    assert chi_square(counts, expected) < 16.3  # 3 degrees of freedom, p = .001
    upward = posterior(model, v.expand(count, -1, -1, -1), Noise(5), TORUS, rounds=1)
    alone = torch.bincount((upward.flatten(1) @ torch.tensor([2.0, 1.0])).long(), minlength=4).double()
    assert chi_square(alone, expected) > 100, "the layer above matters, so that this proves something"


def test_a_layer_of_nothing_leaves_the_dream_as_it_was() -> None:
    model = random_cdbn(ConvSpec(3, 3, 2, Visible.GAUSSIAN, 0.8, 0.8, ("4x3/2",)))
    model.each[1].weights.zero_()
    model.each[1].visible_bias.zero_()
    deep, flat = (GibbsChain(made, 1, Noise(4), size=(16, 20)) for made in (model, model.each[0]))
    with torch.no_grad():
        deep.step(3)
        flat.step(3)
    assert torch.equal(deep.mean(), flat.mean())


def value(term: Term) -> Tensor:
    assert isinstance(term, Dense)
    return term.value


def test_directions_are_counted_from_the_means_of_data_and_model(monkeypatch: pytest.MonkeyPatch) -> None:
    model = random_cdbn(ConvSpec(2, 3, 2, Visible.BERNOULLI, 1.0, 1.0, ("3x2/2",)), side=12)
    layer, noise = model.each[1], Noise(3)
    data, dreamt = (noise.bernoulli(torch.full((5, 2, 5, 5), share)) for share in (0.3, 0.6))
    rule = ConvJoint(model, TrainSettings(rule=Rule.PCD, chains=1), noise, whole=True)
    monkeypatch.setattr(conv_joint, "posterior", lambda *_: data)
    monkeypatch.setattr(rule, "_move", lambda _place: dreamt)
    terms = rule.terms(noise.uniform((5, 1, 12, 12)), SETTINGS)

    firing = [layer.hidden_given_visible(seen) for seen in (data, dreamt)]
    rates, means = ([part.mean((0, 2, 3)) for part in parts] for parts in (firing, (data, dreamt)))
    rate, mean = (torch.stack(both).mean(0) for both in (rates, means))
    products = [
        torch.stack(
            [torch.einsum("nkhw,nchw->kc", h, p[:, :, y : y + 4, x : x + 4]) for y in (0, 1) for x in (0, 1)], 2
        )
        / h[:, 0].numel()
        for h, p in zip(firing, (data, dreamt), strict=True)
    ]
    weights = products[0] - products[1]
    weights -= torch.outer(rates[0] - rates[1], mean)[..., None] + torch.outer(rate, means[0] - means[1])[..., None]
    assert torch.allclose(value(terms["weights"]).flatten(2), weights, atol=1e-5)
    taps = weights.sum(2)
    assert torch.allclose(value(terms["hidden_bias"]), rates[0] - rates[1] - taps @ mean, atol=1e-5)
    assert torch.allclose(value(terms["visible_bias"]), means[0] - means[1] - rate @ taps, atol=1e-5)


def striped() -> tuple[Cdbn, ConvJoint]:
    """A filter of one pixel, which knows how often pixels are lit, under a layer that sees six by six of them."""
    model = Cdbn(ConvSpec(1, 1, 1, Visible.GAUSSIAN, 0.3, 0.3, ("4x6/1",)), (1, 18, 18))
    pixels, above = model.each
    # On with probability 1/2, at 1 where it is on and at 0 where not: as many pixels as stripes light.
    pixels.weights.fill_(1.0)
    pixels.hidden_bias.fill_(-0.5)
    noise = Noise(1)
    above.initialise(noise, 0.02 * above.deviation**2, -(above.deviation**2))
    return model, ConvJoint(model, SETTINGS, noise)


def lit(rng: np.random.Generator) -> Tensor:
    """Crops of upright stripes, three pixels lit and three dark."""
    wave = (np.arange(60) // (PERIOD // 2) % 2).astype(np.float32)
    rows = np.stack([wave[start : start + 18] for start in rng.integers(0, 40, SETTINGS.batch)])
    crops = np.broadcast_to(rows[:, None, None], (SETTINGS.batch, 1, 18, 18)).copy()
    return torch.from_numpy(crops + 0.3 * rng.standard_normal(crops.shape, np.float32))


def repeats(model: Cdbn) -> float:
    """Correlation of a dream's mean with itself, half a stripe further: -1 for stripes, 0 for noise."""
    chain = GibbsChain(model, 2, Noise(9), size=(24, 24))
    chain.step(30)
    dream = chain.mean() - chain.mean().mean()
    return float((dream * dream.roll(PERIOD // 2, 3)).mean() / dream.square().mean())


def test_what_the_layer_below_leaves_out_is_learned_and_dreamt() -> None:
    model, rule = striped()
    below = {name: tensor.clone() for name, tensor in model.each[0].saved().items()}
    rng, adam = np.random.default_rng(0), Adam()
    with torch.no_grad():
        assert abs(repeats(model)) < 0.2
        for _ in range(150):
            for name, term in rule.terms(lit(rng), SETTINGS).items():
                assert isinstance(term, Dense)
                adam.add_to(name, rule.layer.learned()[name], term.value, 0.05 * rule.rate_of(name))
        assert repeats(model) < -0.6
    assert all(torch.equal(tensor, below[name]) for name, tensor in model.each[0].saved().items())


def test_chains_are_of_the_whole_network_and_begin_anew_in_turn() -> None:
    _, rule = striped()
    assert len({chain.visible.shape[2:] for chain in rule.chains}) == 3
    rule.terms(lit(np.random.default_rng(1)), SETTINGS)
    assert all(len(chain.hiddens) == 1 for chain in rule.chains)
    for chain in rule.chains:
        chain.visible.fill_(50)
        chain.hiddens[0].fill_(2)
    rule.updates = RENEW_EVERY
    rule._renew()
    assert int((torch.cat([chain.visible.flatten(1).amin(1) for chain in rule.chains]) < 40).sum()) == 1
    assert int((torch.cat([chain.hiddens[0].flatten(1).amax(1) for chain in rule.chains]) < 2).sum()) == 1


def test_it_goes_on_from_its_state() -> None:
    (_, rule), (_, twin) = striped(), striped()
    crops = lit(np.random.default_rng(1))
    with torch.no_grad():
        rule.terms(crops, SETTINGS)
        twin.restore(rule.state())
        twin.noise.restore(rule.noise.state())
        mine, theirs = rule.terms(crops, SETTINGS), twin.terms(crops, SETTINGS)
    assert twin.updates == 2
    for name, term in mine.items():
        other = theirs[name]
        assert isinstance(term, Dense)
        assert isinstance(other, Dense)
        assert torch.equal(term.value, other.value)


def test_a_third_layer_is_learned_in_three() -> None:
    model = random_cdbn(three(), side=24, scale=0.1)
    before = [layer.weights.clone() for layer in model.each]
    rule = ConvJoint(model, SETTINGS, Noise(3))
    with torch.no_grad():
        terms = rule.terms(Noise(4).normal((3, 1, 24, 24)), SETTINGS)
    weights = terms["weights"]
    assert isinstance(weights, Dense)
    assert weights.value.shape == model.each[2].weights.shape
    assert float(weights.value.abs().max()) > 0
    assert all(torch.equal(layer.weights, old) for layer, old in zip(model.each, before, strict=True))


def test_chains_of_whole_pictures_have_their_borders() -> None:
    """Pictures of 23 px are brought up to a size that fits all layers, and so are chains, which begin anew there."""
    model = random_cdbn(three(), side=23, scale=0.1)
    rule = ConvJoint(model, SETTINGS, Noise(3), whole=True)
    canvas = model.valid_size((23, 23))
    with torch.no_grad():
        rule.terms(Noise(4).normal((3, 1, 23, 23)), SETTINGS)
        rule.updates = RENEW_EVERY
        rule._renew()
    (chain,) = rule.chains
    assert tuple(chain.visible.shape) == (SETTINGS.chains, 1, *canvas)
    assert chain.wrap == (False, False)
    twin = ConvJoint(model, SETTINGS, Noise(5), whole=True)
    twin.restore(rule.state())
    assert torch.equal(twin.chains[0].visible, chain.visible)
    assert twin.chains[0].wrap == (False, False)


def test_directions_are_those_of_units_counted_from_their_means() -> None:
    _, rule = striped()
    noise = Noise(8)
    weights, hidden, visible = noise.normal((4, 1, 6, 6)), noise.normal((4,)), noise.normal((1,))
    firing, seen = noise.uniform((4,)), noise.uniform((1,))
    terms = rule._centred(weights.clone(), hidden, visible, firing, seen)
    moved = {name: term.value for name, term in terms.items() if isinstance(term, Dense)}
    wanted = weights - hidden.view(4, 1, 1, 1) * seen - firing.view(4, 1, 1, 1) * visible
    assert torch.allclose(moved["weights"], wanted)
    # Where all pixels are at their mean, and all units, inputs move by the slopes of the biases alone.
    assert torch.allclose(moved["hidden_bias"] + moved["weights"].sum((1, 2, 3)) * seen, hidden, atol=1e-4)
    assert torch.allclose(
        moved["visible_bias"] + (moved["weights"].sum((2, 3)) * firing[:, None]).sum(0), visible, atol=1e-4
    )
