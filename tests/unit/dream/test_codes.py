"""Ways through a code space: where they begin, what they pass, how they close; mixtures and their weights."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from studio.dream.codes import along, between, mixture, path
from studio.dream.walk import MOST_FRAMES, Walk
from studio.errors import SettingsError


@pytest.fixture
def codes() -> Tensor:
    return torch.randn((3, 5), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("spherical", [False, True])
@pytest.mark.parametrize("frames", [3, 4, 60, 61])
def test_a_way_begins_and_ends_at_its_pictures_and_passes_all_others(
    codes: Tensor, frames: int, spherical: bool
) -> None:
    way = path(codes, Walk(frames, spherical=spherical))
    assert way.shape == (frames, 5)
    assert torch.equal(way[0], codes[0])
    assert torch.equal(way[-1], codes[2])
    assert any(torch.equal(code, codes[1]) for code in way)


def test_a_straight_way_has_even_steps() -> None:
    way = path(torch.tensor([[0.0, 0.0], [1.0, 2.0]]), Walk(11))
    assert torch.allclose(way, torch.linspace(0, 1, 11)[:, None] * torch.tensor([1.0, 2.0]), atol=1e-6)


def test_after_a_loop_comes_its_beginning_with_a_step_like_the_others() -> None:
    corners = torch.tensor([[0.0, 0.0], [3.0, 0.0], [3.0, 3.0], [0.0, 3.0]])
    way = path(corners, Walk(12, loop=True))
    assert len(way) == 12
    assert torch.equal(way[0], corners[0])
    steps = torch.linalg.vector_norm(torch.roll(way, -1, 0) - way, dim=1)
    assert torch.allclose(steps, torch.ones(12), atol=1e-6)


def test_a_spherical_way_stays_on_the_sphere() -> None:
    ends = torch.tensor([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    way = path(ends, Walk(9, spherical=True))
    assert torch.allclose(torch.linalg.vector_norm(way, dim=1), torch.full((9,), 2.0), atol=1e-5)
    assert way[4].tolist() == pytest.approx([math.sqrt(2), math.sqrt(2), 0], abs=1e-5)
    straight = path(ends, Walk(9))
    assert float(torch.linalg.vector_norm(straight[4])) == pytest.approx(math.sqrt(2), abs=1e-5)


@pytest.mark.parametrize("end", [[2.0, 0.0], [-1.0, 0.0], [0.0, 0.0]])
def test_where_no_arc_is_determined_the_way_is_straight(end: list[float]) -> None:
    begin, shares = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 0.5, 1.0])
    way = between(begin, torch.tensor(end), shares, spherical=True)
    assert torch.allclose(way, between(begin, torch.tensor(end), shares))
    assert bool(way.isfinite().all())


def test_a_mixture_weighs_by_shares_of_the_sum(codes: Tensor) -> None:
    assert torch.allclose(mixture(codes, (5, 3, 2)), mixture(codes, (0.5, 0.3, 0.2)))
    assert torch.allclose(mixture(codes, (1, 1, 1))[0], codes.mean(0), atol=1e-6)
    assert torch.equal(mixture(codes, (0, 7, 0)), codes[1:2])


@pytest.mark.parametrize("weights", [(1, 1), (1, -1, 1), (0, 0, 0), (math.nan, 1, 1), (math.inf, 1, 1)])
def test_weights_that_mix_nothing_are_a_sentence(codes: Tensor, weights: tuple[float, ...]) -> None:
    with pytest.raises(SettingsError) as caught:
        mixture(codes, weights)
    assert caught.value.hint


def test_ways_that_cannot_be_walked_are_sentences(codes: Tensor) -> None:
    for frames in (1, 0, -5, MOST_FRAMES + 1):
        with pytest.raises(SettingsError, match=f"frames cannot be {frames}"):
            Walk(frames)
    with pytest.raises(SettingsError, match="2 frames cannot show all of 3 pictures"):
        path(codes, Walk(2))
    with pytest.raises(SettingsError, match="from one picture to another"):
        path(codes[:1], Walk())


@pytest.mark.parametrize("loop", [False, True])
def test_a_share_of_a_way_is_where_the_way_is_then(codes: Tensor, loop: bool) -> None:
    legs = 3 if loop else 2
    way = path(codes, Walk(8 * legs + (not loop), loop=loop))
    for number, code in enumerate(way):
        assert torch.allclose(along(codes, number / (8 * legs), loop)[0], code, atol=1e-5)
    assert torch.allclose(along(codes, 1.0, loop), codes[:1] if loop else codes[-1:], atol=1e-6)
    assert torch.equal(along(codes[:1], 0.7), codes[:1])
