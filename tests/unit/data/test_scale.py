"""How large structure is: waves, lattices, grains, and what is said of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.data.blur import blurred
from studio.data.lighting import evened, filled
from studio.data.scale import propose_scale
from studio.errors import DataError

Pixels = NDArray[np.uint8]


def lattice(across: float, down: float, side: int = 256, noise: float = 20) -> NDArray[np.float32]:
    x = np.cos(2 * np.pi * np.arange(side) / across)
    y = np.cos(2 * np.pi * np.arange(side) / down)[:, None]
    return np.asarray(128 + 40 * (x + y) + np.random.default_rng(0).normal(0, noise, (side, side)), np.float32)


def grains(size: float, side: int = 256) -> NDArray[np.float32]:
    return blurred(np.random.default_rng(2).normal(size=(side, side)).astype(np.float32), size)


@limits(max_examples=12)
@given(st.floats(9, 40), st.floats(9, 40))
def test_the_longer_side_of_a_lattice_is_the_period(across: float, down: float) -> None:
    proposal = propose_scale(lattice(across, down))
    longer, shorter = max(across, down), min(across, down)
    assert proposal.repeats
    if longer < 2.5 * shorter:
        assert proposal.period_px == pytest.approx(longer, abs=1.5)


def test_stripes_have_the_period_across_them() -> None:
    stripes = np.tile(np.sin(2 * np.pi * np.arange(240) / 20), (240, 1))
    proposal = propose_scale(stripes.astype(np.float32))
    assert proposal.repeats
    assert proposal.period_px == pytest.approx(20, abs=1)


def test_grains_do_not_repeat_and_their_size_grows_with_them() -> None:
    fine, coarse = propose_scale(grains(2)), propose_scale(grains(6))
    assert not fine.repeats
    assert not coarse.repeats
    assert 2 < coarse.period_px / fine.period_px < 4
    assert "structure is about" in coarse.sentence


def test_structure_is_brought_to_a_tile_and_a_half() -> None:
    proposal = propose_scale(lattice(32, 32, 512), tile=11)
    assert 11 <= proposal.period_px * proposal.scale <= 17
    assert proposal.sentence.startswith("The structure repeats every 32 px; at a scale of 0.52")
    assert propose_scale(lattice(32, 32, 512), tile=22).scale == 1


def test_structure_larger_than_the_tile_is_said_with_the_remedy() -> None:
    proposal = propose_scale(lattice(32, 32, 512))
    assert "choose a scale of 0.52" in proposal.objection(1.0)
    assert proposal.objection(proposal.scale) == ""
    huge = propose_scale(lattice(60, 60, 256))
    assert "larger tiles or more scales" in huge.sentence
    assert huge.scale * 256 >= 150
    assert "choose larger tiles" in huge.objection(huge.scale)


def test_colours_of_equal_brightness_count_and_bytes_are_like_numbers() -> None:
    stripes = np.tile(100 * (np.arange(200) // 8 % 2), (200, 1)).astype(np.uint8)
    coloured = np.stack([stripes, 100 - stripes, np.zeros_like(stripes)])
    assert propose_scale(coloured).period_px == pytest.approx(16, abs=1)
    assert propose_scale(coloured / np.float32(255)).period_px == pytest.approx(16, abs=1)


def test_large_pictures_are_measured_in_their_own_pixels() -> None:
    row = np.sin(2 * np.pi * np.arange(2100) / 50)
    proposal = propose_scale((row + row[:, None]).astype(np.float32))
    assert proposal.period_px == pytest.approx(50, abs=2)


def test_slow_light_is_no_structure() -> None:
    shade = np.linspace(0, 200, 256)
    assert propose_scale((lattice(20, 20) + shade).astype(np.float32)).period_px == pytest.approx(20, abs=1)


@pytest.mark.parametrize("picture", [np.full((3, 60, 60), 7, np.uint8), np.zeros((60, 60), np.float32)])
def test_one_colour_is_refused(picture: NDArray[np.generic]) -> None:
    with pytest.raises(DataError, match="one colour only"):
        propose_scale(picture)


def test_too_small_is_refused() -> None:
    with pytest.raises(DataError, match="too small"):
        propose_scale(np.zeros((1, 9, 60), np.uint8))


@pytest.mark.parametrize("shape", [(120, 200), (200, 120), (150, 150)])
@pytest.mark.parametrize("period", [20, 28])
@pytest.mark.parametrize("turn", [15, 45, 60, 75])
def test_slanted_stripes_are_measured_in_pictures_of_any_shape(shape: tuple[int, int], period: int, turn: int) -> None:
    down, across = np.mgrid[: shape[0], : shape[1]]
    way = np.cos(np.radians(turn)) * across + np.sin(np.radians(turn)) * down
    noise = np.random.default_rng(0).normal(0, 0.5, shape)
    found = propose_scale(np.sin(2 * np.pi * way / period) + noise)
    assert found.period_px == pytest.approx(period, rel=0.1)


def test_light_is_removed_and_the_material_and_its_colour_stay() -> None:
    material = np.random.default_rng(0).integers(60, 140, (1, 120, 160)) * np.array([1.0, 0.8, 0.5])[:, None, None]
    light = np.linspace(0.5, 1.5, 160)
    known = np.ones((120, 160), bool)
    even = evened((material * light).astype(np.uint8), known, 20.0).astype(np.float64)
    left, right = even[..., 20:60].mean(axis=(1, 2)), even[..., 100:140].mean(axis=(1, 2))
    assert np.allclose(left / right, 1, atol=0.06)
    assert np.median(even[1] / even[0]) == pytest.approx(0.8, abs=0.01)
    inner = (slice(None), slice(None), slice(20, 140))
    assert np.corrcoef(even[inner].ravel(), material[inner].ravel())[0, 1] > 0.98


def test_what_is_far_darker_than_any_shade_stays_dark() -> None:
    """A patch at a twentieth of the light around it is tar, not shadow."""
    pixels = np.full((1, 100, 100), 200, np.uint8)
    pixels[:, 30:70, 30:70] = 10
    even = evened(pixels, np.ones((100, 100), bool), 4.0)
    assert int(even[0, 50, 50]) == 30


def test_holes_are_filled_from_around_them_and_the_rest_stays() -> None:
    pixels: Pixels = np.tile(np.linspace(50, 200, 100).astype(np.uint8), (1, 80, 1))
    known = np.ones((80, 100), bool)
    known[30:40, 45:55] = False
    spoilt = np.where(known, pixels, 0).astype(np.uint8)
    again = filled(spoilt, known)
    assert np.array_equal(again[:, known], pixels[:, known])
    assert np.abs(again.astype(int) - pixels)[:, ~known].max() < 25
    assert filled(pixels, np.ones((80, 100), bool)) is pixels
