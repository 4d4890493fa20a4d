"""GibbsChain: the right distribution, and controls that hold exactly what they promise."""

from __future__ import annotations

import pytest
import torch

from studio.models.chain import Controls, GibbsChain
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import Visible
from tests.unit.models.enumeration import all_states, chi_square, index_of, joint, random_rbm

COUNT = 20_000


def settled(model: Rbm, controls: Controls, sweeps: int = 60) -> GibbsChain:
    chain = GibbsChain(model, COUNT, Noise(21), controls)
    chain.step(sweeps)
    return chain


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_samples_follow_the_enumerated_probabilities(temperature: float) -> None:
    model = random_rbm(6)
    expected = joint(model, temperature).sum(1)
    chain = settled(model.float(), Controls(temperature=temperature))
    counts = torch.bincount(index_of(chain.sample().flatten(1)), minlength=16).double()
    assert chi_square(counts, expected) < 37.7  # 15 degrees of freedom, p = .001
    assert chain.sweeps == 60


def test_a_wrong_temperature_would_be_noticed() -> None:
    model = random_rbm(6)
    expected = joint(model, 1.0).sum(1)
    chain = settled(model.float(), Controls(temperature=1.3))
    counts = torch.bincount(index_of(chain.sample().flatten(1)), minlength=16).double()
    assert chi_square(counts, expected) > 100


def test_clamped_chains_follow_the_conditional() -> None:
    model = random_rbm(7)
    mask = torch.tensor([[[True, False], [False, True]]])
    known = torch.tensor([[[1.0, 9], [9, 0]]])
    fits = (all_states(4)[:, 0] == 1) & (all_states(4)[:, 3] == 0)
    expected = joint(model).sum(1)[fits]
    chain = settled(model.float(), Controls(known=known, mask=mask))
    counts = torch.bincount(index_of(chain.sample().flatten(1)), minlength=16)[fits].double()
    assert counts.sum() == COUNT
    assert chi_square(counts, expected / expected.sum()) < 16.3  # 3 degrees of freedom, p = .001


@pytest.mark.parametrize("visible", list(Visible))
def test_a_clamped_pixel_never_moves(visible: Visible) -> None:
    model = random_rbm(8, visible).float()
    known = torch.tensor([[[[0.1, 0.3], [0.7, 1.3]]]])
    mask = torch.tensor([[[[True, False], [True, False]]]])

    def held(chain: GibbsChain) -> bool:
        return all(
            torch.equal(shown[..., 0], known[..., 0].expand(5, -1, -1)) for shown in (chain.sample(), chain.mean())
        )

    free = GibbsChain(model, 5, Noise(0))
    before = free.state()
    chain = GibbsChain(model, 5, Noise(0), Controls(known=known, mask=mask, rho=0.4))
    assert held(chain)
    for _ in range(20):
        chain.step()
        assert held(chain)
    chain.start(torch.zeros(1, 1, 2, 2))
    assert held(chain)
    chain.restore(before)
    assert held(chain)
    assert torch.equal(chain.sample()[..., 1], model.picture(before, "sample")[..., 1])
    free.clamp(known, mask)
    assert held(free)
    free.clamp(None, None)
    free.step(5)
    assert not held(free)


def test_a_state_is_returned_to_exactly() -> None:
    model = random_rbm(9).float()
    chain = GibbsChain(model, 4, Noise(3))
    chain.step(5)
    state, noise = chain.state(), chain.noise.state()
    chain.step(3)
    first = chain.state()
    chain.restore(state, 5)
    chain.noise.restore(noise)
    chain.step(3)
    assert chain.sweeps == 8
    assert torch.equal(chain.sample().flatten(1), first.visible)
    assert torch.equal(chain.mean().flatten(1), first.mean)


def test_starting_from_a_picture_copies_it_for_every_chain() -> None:
    chain = GibbsChain(random_rbm(9).float(), 3, Noise(3))
    picture = torch.tensor([[[[0.0, 1], [1, 0]]]])
    chain.step(4)
    chain.start(picture)
    assert chain.sweeps == 0
    assert torch.equal(chain.sample(), picture.expand(3, -1, -1, -1))
    chain.step()
    assert picture.flatten().tolist() == [0, 1, 1, 0]


def test_muted_units_are_off_and_held_ones_on_in_every_sweep() -> None:
    model = random_rbm(10).float()
    controls = Controls(gain=torch.tensor([0.0, 1.0, 1.0]), hold=torch.tensor([0.0, 1.0, 0.0]))
    chain = GibbsChain(model, COUNT, Noise(4), controls)
    for _ in range(20):
        chain.step()
        hidden = chain.state().hiddens[0]
        assert not hidden[:, 0].any()
        assert hidden[:, 1].all()
    assert 0 < float(hidden[:, 2].mean()) < 1


def test_a_muted_unit_that_is_held_stays_muted() -> None:
    model = random_rbm(10).float()
    controls = Controls(gain=torch.tensor([0.0, 1.0, 1.0]), hold=torch.ones(3))
    probability = model.hidden_given_visible(all_states(4).float(), controls)
    assert torch.equal(probability, torch.tensor([0.0, 1.0, 1.0]).expand(16, -1))


@pytest.mark.parametrize("visible", list(Visible))
def test_gain_scales_what_a_unit_draws(visible: Visible) -> None:
    model = random_rbm(11, visible)
    hiddens, gain = all_states(3), torch.tensor([0.0, 0.5, 3.0]).double()
    total = model.visible_bias + hiddens * gain @ model.weights.t()
    expected = total if visible is Visible.GAUSSIAN else torch.sigmoid(total / 1.5)
    drawn = model.visible_given_hidden(hiddens, Controls(temperature=1.5, gain=gain))
    assert torch.allclose(drawn, expected, atol=1e-12)
    whole = model.visible_given_hidden(hiddens, Controls(gain=torch.ones(3).double()))
    assert torch.equal(whole, model.visible_given_hidden(hiddens))
