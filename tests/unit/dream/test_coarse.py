"""A dream that begins small: on smaller canvases first, shown at its full size, the same by settings alone."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from studio.dream.begin import COARSE_SWEEPS, begin
from studio.dream.player import Player
from studio.dream.record import forked
from studio.dream.settings import Blend, DreamSettings
from studio.jobs.feed import Feed
from studio.models.chain import Controls, GibbsChain
from studio.models.coarse import LEAST, PARTS, coarse_sweeps, size_at
from studio.models.noise import Noise
from studio.models.spec import TiledSpec
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm
from studio.project.recipe import Recipe
from studio.project.trained import Trained
from tests.unit.models.conv import random_conv

SIDE = 2 * LEAST  # swept at a half only
SETTINGS = DreamSettings(seed=3, width=SIDE + 10, height=SIDE, coarse=True)
SMALL = LEAST, LEAST + 5
WHOLE = SIDE, SIDE + 10


def coarse_chain(each: int = 3) -> GibbsChain:
    return GibbsChain(random_conv(), 1, Noise(5), Controls(coarse=each), WHOLE)


def swept_on(chain: GibbsChain) -> tuple[int, ...]:
    return tuple(chain.model.picture(chain.state(), "mean").shape[2:])


def test_sizes_grow_to_what_was_asked_for() -> None:
    assert [size_at((400, 256), sweeps, 10) for sweeps in (0, 9, 10, 19, 20, 500)] == [
        (100, 64), (100, 64), (200, 128), (200, 128), (400, 256), (400, 256)
    ]  # fmt: skip
    assert coarse_sweeps((400, 256), 10) == 10 * len(PARTS)
    assert size_at((400, 200), 0, 10) == (200, 100), "a quarter would have no room"
    assert size_at((100, 100), 0, 10) == (100, 100)
    assert coarse_sweeps((100, 100), 10) == 0


@torch.no_grad()
def test_what_is_swept_grows_and_what_is_shown_does_not() -> None:
    chain = coarse_chain()
    for _ in range(3):
        assert swept_on(chain) == SMALL
        assert tuple(chain.mean().shape[2:]) == tuple(chain.sample().shape[2:]) == WHOLE
        chain.step()
    assert swept_on(chain) == SMALL
    chain.step()
    assert swept_on(chain) == WHOLE
    assert chain.sweeps == 4


@torch.no_grad()
def test_what_was_swept_small_is_there_enlarged() -> None:
    """A coarse shape that the model holds on to is found again at full size."""
    chain = coarse_chain()
    chain.step(3)
    small = chain.mean()
    chain.model.sweep = lambda state, *_: state  # type: ignore[method-assign]  # so that nothing but its size changes
    chain.step()
    assert torch.allclose(chain.sample(), small, atol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("sweeps", [0, 2, 3, 5])
def test_a_fork_goes_on_alike(sweeps: int) -> None:
    chain = coarse_chain()
    chain.step(sweeps)
    twin = forked(chain)
    for one in (chain, twin):
        one.step(4)
    assert torch.equal(chain.mean(), twin.mean())


@torch.no_grad()
@pytest.mark.parametrize("sweeps", [0, 2])
def test_a_clamp_ends_it(sweeps: int) -> None:
    chain = coarse_chain()
    chain.step(sweeps)
    mask = torch.zeros(WHOLE, dtype=torch.bool)
    mask[3:9, 4:12] = True
    known = torch.full((1, 1, *WHOLE), 0.7)
    chain.clamp(known, mask)
    assert swept_on(chain) == WHOLE
    assert bool((chain.mean()[..., mask] == 0.7).all())
    chain.step()
    assert bool((chain.sample()[..., mask] == 0.7).all())


@torch.no_grad()
def test_another_canvas_and_new_noise_end_it() -> None:
    chain = coarse_chain()
    chain.step(2)
    chain.resize((150, 160))
    assert swept_on(chain) == (150, 160)
    other = coarse_chain()
    other.step(2)
    other.shake(torch.ones(WHOLE, dtype=torch.bool))
    assert swept_on(other) == WHOLE


def player_of(settings: DreamSettings) -> Player:
    player = Player(Feed())
    player.settings = settings
    player.load(random_conv(), Trained(random_conv(), None, Recipe(), "cpu").to_pictures, "cpu")
    return player


def shown(player: Player) -> Tensor:
    assert player.chain is not None
    return player.chain.mean()


@torch.no_grad()
def test_window_and_command_line_draw_the_same_and_a_switch_begins_anew() -> None:
    player = player_of(dataclasses.replace(SETTINGS, coarse=False))
    player.sweep_once()
    player.set(SETTINGS)
    assert player.chain is not None
    assert player.chain.sweeps == 0
    assert player.exact
    sweeps = COARSE_SWEEPS + 2
    for _ in range(sweeps):
        player.sweep_once()
    chain = begin(random_conv(), SETTINGS, "cpu")
    chain.step(sweeps)
    assert torch.equal(shown(player), chain.mean())
    plain = begin(random_conv(), dataclasses.replace(SETTINGS, coarse=False), "cpu")
    plain.step(sweeps)
    assert not torch.equal(plain.mean(), chain.mean())


@torch.no_grad()
def test_a_moment_within_it_is_gone_back_to() -> None:
    player = player_of(SETTINGS)
    player.sweep_once()
    scene, then = player.scene(), shown(player)
    for _ in range(COARSE_SWEEPS + 1):
        player.sweep_once()
    later = shown(player)
    player.go_back(scene)
    assert torch.equal(shown(player), then)
    for _ in range(COARSE_SWEEPS + 1):
        player.sweep_once()
    assert torch.equal(shown(player), later)


def test_a_start_picture_and_a_pyramid_do_not_begin_small() -> None:
    picture = torch.zeros(1, 1, *WHOLE)
    assert begin(random_conv(), SETTINGS, "cpu", picture).controls.coarse == 0
    spec = TiledSpec(tile=4, filters=2, levels=2)
    pyramid = TiledPyramid(spec, (1, 60, 60))
    assert begin(pyramid, SETTINGS, "cpu").controls.coarse == 0


@torch.no_grad()
def test_a_blend_lies_on_the_smaller_canvas_as_on_the_whole() -> None:
    spec = TiledSpec(tile=4, filters=2, textures=2)
    model = TiledRbm(spec, (1, 27, 27))
    model.initialise(Noise(1))
    model.visible_bias[1] = 3.0
    chain = begin(model, dataclasses.replace(SETTINGS, blend=Blend.ACROSS), "cpu")
    chain.step(2)
    assert swept_on(chain) == SMALL
    outer, inner = chain.mean()[..., :20].mean(), chain.mean()[..., 60:80].mean()
    assert float(inner - outer) > 1
