"""Learning a pyramid: details given block means, all levels side by side, and a run that goes on where it stopped."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.blocks import block_means, spread
from studio.models.build import build_model
from studio.models.noise import Noise
from studio.models.spec import TiledSpec
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import TileGrid, to_picture, to_planes
from studio.training.adam import Adam
from studio.training.detail_rule import DetailPersistent, border, inside
from studio.training.pyramid_rule import DETAILS_EVERY, PyramidPersistent
from studio.training.settings import Optimiser, TrainSettings
from studio.training.terms import Dense

SETTINGS = TrainSettings(batch=12, chains=9, learning_rate=0.02, optimiser=Optimiser.ADAM, steps=100)
SHAPE = (1, 32, 32)


def tiny(learn_deviation: bool = False) -> tuple[TiledPyramid, PyramidPersistent]:
    model = build_model(TiledSpec(tile=4, filters=6, levels=2, learn_deviation=learn_deviation), SHAPE)
    assert isinstance(model, TiledPyramid)
    noise = Noise(1)
    model.initialise(noise)
    return model, PyramidPersistent(model, SETTINGS, noise)


def chequered(noise: Noise) -> Tensor:
    """Slow random patches whose pixels alternate where the patch is bright: (12, 1, 32, 32)."""
    means = spread(spread(torch.sign(noise.normal((12, 1, 8, 8)))))
    row = torch.arange(32)
    signs = 1.0 - 2.0 * ((row[:, None] + row) % 2)
    return means + (means > 0) * signs


def learn(model: TiledPyramid, rule: PyramidPersistent, updates: int) -> None:
    adam, noise = Adam(), Noise(2)
    for _ in range(updates):
        for name, term in rule.terms(chequered(noise), SETTINGS).items():
            gradient = torch.zeros_like(model.learned()[name])
            term.add_to(gradient, 1, 1)
            adam.add_to(name, model.learned()[name], gradient, SETTINGS.learning_rate * rule.rate_of(name))
        rule.constrain()


def test_details_are_learned_given_their_block_means() -> None:
    model, rule = tiny()
    learn(model, rule, 150 * DETAILS_EVERY)
    detail, level = rule.rules[0], model.each[0]
    assert isinstance(detail, DetailPersistent)
    for _ in range(20):
        detail.terms(chequered(Noise(4)), SETTINGS)
    dreamt = detail.means[0]
    assert dreamt.shape[:3] == (4, 4, 1)
    pictures, given = detail.chains, detail.given
    found = pictures - spread(block_means(pictures))
    bright, dark = spread(given) > 0.5, spread(given) < -0.5
    row = torch.arange(detail.side)
    signs = 1.0 - 2.0 * ((row[:, None] + row) % 2)
    assert float((found * signs)[bright].mean()) > 0.7  # one in the pictures; nothing before learning
    assert abs(float((found * signs)[dark].mean())) < 0.3
    assert float(level.weights.abs().max()) > 0.3


def test_chains_hold_the_block_means_they_were_given() -> None:
    _, rule = tiny()
    detail = rule.rules[0]
    assert isinstance(detail, DetailPersistent)
    noise = Noise(2)
    rule.terms(chequered(noise), SETTINGS)
    first = detail.given.clone()
    for _ in range(DETAILS_EVERY - 1):  # the details wait while the smallest level goes on
        assert all(name.startswith("levels.1.") for name in rule.terms(chequered(noise), SETTINGS))
    rule.terms(chequered(noise), SETTINGS)
    assert torch.allclose(block_means(detail.chains), detail.given, atol=1e-5)
    changed = (detail.given != first).flatten(1).any(1)
    assert int(changed.sum()) == 1  # one chain in turn begins anew


def test_chains_hold_the_border_of_the_crop_they_were_given() -> None:
    _, rule = tiny()
    detail = rule.rules[0]
    assert isinstance(detail, DetailPersistent)
    crops = chequered(Noise(2))
    rule.terms(crops, SETTINGS)
    held = border(detail.side, 4)
    given = crops[: detail.count]
    assert torch.equal(detail.chains[..., held], given[..., held])
    assert not torch.isclose(detail.chains[..., ~held], given[..., ~held]).all(0).any()
    shown = to_picture(detail.means[0])
    assert torch.equal(shown[..., held], given[..., held])


@pytest.mark.parametrize("tile", [4, 5])
def test_what_is_free_feels_only_tiles_within_its_crop(tile: int) -> None:
    """A crop that meets itself and the same crop in the midst of something else have one mean wherever it is free."""
    model = build_model(TiledSpec(tile=tile, filters=6), (1, 8 * tile, 8 * tile))
    assert isinstance(model, TiledRbm)
    noise = Noise(1)
    model.initialise(noise, 0.5)
    crop, other = noise.normal((1, 1, 8 * tile, 8 * tile)), noise.normal((1, 1, 10 * tile, 10 * tile))
    other[:, :, tile:-tile, tile:-tile] = crop
    alone = to_picture(model.expected(to_planes(crop, tile)))
    amidst = to_picture(model.expected(to_planes(other, tile)))[:, :, tile:-tile, tile:-tile]
    free = ~border(8 * tile, tile)
    assert torch.allclose(alone[..., free], amidst[..., free], atol=1e-5)
    assert not torch.allclose(alone, amidst, atol=1e-2)


@pytest.mark.parametrize(("tiles", "free"), [(2, 8), (4, 8), (6, 16), (8, 24)])
def test_the_middle_of_a_small_crop_stays_free(tiles: int, free: int) -> None:
    assert int((~border(4 * tiles, 4)).sum()) == free**2


def test_nothing_moves_the_mean_colour_of_a_level_that_is_given_it() -> None:
    _, rule = tiny(learn_deviation=True)
    names = set(rule.terms(chequered(Noise(2)), SETTINGS))
    assert "levels.0.visible_bias" not in names
    assert {"levels.1.visible_bias", "levels.0.log_variance", "levels.0.weights", "levels.1.hidden_bias"} <= names
    assert rule.rate_of("levels.0.log_variance") < rule.rate_of("levels.0.weights")


def test_tiles_that_cross_the_line_are_left_out() -> None:
    grid = TileGrid(4, 1, 3, 2, 5)
    kept = inside(grid, torch.ones(4, 6, grid.cells)).view(4, 6, 3, 2, 5)
    assert kept[:, :, :2, :1].min() == 1
    assert kept[:, :, 2].max() == kept[:, :, :, 1].max() == 0


def test_chains_count_as_much_as_crops() -> None:
    """Units without weights fire as often in chains as in crops, and nothing pulls at their biases."""
    model, rule = tiny()
    for level in model.each:
        level.weights.zero_()
    found = rule.terms(chequered(Noise(3)), SETTINGS)
    for number in range(2):
        bias = found[f"levels.{number}.hidden_bias"]
        assert isinstance(bias, Dense)
        assert float(bias.value.abs().max()) < 1e-5


@pytest.mark.parametrize("learn_deviation", [False, True])
def test_a_run_goes_on_to_the_bit_where_it_stopped(learn_deviation: bool) -> None:
    model, rule = tiny(learn_deviation)
    learn(model, rule, 4)
    kept, noise = rule.state(), rule.rules[0].noise.state()
    other, again = tiny(learn_deviation)
    for name, tensor in other.saved().items():
        tensor.copy_(model.saved()[name])
    again.restore(kept)
    again.rules[0].noise.restore(noise)
    batch = chequered(Noise(7))
    for one, two in zip(rule.terms(batch, SETTINGS).items(), again.terms(batch, SETTINGS).items(), strict=True):
        assert one[0] == two[0]
        assert isinstance(one[1], Dense)
        assert isinstance(two[1], Dense)
        assert torch.equal(one[1].value, two[1].value)


def test_chains_of_several_textures_are_given_crops_of_their_own() -> None:
    """Texture 0 is dark, texture 1 bright: each chain holds block means of its own texture, and biases part."""
    model = build_model(TiledSpec(tile=4, filters=6, levels=2, textures=2), SHAPE)
    assert isinstance(model, TiledPyramid)
    noise = Noise(1)
    model.initialise(noise)
    labels = np.arange(12) % 2
    rule = PyramidPersistent(model, SETTINGS, noise, lambda: labels)
    detail, drawn = rule.rules[0], Noise(3)
    assert isinstance(detail, DetailPersistent)
    level = torch.from_numpy(labels).float().view(-1, 1, 1, 1) * 4 - 2
    for _ in range(12 * DETAILS_EVERY):
        terms = rule.terms(drawn.normal((12, *SHAPE)) * 0.3 + level, SETTINGS)
    assert detail.textures.tolist() == [row % 2 for row in range(detail.count)]
    means = detail.given.mean((1, 2, 3))
    assert torch.allclose(means, detail.textures.float() * 4 - 2, atol=0.3)
    assert "levels.1.hidden_bias" in terms
    assert rule.rate_of("levels.1.hidden_bias") > rule.rate_of("levels.1.weights")


def test_labels_are_read_once_an_update_and_only_where_there_are_several_textures() -> None:
    asked: list[int] = []

    def labels() -> NDArray[np.int64]:
        asked.append(1)
        return np.arange(12) % 2

    crops = chequered(Noise(2))
    for textures in (1, 2):
        model = build_model(TiledSpec(tile=4, filters=6, levels=2, textures=textures), SHAPE)
        assert isinstance(model, TiledPyramid)
        level = model.each[0]
        detail = DetailPersistent(level, model.spec.detail_side(level.shape), SETTINGS, Noise(1), labels)
        detail.terms(crops, SETTINGS)
        assert len(asked) == textures - 1
    one = DetailPersistent(tiny()[0].each[0], 16, SETTINGS, Noise(1), labels)
    parts = one.recordable(SETTINGS)
    assert parts is not None
    parts.host(crops)
    parts.device(crops, SETTINGS)
    assert len(asked) == 1
