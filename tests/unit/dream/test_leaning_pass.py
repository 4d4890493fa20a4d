"""The upward pass beside a filling leans to the material that the filling leans to."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.dream.blending import Blend
from studio.dream.fill import FillRequest, fill, one_pass
from studio.dream.fill_settings import FillSettings
from studio.dream.player import Player
from studio.dream.settings import DreamSettings
from studio.jobs.feed import Feed
from studio.models.build import build_model
from studio.models.noise import Noise
from studio.models.spec import TiledSpec
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm
from studio.project.painted import fill_frame
from studio.project.recipe import Recipe
from studio.project.trained import Trained

SIDE = 16
HOLE = np.zeros((SIDE, SIDE), np.bool_)
HOLE[:, :8] = True


@pytest.fixture(params=[1, 2], ids=["one scale", "two scales"])
def model(request: pytest.FixtureRequest) -> TiledRbm | TiledPyramid:
    """The first material is dark and the second bright, whatever the filters say."""
    made = build_model(TiledSpec(tile=4, filters=4, levels=request.param, textures=2), (1, SIDE, SIDE))
    assert isinstance(made, TiledRbm | TiledPyramid)
    made.initialise(Noise(1))
    for level in made.each if isinstance(made, TiledPyramid) else [made]:
        level.visible_bias.copy_(torch.tensor([[0.1], [0.9]]))
    return made


def test_the_pass_leans_as_far_as_the_chains(model: TiledRbm | TiledPyramid) -> None:
    trained, picture = Trained(model, None, Recipe(), "cpu"), np.full((SIDE, SIDE, 1), 0.5, np.float32)
    for lean, expected in ((0.0, 0.1), (0.5, 0.5), (1.0, 0.9)):
        found = fill(trained, FillRequest(picture, HOLE, FillSettings(2, 1, 0, lean=lean)))
        assert found.one_pass[HOLE].mean() == pytest.approx(expected, abs=0.1)
        assert (found.one_pass[~HOLE] == 0.5).all()


def test_a_map_leans_each_place_of_the_pass(model: TiledRbm | TiledPyramid) -> None:
    shares = torch.zeros(2, SIDE, SIDE)
    shares[0, :8], shares[1, 8:] = 1, 1
    made = one_pass(model, torch.full((1, 1, SIDE, SIDE), 0.5), HOLE, lean=shares)[0, 0]
    assert float(made[:7].mean()) == pytest.approx(0.1, abs=0.1)
    assert float(made[9:].mean()) == pytest.approx(0.9, abs=0.1)


def test_the_page_of_holes_shows_a_pass_that_leans_as_the_dream_does(model: TiledRbm | TiledPyramid) -> None:
    trained, player = Trained(model, None, Recipe(), "cpu"), Player(Feed())
    player.settings = DreamSettings(width=SIDE, height=SIDE, lean=1.0)
    player.load(model, trained.to_pictures, "cpu")
    player.sweep_once()
    assert fill_frame(trained, player, Blend.HARD).one_pass.mean() == pytest.approx(0.9, abs=0.1)
