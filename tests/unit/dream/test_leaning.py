"""A dream that is leant while it plays: at the next sweep, without beginning anew, as the settings alone would."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from studio.dream.begin import begin
from studio.dream.large import dream, memory_bytes
from studio.dream.player import Player
from studio.dream.settings import Blend, DreamSettings, Seamless
from studio.errors import DataError, DeviceError
from studio.jobs.feed import Feed
from studio.models.noise import Noise
from studio.models.spec import TiledSpec
from studio.models.tiled_rbm import TiledRbm
from studio.project.recipe import Recipe
from studio.project.trained import Trained

PLAIN = DreamSettings(seed=3, width=20, height=13)


@pytest.fixture
def model() -> TiledRbm:
    made = TiledRbm(TiledSpec(tile=4, filters=4, textures=2), (1, 8, 8))
    made.initialise(Noise(1), 0.3)
    made.visible_bias.copy_(torch.tensor([[-1.0], [2.0]]))
    return made


def player_of(model: TiledRbm, settings: DreamSettings = PLAIN) -> Player:
    player = Player(Feed())
    player.settings = settings
    player.load(model, Trained(model, None, Recipe(), "cpu").to_pictures, "cpu")
    return player


def level(player: Player) -> float:
    assert player.chain is not None
    return float(player.chain.mean().mean())


def test_leaning_acts_at_the_next_sweep_and_nothing_begins_anew(model: TiledRbm) -> None:
    player = player_of(model)
    player.sweep_once()
    assert level(player) == pytest.approx(-1, abs=0.7)
    player.set(dataclasses.replace(PLAIN, lean=1.0))
    assert player.chain is not None
    assert player.chain.sweeps == 1
    player.sweep_once()
    assert player.chain.sweeps == 2
    assert level(player) == pytest.approx(2, abs=0.7)
    player.set(dataclasses.replace(PLAIN, lean=9.0))  # as far as the model goes
    player.sweep_once()
    assert level(player) == pytest.approx(2, abs=0.7)
    assert not player.exact


def test_a_blend_is_laid_out_anew_with_the_canvas(model: TiledRbm) -> None:
    player = player_of(model)
    player.set(dataclasses.replace(PLAIN, blend=Blend.ACROSS))
    player.sweep_once()
    assert player.chain is not None
    columns = player.chain.mean()[0, 0].mean(0)
    assert float(columns[8:12].mean() - columns[[0, 1, 18, 19]].mean()) > 1.5
    for change in ({"width": 33}, {"seamless": Seamless.NONE}, {"blend": Blend.CENTRE, "height": 9}):
        player.set(dataclasses.replace(player.settings, **change))
        player.sweep_once()
        assert player.chain.controls.lean is not None
        assert tuple(player.chain.controls.lean.shape) == (2, *player.chain.size)
    player.set(PLAIN)
    assert player.chain.controls.lean is not None
    assert player.chain.controls.lean.tolist() == [1, 0]


def test_settings_at_the_start_and_settings_turned_before_the_first_sweep_are_one(model: TiledRbm) -> None:
    wanted = dataclasses.replace(PLAIN, blend=Blend.DOWN)
    chain = begin(model, wanted, "cpu")
    chain.step(2)
    player = player_of(model)
    player.set(wanted)
    assert player.exact
    player.sweep_once()
    player.sweep_once()
    assert player.chain is not None
    assert torch.equal(player.chain.mean(), chain.mean())


def test_a_map_that_cannot_be_read_leaves_the_dream_as_it_is(model: TiledRbm, tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    Image.fromarray(np.full((5, 5), 255, np.uint8)).save(path)
    player = player_of(model)
    player.set(dataclasses.replace(PLAIN, blend=Blend.PICTURE, blend_picture=str(path)))
    player.sweep_once()
    assert level(player) == pytest.approx(2, abs=0.7)
    path.unlink()
    player.restart()
    player.sweep_once()
    assert level(player) == pytest.approx(2, abs=0.7)
    with pytest.raises(DataError):
        player.set(dataclasses.replace(PLAIN, blend=Blend.PICTURE, blend_picture=str(tmp_path / "gone.png")))
    player.sweep_once()
    assert level(player) == pytest.approx(2, abs=0.7)


def test_large_dreams_count_their_maps(model: TiledRbm) -> None:
    wanted = dataclasses.replace(PLAIN, blend=Blend.ACROSS)
    least = memory_bytes(1, (13, 20))
    with pytest.raises(DeviceError, match="needs about"):
        dream(model, 1, wanted, "cpu", 1, memory=least)
    assert dream(model, 1, PLAIN, "cpu", 1, memory=least).sweeps == 1
