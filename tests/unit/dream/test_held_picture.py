"""A held picture: what canvas it needs, and what stays where when that changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from studio.dream.begin import begin
from studio.dream.held_picture import HeldPicture
from studio.dream.place import At
from studio.dream.settings import DreamSettings, Seamless
from studio.models.chain import GibbsChain, Instrument
from studio.models.spec import TiledSpec
from tests.unit.models.test_tiled_pyramid import random_pyramid
from tests.unit.models.test_tiled_rbm import random_tiled


def held(size: tuple[int, int], at: At = At.CENTRE, framed: bool = False, known: bool = True) -> HeldPicture:
    seen = torch.randn(1, 1, *size, generator=torch.Generator().manual_seed(0))
    mask = np.ones(size, np.bool_)
    mask[0, 0] = known
    return HeldPicture(np.zeros((*size, 1), np.float32), mask, seen, at, framed)


@pytest.fixture(params=["one size", "several sizes"])
def model(request: pytest.FixtureRequest) -> Instrument:
    return random_tiled(TiledSpec(tile=3, filters=2)) if request.param == "one size" else random_pyramid()


def chain_of(model: Instrument, settings: DreamSettings, picture: HeldPicture) -> GibbsChain:
    chain = begin(model, settings, "cpu")
    picture.hold(chain)
    return chain


@pytest.mark.parametrize(
    ("inner", "wanted", "expected"),
    [
        ((40, 50), (0, 0), None),
        ((40, 50), (300, 60), (300, 60)),
        ((40, 50), (45, 40), (256, 40)),
        ((300, 600), (256, 256), (1024, 512)),
        ((300, 600), (2000, 256), (2000, 512)),
        ((256, 256), (256, 256), (512, 512)),
        ((256, 256), (300, 256), (300, 256)),
        ((8192, 100), (256, 256), (256, 8192)),
    ],
)
def test_the_canvas_is_the_next_that_holds_it(
    inner: tuple[int, int], wanted: tuple[int, int], expected: tuple[int, int] | None
) -> None:
    tiled = random_tiled(TiledSpec(tile=3, filters=2))
    found = held(inner).settings(tiled, DreamSettings(chains=9, width=wanted[0], height=wanted[1], temperature=2))
    own = tiled.own_size
    assert (found.width, found.height) == (expected or (own[1], own[0]))
    assert (found.chains, found.temperature, found.seamless) == (1, 2, Seamless.OWN)


def test_an_exemplar_is_the_whole_canvas_and_its_borders_do_not_meet() -> None:
    tiled = random_tiled(TiledSpec(tile=3, filters=2))
    found = held((40, 50), framed=True).settings(tiled, DreamSettings(width=300, height=300))
    assert (found.width, found.height, found.seamless) == (50, 40, Seamless.NONE)
    assert held((40, 50), framed=True).wrap((True, True)) == (False, False)
    assert held((40, 50)).wrap((False, True)) == (False, True)


@pytest.mark.parametrize("at", list(At))
@pytest.mark.parametrize("seamless", [Seamless.BOTH, Seamless.NONE])
def test_the_canvas_grows_around_it_and_what_was_dreamt_beside_it_stays(
    model: Instrument, at: At, seamless: Seamless
) -> None:
    picture = held((8, 10), at)
    settings = DreamSettings(width=24, height=24, seamless=seamless)
    chain = chain_of(model, settings, picture)
    chain.step(2)
    before = chain.sample().clone()
    top, left = picture.corner((24, 24))
    sizes: list[tuple[int, int]] = [(36, 48), (24, 24)]
    for size in sizes:
        picture.resize(chain, size)
        assert tuple(chain.sample().shape[2:]) == size
        now_top, now_left = picture.corner(size)
        down, right = now_top - top, now_left - left
        assert torch.equal(chain.sample()[:, :, down : down + 24, right : right + 24], before)
    picture.resize(chain, (36, 48))
    chain.step(2)
    top, left = picture.corner((36, 48))
    for shown in (chain.mean(), chain.sample()):
        assert torch.equal(shown[:, :, top : top + 8, left : left + 10], picture.seen)
    assert (chain.sample()[:, :, :, left + 10 :] != 0).all() or at is At.RIGHT


def test_set_free_the_picture_is_dreamt_away(model: Instrument) -> None:
    picture = held((8, 10), known=False)
    chain = chain_of(model, replace(DreamSettings(), width=24, height=24), picture)
    top, left = picture.corner((24, 24))
    chain.step()
    assert torch.equal(chain.sample()[0, 0, top + 1, left : left + 10], picture.seen[0, 0, 1])
    assert chain.sample()[0, 0, top, left] != picture.seen[0, 0, 0, 0]
    chain.clamp(None, None)
    chain.step()
    assert not torch.isclose(chain.sample()[0, 0, top + 1, left : left + 10], picture.seen[0, 0, 1]).any()
