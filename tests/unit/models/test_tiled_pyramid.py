"""Textures at several sizes at once: each level given the next smaller one, clamps and canvases as for one level."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.blocks import block_means
from studio.models.build import build_model, load_weights, weights_of
from studio.models.chain import Controls, GibbsChain
from studio.models.noise import Noise
from studio.models.spec import TiledSpec
from studio.models.tiled_pyramid import TiledPyramid, pyramid
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import to_picture

SPEC = TiledSpec(tile=3, filters=4, levels=3)
SHAPE = (1, 24, 24)


def random_pyramid(spec: TiledSpec = SPEC, channels: int = 1) -> TiledPyramid:
    model = build_model(spec, (channels, *SHAPE[1:]))
    assert isinstance(model, TiledPyramid)
    noise = Noise(3)
    model.initialise(noise)
    for level in model.each:
        level.weights.copy_(noise.normal(tuple(level.weights.shape)) * 0.4)
        level.hidden_bias.copy_(noise.normal(tuple(level.hidden_bias.shape)) - 1)
    scales = torch.tensor([[1.0], [0.8], [0.5]]).expand(-1, channels)
    model.measure(scales, torch.full((2, channels), 0.6))
    return model


def level_pictures(chain: GibbsChain) -> list[Tensor]:
    return [to_picture(level.mean) for level in pyramid(chain.state()).levels]


def test_one_level_is_the_plain_machine() -> None:
    assert isinstance(build_model(dataclasses.replace(SPEC, levels=1), SHAPE), TiledRbm)


@pytest.mark.parametrize("channels", [1, 3])
def test_every_level_has_the_block_means_that_the_next_one_shows(channels: int) -> None:
    model = random_pyramid(channels=channels)
    chain = GibbsChain(model, 2, Noise(0), size=(24, 36))
    chain.step(3)
    shown = level_pictures(chain)
    assert [tuple(part.shape[2:]) for part in shown] == [(24, 36), (12, 18), (6, 9)]
    for number in (0, 1):
        assert torch.allclose(block_means(shown[number]) * model.ratio(number), shown[number + 1], atol=1e-5)
    again = model.pictures(shown[0])
    assert all(torch.allclose(one, other, atol=1e-5) for one, other in zip(again, shown, strict=True))


def test_a_level_deviates_as_little_as_its_details_do() -> None:
    model = random_pyramid()
    wanted = SPEC.deviation * torch.tensor([0.6, 0.6, 1])
    assert torch.allclose(torch.cat([level.deviation for level in model.each]), wanted)


def test_the_smallest_level_dreams_as_if_it_were_alone() -> None:
    model = random_pyramid()
    whole = GibbsChain(model, 1, Noise(5), size=(24, 24))
    alone = pyramid(whole.state()).levels[-1]
    noise = Noise(5)
    noise.restore(whole.noise.state())
    whole.step(1)
    swept = model.each[-1].sweep(alone, Controls(), noise)
    assert torch.equal(pyramid(whole.state()).levels[-1].visible, swept.visible)


@pytest.mark.parametrize("size", [(24, 24), (25, 40), (7, 90)])
@pytest.mark.parametrize("wrap", [(True, True), (False, True), (False, False)])
def test_any_size_is_shown_and_a_clamped_pixel_never_moves(size: tuple[int, int], wrap: tuple[bool, bool]) -> None:
    known, mask = Noise(4).normal((1, 1, *size)), Noise(5).uniform(size) < 0.6
    chain = GibbsChain(random_pyramid(), 2, Noise(0), Controls(wrap=wrap), size)
    chain.clamp(known, mask)
    for _ in range(3):
        for shown in (chain.sample(), chain.mean()):
            assert shown.shape == (2, 1, *size)
            assert torch.isfinite(shown).all()
            assert torch.equal(shown[:, :, mask], known[:, :, mask].expand(2, -1, -1))
        chain.step()
    chain.clamp(None, None)
    chain.step()
    assert not torch.equal(chain.sample()[:, :, mask], known[:, :, mask].expand(2, -1, -1))


def test_known_blocks_are_known_at_every_level() -> None:
    model = random_pyramid()
    known = Noise(4).normal((1, 1, 24, 24))
    mask = torch.zeros(24, 24, dtype=torch.bool)
    mask[:, :13] = True  # the thirteenth column makes half a block, which stays free above
    chain = GibbsChain(model, 1, Noise(0), size=(24, 24))
    chain.clamp(known, mask)
    chain.step(2)
    seen = model.pictures(known)
    for number, picture in enumerate(level_pictures(chain)):
        columns = 13 if number == 0 else 12 >> number
        assert torch.equal(picture[..., :columns], seen[number][..., :columns])
        assert not torch.equal(picture[..., columns + 1], seen[number][..., columns + 1])


def test_pictures_start_a_chain_whole_or_in_part() -> None:
    model, picture = random_pyramid(), Noise(1).normal((1, 1, 24, 24))
    whole = pyramid(model.start(2, (24, 24), Noise(2), picture))
    for level, seen in zip(whole.levels, model.pictures(picture), strict=True):
        assert torch.equal(to_picture(level.visible), seen.expand(2, -1, -1, -1))
    chain = GibbsChain(model, 1, Noise(0), size=(24, 24))
    chain.start(picture)
    chain.resize((48, 36))
    larger = chain.sample()
    assert torch.equal(larger[:, :, :24, :24], picture)
    assert 0.6 < float(larger[:, :, 24:].std()) < 1.6
    chain.resize((12, 24))
    assert torch.equal(chain.sample(), picture[:, :, :12])
    with pytest.raises(SettingsError, match="cannot be dreamt"):
        model.start(1, (0, 5), Noise(0))


def test_the_same_seed_dreams_the_same_and_weights_come_back() -> None:
    model = random_pyramid()
    other = build_model(SPEC, SHAPE)
    load_weights(other, weights_of(model))
    chains = [GibbsChain(each, 1, Noise(8), Controls(rho=0.5, temperature=1.2), (24, 24)) for each in (model, other)]
    for chain in chains:
        chain.step(4)
    assert torch.equal(chains[0].sample(), chains[1].sample())


def test_moving_all_by_the_largest_tile_moves_the_conditionals() -> None:
    model, picture = random_pyramid(), Noise(1).normal((1, 1, 24, 24))
    moved = picture.roll((12, 12), (2, 3))
    there, here = model.upward(moved), model.upward(picture)
    assert torch.allclose(model.picture(there, "mean"), model.picture(here, "mean").roll((12, 12), (2, 3)), atol=1e-5)


def test_filters_are_those_of_all_levels() -> None:
    model, crops = random_pyramid(), Noise(1).normal((2, *SHAPE))
    each = model.each[0].hidden
    assert model.hidden == SPEC.hidden == 3 * each
    assert model.layers() == (("tiles", 3 * each),)
    assert model.filters().shape == (3 * each, 1, 3, 3)
    assert model.activity(crops).shape == (3 * each,)
    index = 2 * each + 5
    responses = model.responses(crops, index)
    assert torch.equal(responses, model.each[2].responses(model.pictures(crops)[2], 5))
    top, left, height, width = model.place(index, responses.shape[1] - 1)
    assert (height, width) == (12, 12)
    assert top + height <= 24
    assert left + width <= 24


def test_a_muted_filter_is_silent_and_a_held_one_fires_at_its_level() -> None:
    model = random_pyramid()
    gain, hold = torch.zeros(model.hidden), torch.zeros(model.hidden)
    chain = GibbsChain(model, 1, Noise(0), Controls(gain=gain), (24, 24))
    chain.step(80)  # what is handed down is an average that forgets where it began
    assert all(torch.allclose(part, torch.zeros_like(part), atol=1e-6) for part in level_pictures(chain))
    hold[-1] = 1
    chain.controls = Controls(gain=hold, hold=hold)
    chain.step(1)
    assert float(chain.mean().std()) > 0.01


@pytest.mark.parametrize("wrap", [(True, True), (False, True)])
def test_every_level_leans_as_the_dream_does(wrap: tuple[bool, bool]) -> None:
    """An even map is the vector it repeats; shares of (0, 1) dream as a pyramid of that texture alone."""
    model = random_pyramid(dataclasses.replace(SPEC, textures=2))
    noise = Noise(9)
    for level in model.each:
        level.hidden_bias.copy_(noise.normal(tuple(level.hidden_bias.shape)) - 1)
        level.visible_bias.copy_(noise.normal(tuple(level.visible_bias.shape)))
    alone = random_pyramid()
    for level, own in zip(model.each, alone.each, strict=True):
        own.weights.copy_(level.weights)
        own.hidden_bias.copy_(level.hidden_bias[1:])
        own.visible_bias.copy_(level.visible_bias[1:])
    share = torch.tensor([0.0, 1.0])
    dreams = []
    for each, lean in ((model, share), (model, share[:, None, None].expand(2, 24, 30).contiguous()), (alone, None)):
        chain = GibbsChain(each, 1, Noise(4), Controls(wrap=wrap, lean=lean), (24, 30))
        chain.step(3)
        dreams.append(chain.mean())
    assert torch.equal(dreams[0], dreams[1])
    assert torch.allclose(dreams[0], dreams[2], atol=1e-5)


def test_a_map_lies_where_it_is_shown_beside_a_margin_too() -> None:
    """Where sides do not meet the canvas reaches further than what is shown, and the map must not be stretched."""
    model = random_pyramid(dataclasses.replace(SPEC, textures=2))
    model.scales.fill_(1)
    for level in model.each:
        level.weights.zero_()
        level.visible_bias.copy_(torch.tensor([[0.0], [1.0]]))
    right = (torch.arange(48) >= 24).float().expand(24, 48)
    chain = GibbsChain(model, 1, Noise(4), Controls(wrap=(True, False), lean=torch.stack([1 - right, right])), (24, 48))
    chain.step(40)  # what is handed down is a running average
    shown = chain.mean()[0, 0]
    assert float(shown[:, :16].max()) < 0.05
    assert float(shown[:, 32:].min()) > 0.95
