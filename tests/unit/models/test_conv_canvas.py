"""Dreams of the convolutional RBM: clamps, seams, sizes, controls, and the same picture from the same seed."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.chain import Controls, GibbsChain
from studio.models.noise import Noise
from studio.models.spec import Visible
from tests.unit.models.conv import random_conv, small

SIZE = (12, 10)


def chain(controls: Controls | None = None, size: tuple[int, int] = SIZE, seed: int = 4, count: int = 1) -> GibbsChain:
    return GibbsChain(random_conv(), count, Noise(seed), controls, size)


def played(controls: Controls | None = None, seed: int = 4, sweeps: int = 5) -> Tensor:
    one = chain(controls, seed=seed)
    one.step(sweeps)
    return one.sample()


@pytest.mark.parametrize("wrap", [(True, True), (False, False), (True, False)])
@pytest.mark.parametrize("size", [SIZE, (11, 9)])
def test_a_clamped_pixel_never_moves(wrap: tuple[bool, bool], size: tuple[int, int]) -> None:
    known = Noise(1).normal((1, 1, *size))
    mask = Noise(2).uniform((1, 1, *size)) > 0.5
    one = chain(Controls(wrap=wrap, roll=True, rho=0.5), size)
    one.clamp(known, mask)
    for _ in range(4):
        one.step()
        for shown in (one.mean(), one.sample()):
            assert shown.shape == (1, 1, *size)
            assert torch.equal(shown[mask], known[mask])
            assert not torch.equal(shown[~mask], known[~mask])
    one.clamp(None, None)
    one.step()
    assert not torch.equal(one.sample()[mask], known[mask])


def test_the_same_seed_dreams_the_same_and_another_another() -> None:
    assert torch.equal(played(), played())
    assert not torch.equal(played(), played(seed=5))
    assert not torch.equal(played(), played(Controls(roll=True)))


def test_a_larger_canvas_keeps_what_is_there() -> None:
    one = chain()
    one.step(3)
    before = one.sample()
    one.resize((20, 16))
    assert torch.equal(one.sample()[:, :, :12, :10], before)
    one.step()
    assert one.sample().shape == (1, 1, 20, 16)


def test_turning_the_seam_off_keeps_what_is_shown() -> None:
    model, one = random_conv(), chain()
    one.step(3)
    state = model.fitted(one.state(), Controls(wrap=(False, False)))
    assert torch.equal(model.picture(state, "sample"), one.sample())
    assert torch.equal(model.picture(state, "mean"), one.mean())


def test_pictures_to_start_from_are_shown_exactly() -> None:
    picture = Noise(1).normal((1, 1, *SIZE))
    one = chain(count=3)
    one.start(picture)
    assert torch.equal(one.sample(), picture.expand(3, -1, -1, -1))
    with pytest.raises(SettingsError, match="cannot be dreamt on"):
        chain(size=(0, 4))


def test_a_muted_filter_is_as_good_as_absent_and_a_held_one_is_everywhere() -> None:
    model = random_conv()
    v = Noise(1).normal((1, 1, *SIZE))
    muted = model.hidden_given_visible(v, (True, True), Controls(gain=torch.tensor([0.0, 1.0, 1.0])))
    assert not muted[:, 0].any()
    assert torch.equal(muted[:, 1:], model.hidden_given_visible(v, (True, True))[:, 1:])
    held = model.pooled_given_visible(v, (True, True), Controls(hold=torch.tensor([0.0, 1.0, 0.0])))
    assert torch.allclose(held[:, 1], torch.ones(1, 6, 5), atol=1e-5)
    without = random_conv()
    without.weights[0] = 0
    controls = Controls(gain=torch.tensor([0.0, 1.0, 1.0]))
    assert torch.allclose(model.expected(v, controls), without.expected(v), atol=1e-5)


def test_smooth_steps_leave_the_distribution_as_it_is() -> None:
    model = random_conv(scale=0.0)  # its visibles are independent normals about c
    still, smooth = (GibbsChain(model, 200, Noise(4), Controls(rho=rho), SIZE) for rho in (0.0, 0.9))
    for one in (still, smooth):
        one.step(30)
    for one in (still, smooth):
        drawn = one.sample().double()
        assert float(drawn.mean()) == pytest.approx(float(model.visible_bias), abs=0.03)
        assert float(drawn.std()) == pytest.approx(0.8, rel=0.03)
    before = smooth.sample()
    smooth.step()
    moved = float((smooth.sample() - before).std())
    assert moved == pytest.approx(0.8 * (2 * (1 - 0.9)) ** 0.5, rel=0.05)


def test_temperature_widens_what_is_drawn() -> None:
    model = random_conv(scale=0.0)
    one = GibbsChain(model, 100, Noise(4), Controls(temperature=4.0), SIZE)
    one.step()
    assert float(one.sample().std()) == pytest.approx(1.6, rel=0.03)


def test_on_off_pixels_are_on_or_off() -> None:
    model = random_conv(small(visible=Visible.BERNOULLI))
    one = GibbsChain(model, 2, Noise(4), size=SIZE)
    one.step(3)
    assert set(one.sample().flatten().tolist()) == {0.0, 1.0}
    assert 0 < float(one.mean().min()) < float(one.mean().max()) < 1
