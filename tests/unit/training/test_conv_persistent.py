"""Chains that are kept for the convolutional RBM: unbiased directions, and a pattern that is dreamt from noise."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.models.chain import GibbsChain
from studio.models.conv_rbm import ConvRbm
from studio.models.filling import hold_around
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, Visible
from studio.training.adam import Adam
from studio.training.conv_persistent import ConvPersistent
from studio.training.settings import RENEW_EVERY, Optimiser, Rule, TrainSettings
from studio.training.terms import Dense, Term

CROP = 15
SETTINGS = TrainSettings(rule=Rule.PCD, batch=16, chains=8, learning_rate=0.01, optimiser=Optimiser.ADAM, steps=100)


def tiny(visible: Visible = Visible.GAUSSIAN, whole: bool = False) -> tuple[ConvRbm, ConvPersistent]:
    spec = ConvSpec(6, 4, 2, visible, deviation=0.5 if visible is Visible.GAUSSIAN else 1.0, first_deviation=1.0)
    model = ConvRbm(spec, (1, CROP, CROP))
    noise = Noise(1)
    model.initialise(noise, 0.1, -0.2)
    model.visible_bias.fill_(0.2)
    return model, ConvPersistent(model, SETTINGS, noise, whole)


def value(term: Term) -> Tensor:
    assert isinstance(term, Dense)
    return term.value


def test_chains_live_on_several_tori_larger_than_the_crop() -> None:
    model, rule = tiny()
    sizes = [tuple(chain.shape[2:]) for chain in rule.chains]
    assert len(set(sizes)) == 3
    assert all(min(size) > CROP and size[0] % 2 == size[1] % 2 == 0 for size in sizes)
    assert sum(len(chain) for chain in rule.chains) == SETTINGS.chains
    assert model.deviation == pytest.approx(0.5)


def test_chains_of_whole_pictures_live_on_their_canvas_with_its_borders() -> None:
    """16 px and a filter of 4 need 17 for maps of whole blocks: the canvas of the pictures, and no torus."""
    spec = ConvSpec(6, 4, 2, deviation=0.5, first_deviation=0.5)
    model = ConvRbm(spec, (1, 16, 16))
    rule = ConvPersistent(model, SETTINGS, Noise(1), whole=True)
    assert [tuple(chain.shape) for chain in rule.chains] == [(SETTINGS.chains, 1, 17, 17)]
    assert rule.controls.wrap == (False, False)
    rule.terms(Noise(3).normal((16, 1, 16, 16)), SETTINGS)
    rule.updates = RENEW_EVERY
    rule._renew()
    assert tuple(rule.chains[0].shape) == (SETTINGS.chains, 1, 17, 17)


@pytest.mark.parametrize("visible", list(Visible))
@pytest.mark.parametrize("whole", [False, True])
def test_a_model_that_fits_has_no_direction(visible: Visible, whole: bool) -> None:
    """With crops of the own dreams, cut where its blocks are, or whole ones, directions vanish on average."""
    model, rule = tiny(visible, whole)
    settings = dataclasses.replace(SETTINGS, gibbs_steps=4)
    size, first = (CROP, (0, 0)) if whole else (24, (4, 8))
    data = GibbsChain(model, 100, Noise(7), rule.controls, (size, size))
    data.step(60)
    for place, chain in enumerate(rule.chains):
        own = chain.shape[2], chain.shape[3]
        settled = GibbsChain(model, len(chain), Noise(9 + place), rule.controls, own)
        settled.step(60)
        rule.chains[place] = settled.state().visible
    sums: dict[str, Tensor] = {}
    squares: dict[str, Tensor] = {}
    count = 60
    for _ in range(count):
        data.step(4)
        seen = data.sample()[:, :, first[0] : first[0] + CROP, first[1] : first[1] + CROP]
        for name, term in rule.terms(seen, settings).items():
            sums[name] = sums.get(name, 0) + value(term)
            squares[name] = squares.get(name, 0) + value(term) ** 2
    for name, total in sums.items():
        error = (squares[name] / count - (total / count) ** 2).clamp_min(1e-12).sqrt() / count**0.5
        # .8 on average, did successive draws not hang together
        surprise = float(((total / count) / error).abs().mean())
        assert surprise < (1.6 if total.numel() > 1 else 3), name


def test_directions_are_data_less_model() -> None:
    model, rule = tiny()
    crops = Noise(3).normal((16, 1, CROP, CROP))
    chains = [chain.clone() for chain in rule.chains]
    torus = (True, True)
    terms = rule.terms(crops, SETTINGS)
    pixels = sum(chain.numel() for chain in chains)
    mean = crops.mean() - sum(chain.sum() for chain in chains) / pixels
    assert torch.allclose(value(terms["visible_bias"]), mean * model.gain, atol=1e-4)
    firing = sum(model.hidden_given_visible(chain, torus).sum((0, 2, 3)) for chain in chains) / pixels
    wanted = model.hidden_given_visible(crops).mean((0, 2, 3)) - firing
    assert torch.allclose(value(terms["hidden_bias"]), wanted, atol=1e-5)
    assert not any(torch.equal(before, after) for before, after in zip(chains, rule.chains, strict=True))


@pytest.mark.parametrize("name", ["weights", "hidden_bias"])
def test_inputs_move_as_those_of_a_machine_that_sees_pixels_in_units_of_s(name: str) -> None:
    crops, moved = Noise(3).normal((16, 1, CROP, CROP)), []
    for s in (0.5, 1.0):
        model = ConvRbm(ConvSpec(6, 4, 2, deviation=s, first_deviation=1.0), (1, CROP, CROP))
        noise = Noise(1)
        model.initialise(noise, 0.1 * s, -0.2 * s**2)
        rule = ConvPersistent(model, SETTINGS, noise)
        before = model.hidden_input(crops * s)
        terms = rule.terms(crops * s, SETTINGS)
        model.learned()[name].add_(value(terms[name]), alpha=rule.rate_of(name))
        moved.append(model.hidden_input(crops * s) - before)
    half, whole = moved
    assert torch.allclose(half, whole, atol=0.01 * float(whole.abs().max()))


def test_chains_begin_anew_in_turn() -> None:
    """Chains that stand at 50 leave it, one of them, at every eighth update."""
    _, rule = tiny()
    for chain in rule.chains:
        chain.fill_(50)
    for turn in range(1, 4):
        rule.updates = turn * RENEW_EVERY
        rule._renew()
        rows = torch.cat([chain.flatten(1).amin(1) for chain in rule.chains])
        assert int((rows < 40).sum()) == turn
    rule.updates += 1
    rule._renew()
    assert int((torch.cat([chain.flatten(1).amin(1) for chain in rule.chains]) < 40).sum()) == 3


def test_it_goes_on_from_its_state() -> None:
    (_, rule), (_, twin) = tiny(), tiny()
    rule.terms(Noise(3).normal((16, 1, CROP, CROP)), SETTINGS)
    twin.restore(rule.state())
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(rule.chains, twin.chains, strict=True))
    assert twin.updates == 1


def test_stripes_are_learned_and_dreamt_seamlessly() -> None:
    """Stripes wider than a filter: after a few hundred steps a dream from noise is made of them."""
    model, rule = tiny()
    model.visible_bias.zero_()
    rng = np.random.default_rng(0)
    wave = np.sqrt(2) * np.sin(2 * np.pi * np.arange(64) / 6)
    adam = Adam()
    for step in range(400):
        starts = rng.integers(0, 40, 16)
        crops = np.stack([np.broadcast_to(wave[start : start + CROP, None], (CROP, CROP)) for start in starts])
        for name, term in rule.terms(torch.from_numpy(crops[:, None].astype(np.float32)), SETTINGS).items():
            rate = 0.02 * min(1, 2 - step / 200) * rule.rate_of(name)
            adam.add_to(name, model.learned()[name], value(term), rate)
    dream = GibbsChain(model, 4, Noise(5), size=(24, 24))
    dream.step(200)
    power = torch.fft.fft(dream.mean()[:, 0].mean(2), dim=1).abs()[:, 1:13].square()
    assert (power[:, 2:5].sum(1) / power.sum(1)).min() > 0.9  # about four periods
    assert float(dream.mean().std()) == pytest.approx(1, abs=0.25)


def test_a_covered_half_is_carried_on_further_than_one_pass_reaches() -> None:
    """Whole pictures of level stripes, at any height: sweep by sweep they cross a hole of three filters' width."""
    spec = ConvSpec(8, 6, 2, deviation=0.4, first_deviation=0.4)
    model = ConvRbm(spec, (1, 21, 35))
    noise = Noise(1)
    model.initialise(noise, 0.02, -0.16)
    rule = ConvPersistent(model, SETTINGS, noise, whole=True)
    rng = np.random.default_rng(0)

    def stripes(count: int) -> Tensor:
        rows = np.arange(21)[None, :] + rng.random((count, 1)) * 8
        wave = np.sqrt(2) * np.sin(2 * np.pi * rows / 8)
        return torch.from_numpy(wave.astype(np.float32))[:, None, :, None].expand(count, 1, 21, 35).contiguous()

    adam = Adam()
    for step in range(400):
        for name, term in rule.terms(stripes(16), SETTINGS).items():
            adam.add_to(name, model.learned()[name], value(term), 0.004 * min(1, 2 - step / 200) * rule.rate_of(name))
    truth = stripes(8)
    hole = np.zeros((21, 35), np.bool_)
    hole[:, :18] = True
    known = truth * torch.from_numpy(~hole)
    chain = GibbsChain(model, 8, Noise(3), size=(21, 35))
    hold_around(chain, known, hole)
    chain.step(150)
    far = (slice(None), 0, slice(3, 18), slice(3, 9))  # pixels from both borders, and beyond the reach of a filter

    def likeness(made: Tensor) -> float:
        return float(torch.nn.functional.cosine_similarity(made[far].flatten(), truth[far].flatten(), dim=0))

    upward = model.picture(model.upward(known), "mean")
    assert likeness(chain.mean()) > 0.5
    assert abs(likeness(upward)) < 0.3
