"""Seams that are there and seams that are not."""

from __future__ import annotations

import numpy as np
import pytest

from studio.lab.seam import seam, seams
from tests.unit.lab.textures import noise, pebbles


def test_a_torus_has_no_seam_and_a_crop_of_it_has() -> None:
    whole = [pebbles(96, 80, seed) for seed in range(4)]
    tori = seams(whole)
    assert tori.score == pytest.approx(1, abs=0.15)
    assert tori.inside >= 0.75
    assert tori.count == 8
    crops = seams([picture[:61, :53] for picture in whole])
    assert crops.score > 2
    assert crops.inside == 0


def test_true_noise_is_inside_nine_times_of_ten() -> None:
    found = seams(noise(64, 64, seed) for seed in range(200))
    assert found.score == pytest.approx(1, abs=0.01)
    assert found.inside == pytest.approx(0.9, abs=0.04)
    assert found.deviation > 0


def test_each_axis_is_judged_by_itself() -> None:
    ramp = np.broadcast_to(np.arange(32, dtype=np.float32)[:, None, None], (32, 20, 1)) + noise(32, 20)
    assert seam(ramp, 0).score > 20
    assert seam(ramp, 1).score < 2
    assert seams([ramp], axes=(1,)).count == 1


def test_a_large_picture_is_judged_like_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line counts once: of lines that are each one step rougher than the last the spread is known."""
    heights = np.cumsum(np.arange(150, dtype=np.float32))[:, None, None] * np.ones((150, 3, 1), np.float32)
    whole = seam(heights, 0)
    assert whole.score == pytest.approx(heights[-1, 0, 0] / np.arange(1, 150).mean())
    for lines in (1, 7, 149, 1000):
        monkeypatch.setattr("studio.lab.seam.AT_ONCE", lines)
        assert seam(heights, 0) == whole


def test_a_picture_of_one_colour_is_seamless_and_a_step_of_nothing_else_is_not() -> None:
    assert seam(np.ones((8, 8, 3), np.float32), 0).score == 1
    assert seam(np.ones((8, 8, 3), np.float32), 0).inside
    wavy = np.tile(np.array([0, 1], np.float32), 8)[:, None, None] * np.ones((16, 4, 1), np.float32)
    assert seam(wavy, 0).score == 1
    assert not seam(wavy[:-1], 0).inside
