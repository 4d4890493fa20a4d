"""Muted, held and louder units, and parts with a temperature of their own, against states written out."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from studio.models.chain import Controls, GibbsChain, Instrument
from studio.models.code_spec import CodeSpec
from studio.models.latent_rbm import LatentRbm
from studio.models.noise import Noise
from studio.models.spec import Visible
from tests.unit.models.enumeration import all_states, chi_square, index_of, joint, random_rbm
from tests.unit.models.test_cdbn import random_cdbn, three
from tests.unit.models.test_tiled_pyramid import random_pyramid

COUNT = 20_000
MUTED, HELD = torch.tensor([0.0, 1.0, 1.0]), torch.tensor([0.0, 0.0, 1.0])


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_chains_follow_the_model_whose_muted_unit_is_off_and_whose_held_unit_is_on(temperature: float) -> None:
    model = random_rbm(6)
    fits = (all_states(3)[:, 0] == 0) & (all_states(3)[:, 2] == 1)
    expected = joint(model, temperature)[:, fits].sum(1)
    free = joint(model, temperature).sum(1)
    chain = GibbsChain(model.float(), COUNT, Noise(3), Controls(temperature, gain=MUTED, hold=HELD))
    chain.step(60)
    counts = torch.bincount(index_of(chain.sample().flatten(1)), minlength=16).double()
    assert chi_square(counts, expected / expected.sum()) < 37.7  # 15 degrees of freedom, p = .001
    assert chi_square(counts, free) > 100  # the free machine would be told apart


@pytest.mark.parametrize("visible", list(Visible))
def test_the_visibles_are_drawn_from_the_hiddens_at_hand(visible: Visible) -> None:
    model = random_rbm(9, visible).float()
    chain = GibbsChain(model, 50, Noise(3), Controls(gain=MUTED, hold=HELD))
    chain.step(4)
    state = chain.state()
    hidden = state.hiddens[0]
    assert not hidden[:, 0].any()
    assert hidden[:, 2].all()
    total = model.visible_bias + hidden @ model.weights.t()
    assert torch.allclose(state.mean, total if visible is Visible.GAUSSIAN else total.sigmoid(), atol=1e-6)


def test_the_units_of_codes_are_counted_after_the_filters_of_the_encoder() -> None:
    model = LatentRbm(CodeSpec(widths=(4, 5), code=6, hidden=7), (1, 8, 8))
    model.initialise(Noise(0))
    gain, hold = torch.ones(11), torch.zeros(11)
    gain[:5], hold[10] = 0, 1
    chain = GibbsChain(model, 40, Noise(1), Controls(gain=gain, hold=hold))
    chain.step(3)
    hidden = chain.state().hiddens[0]
    assert not hidden[:, 0].any()
    assert hidden[:, 6].all()
    assert 0 < float(hidden[:, 1:6].mean()) < 1


def after(model: Instrument, controls: Controls, sweeps: int = 3, state_of: int = 0) -> Tensor:
    chain = GibbsChain(model, 1, Noise(4), controls, (24, 24))
    chain.step(sweeps)
    return (chain.mean(), *chain.state().hiddens)[state_of]


def test_a_filter_of_a_layer_above_draws_as_loud_as_it_is_turned() -> None:
    model = random_cdbn(three())
    h = after(model, Controls(), state_of=1)
    gain = torch.tensor([0.0, 0.5, 1.0, 2.0])
    louder = model.top_down(1, h, (True, True), gain)
    alone = [model.top_down(1, h * (torch.arange(4) == one).view(-1, 1, 1), (True, True)) for one in range(4)]
    still = model.top_down(1, torch.zeros_like(h), (True, True))
    expected = torch.stack([g * (part - still) for g, part in zip(gain, alone, strict=True)]).sum(0)
    assert torch.allclose(louder - still, expected, atol=1e-4)
    whole = torch.ones(9)
    assert torch.equal(after(model, Controls(gain=whole)), after(model, Controls()))
    whole[3:7] = 3
    assert not torch.equal(after(model, Controls(gain=whole)), after(model, Controls()))


def test_a_layer_above_that_is_silenced_is_not_heard_from_the_next_sweep_on() -> None:
    model = random_cdbn(three())
    chain = GibbsChain(model, 1, Noise(4), Controls(), (24, 24))
    chain.step(2)
    gain = torch.ones(9)
    gain[3:] = 0
    chain.controls = Controls(gain=gain)
    before = chain.state()
    empty = dataclasses.replace(before, hiddens=(torch.zeros_like(before.hiddens[0]), before.hiddens[1]))
    silenced, still = (model.sweep(state, Controls(gain=gain), Noise(9)) for state in (before, empty))
    assert torch.equal(silenced.mean, still.mean)
    assert not torch.equal(silenced.mean, model.sweep(before, Controls(), Noise(9)).mean)


@pytest.mark.parametrize("part", [0, 1])
def test_a_part_takes_its_own_temperature(part: int) -> None:
    pyramid, deep = random_pyramid(), random_cdbn(three())
    factors = tuple(3.0 if number == part else 1.0 for number in range(3))
    assert deep.controls_of(Controls(2.0, part_temperatures=factors))[part].temperature == 6
    assert pyramid.controls_of(part, Controls(2.0, part_temperatures=factors)).temperature == 6
    assert pyramid.controls_of(2, Controls(2.0, part_temperatures=factors)).temperature == 2
    for model in (pyramid, deep):
        assert torch.equal(after(model, Controls(part_temperatures=(1.0, 1.0, 1.0))), after(model, Controls()))
        assert not torch.equal(after(model, Controls(part_temperatures=factors)), after(model, Controls()))
        assert torch.equal(after(model, Controls(part_temperatures=(2.0, 2.0, 2.0))), after(model, Controls(2.0)))
