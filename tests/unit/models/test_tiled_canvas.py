"""Tiled dreams of any size: seamless where asked, exact where clamped, the same in strips and whole."""

from __future__ import annotations

import pytest
import torch

from studio.models import tiled_rbm
from studio.models.chain import Controls, GibbsChain
from studio.models.noise import Noise
from studio.models.spec import TiledSpec
from studio.models.tiled_canvas import canvas_size, laid, shown
from studio.models.torus import resampled
from tests.unit.models.test_tiled_rbm import SPECS, random_tiled


@pytest.mark.parametrize("size", [(9, 9), (10, 31), (64, 64), (1, 200)])
@pytest.mark.parametrize("wrap", [(True, True), (False, True), (True, False), (False, False)])
def test_any_size_is_shown_as_asked(size: tuple[int, int], wrap: tuple[bool, bool]) -> None:
    chain = GibbsChain(random_tiled(SPECS[0], 3), 2, Noise(0), Controls(wrap=wrap), size)
    chain.step(2)
    assert chain.mean().shape == (2, 3, *size)
    assert torch.isfinite(chain.sample()).all()


def test_what_is_shown_goes_back_where_it_came_from() -> None:
    picture = Noise(0).normal((2, 1, 12, 9))
    for wrap in ((True, True), (False, False), (True, False)):
        assert torch.equal(shown(laid(picture, (12, 9), 3, wrap), (12, 9), wrap), picture)
    assert canvas_size((512, 512), 11, (True, True)) == (517, 517)
    assert canvas_size((512, 512), 8, (True, True)) == (512, 512)
    assert canvas_size((512, 512), 11, (False, True)) == (528, 517)


def test_resampling_keeps_waves_that_fit_the_torus() -> None:
    def wave(length: int) -> torch.Tensor:
        return torch.sin(2 * torch.pi * 3 * (torch.arange(length) + 0.5) / length).expand(1, 1, 4, length)

    assert torch.allclose(resampled(wave(66), (4, 61)), wave(61), atol=5e-3)
    assert torch.equal(resampled(wave(66), (4, 66)), wave(66))


@pytest.mark.parametrize("size", [(9, 9), (10, 11)])
@pytest.mark.parametrize("wrap", [(True, True), (False, True)])
def test_a_clamped_pixel_never_moves(size: tuple[int, int], wrap: tuple[bool, bool]) -> None:
    known = Noise(4).normal((1, 1, *size))
    mask = Noise(5).uniform(size) < 0.4
    chain = GibbsChain(random_tiled(SPECS[0]), 3, Noise(0), Controls(wrap=wrap), size)
    chain.clamp(known, mask)
    for _ in range(4):
        for shown_now in (chain.sample(), chain.mean()):
            assert torch.equal(shown_now[:, :, mask], known[:, :, mask].expand(3, -1, -1))
        chain.step()
    chain.clamp(None, None)
    chain.step()
    assert not torch.equal(chain.sample()[:, :, mask], known[:, :, mask].expand(3, -1, -1))


def test_pictures_start_a_chain_whole_or_in_part() -> None:
    model, picture = random_tiled(SPECS[0]), Noise(1).normal((1, 1, 6, 6))
    assert torch.equal(
        model.picture(model.start(2, (6, 6), Noise(0), picture), "sample"), picture.expand(2, -1, -1, -1)
    )
    grown = model.picture(model.start(1, (12, 9), Noise(0), picture), "sample")
    assert torch.equal(grown[:, :, :6, :6], picture)
    assert float(grown[:, :, 6:].std()) > 0.5


def test_the_same_seed_gives_the_same_bits_and_another_does_not() -> None:
    def dream(seed: int) -> torch.Tensor:
        chain = GibbsChain(random_tiled(SPECS[0]), 1, Noise(seed), size=(30, 30))
        chain.step(3)
        return chain.sample()

    assert torch.equal(dream(1), dream(1))
    assert not torch.equal(dream(1), dream(2))


def test_the_order_in_which_strips_are_worked_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiled_rbm, "STRIP_NUMBERS", 270)
    model = random_tiled(TiledSpec(tile=3, filters=4))
    whole = GibbsChain(model, 1, Noise(1), size=(60, 30))
    assert len(list(model.strips(whole.state().visible))) == 7
    plain = model.strips
    turned = GibbsChain(model, 1, Noise(1), size=(60, 30))
    whole.step(3)
    monkeypatch.setattr(model, "strips", lambda canvas: reversed(list(plain(canvas))))
    turned.step(3)
    assert torch.equal(whole.sample(), turned.sample())
    assert torch.equal(whole.mean(), turned.mean())


def test_strips_and_the_whole_canvas_have_the_same_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    model = random_tiled(TiledSpec(tile=3, filters=4), 3)
    canvas = model.start(1, (60, 30), Noise(2)).visible
    whole = model.expected(canvas)
    monkeypatch.setattr(tiled_rbm, "STRIP_NUMBERS", 270)
    assert torch.allclose(model.expected(canvas), whole, atol=1e-5)


def test_muted_filters_add_nothing_and_held_ones_all_they_have() -> None:
    model = random_tiled(TiledSpec(tile=3, filters=1))
    canvas = model.start(1, (9, 9), Noise(2)).visible
    off = model.expected(canvas, Controls(gain=torch.zeros(3)))
    assert torch.equal(off, model.visible_bias.expand_as(off))
    only = torch.tensor([0.0, 1.0, 0.0])
    on = model.expected(canvas, Controls(gain=2 * only, hold=only))
    expected = model.visible_bias + 2 * model.deviation * model.filters()[1].repeat(1, 3, 3).roll((1, 1), (1, 2))
    assert torch.allclose(shown(on, (9, 9), (True, True))[0], expected, atol=1e-5)


def test_activity_is_the_mean_probability() -> None:
    model = random_tiled(SPECS[0])
    model.weights.zero_()
    pictures = Noise(0).normal((2, 1, 9, 9))
    assert torch.allclose(model.activity(pictures), torch.sigmoid(model.hidden_bias.flatten()), atol=1e-5)
