"""Growing: where a picture lies, that it never moves, and what does not fit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.dream.begin import begin
from studio.dream.grow import Seed
from studio.dream.place import corner
from studio.dream.settings import DreamSettings, Seamless
from studio.errors import SettingsError
from studio.models.spec import TiledSpec
from tests.unit.models.test_tiled_rbm import random_tiled


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("centre", (5, 10)),
        ("left", (5, 0)),
        ("right", (5, 20)),
        ("top", (0, 10)),
        ("bottom", (10, 10)),
        ("0,0", (0, 0)),
        ("20,10", (10, 20)),
        ("3,7", (7, 3)),
    ],
)
def test_places(at: str, expected: tuple[int, int]) -> None:
    assert corner(at, (20, 30), (30, 50)) == expected


@pytest.mark.parametrize("at", ["21,0", "0,11"])
def test_a_picture_that_reaches_out_is_refused(at: str) -> None:
    with pytest.raises(SettingsError, match="reaches out of a canvas of 50 x 30 px"):
        corner(at, (20, 30), (30, 50))


@pytest.mark.parametrize("at", ["-1,0", "middle", "3", "3;4", "1.5,2", ""])
def test_what_is_no_place_is_refused(at: str) -> None:
    with pytest.raises(SettingsError, match="no place"):
        corner(at, (20, 30), (30, 50))


@pytest.mark.parametrize("canvas", [(19, 50), (30, 29)])
def test_a_picture_larger_than_the_canvas_is_refused_with_both_sizes(canvas: tuple[int, int]) -> None:
    with pytest.raises(SettingsError, match=f"30 x 20 px does not fit on a canvas of {canvas[1]} x {canvas[0]} px"):
        corner("centre", (20, 30), canvas)


@pytest.mark.parametrize("seamless", list(Seamless))
@pytest.mark.parametrize("size", [(24, 30), (25, 31)])
def test_the_picture_never_moves_while_it_grows(seamless: Seamless, size: tuple[int, int]) -> None:
    model = random_tiled(TiledSpec(tile=3, filters=4), 3)
    known = np.ones((8, 11), np.bool_)
    known[2:4, 5] = False
    seen = torch.randn(1, 3, 8, 11, generator=torch.Generator().manual_seed(0))
    seed = Seed(np.zeros((8, 11, 3), np.float32), known, 7, 13)
    chain = begin(model, DreamSettings(height=size[0], width=size[1], seamless=seamless), "cpu")
    seed.hold(chain, seen)
    before = chain.sample().clone()
    for _ in range(3):
        chain.step()
        for shown in (chain.mean(), chain.sample()):
            inner = shown[:, :, 7:15, 13:24]
            assert torch.equal(inner[:, :, known], seen[:, :, known])
    outside = torch.ones(size, dtype=torch.bool)
    outside[7:15, 13:24] = False
    assert not torch.isclose(chain.sample(), before)[:, :, outside].all(dim=1).any()
    assert not torch.equal(chain.sample()[:, :, 9:11, 18], before[:, :, 9:11, 18])


def test_what_is_put_back_is_exact() -> None:
    rng = np.random.default_rng(0)
    picture, canvas = rng.random((4, 5, 3), np.float32), rng.random((10, 12, 3), np.float32)
    known = rng.random((4, 5)) < 0.5
    found = Seed(picture, known, 3, 6).put_back(canvas)
    inner = found[3:7, 6:11]
    assert np.array_equal(inner[known], picture[known])
    assert np.array_equal(inner[~known], canvas[3:7, 6:11][~known])
    outside = np.ones((10, 12), np.bool_)
    outside[3:7, 6:11] = False
    assert np.array_equal(found[outside], canvas[outside])
