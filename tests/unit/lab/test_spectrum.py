"""Distances of second-order statistics: nothing for the same, more for the less alike."""

from __future__ import annotations

import numpy as np
import pytest

from studio.errors import DataError
from studio.lab.spectrum import autocorrelation, autocorrelation_distance, cells_of, spectrum_distance
from tests.unit.lab.textures import noise, pebbles, weave


def grey(picture: np.ndarray) -> np.ndarray:
    return np.asarray(picture[..., 0] / picture.std(), np.float32)


def test_a_texture_is_at_no_distance_of_itself() -> None:
    one = grey(pebbles(100, 120))
    assert spectrum_distance(one[None], one) == 0
    assert autocorrelation_distance(one[None], one) == 0


def test_the_same_material_is_nearer_than_another() -> None:
    one, same, other = grey(pebbles(128, 128, 1)), grey(pebbles(128, 128, 2)), grey(noise(128, 128))
    assert spectrum_distance(same[None], one) < 0.3 * spectrum_distance(other[None], one)
    assert autocorrelation_distance(same[None], one) < autocorrelation_distance(other[None], one)


def test_direction_counts() -> None:
    lines = grey(weave(128, 128, 9))
    turned = np.ascontiguousarray(lines.T)
    assert spectrum_distance(turned[None], lines) > 3
    assert autocorrelation_distance(turned[None], lines) > 0.1


def test_ten_times_the_power_is_ten_decibels() -> None:
    one = grey(noise(128, 128))
    assert spectrum_distance(one[None] * np.float32(np.sqrt(10)), one) == pytest.approx(10, abs=0.05)


def test_cells_hold_a_frequency_and_its_mirror_and_not_the_mean() -> None:
    cells = cells_of(64)
    assert len(np.unique(cells)) >= 6 * 8 - 2
    assert cells[0, 0] == 6 * 8
    assert cells[0, 20] == cells[0, -20] == cells[20, 0] - 4
    assert cells[7, 20] == cells[-7, -20] != cells[-7, 20]


def test_autocorrelation_of_a_wave_is_a_wave() -> None:
    wave = np.sin(2 * np.pi * np.arange(240) / 12)
    found = autocorrelation(np.tile(wave, (60, 1)).astype(np.float32), lags=24)
    assert found.shape == (49, 49)
    np.testing.assert_allclose(found[24], np.cos(2 * np.pi * np.arange(-24, 25) / 12), atol=0.02)
    np.testing.assert_allclose(found, found[::-1, ::-1], atol=1e-9)


def test_small_pictures_are_compared_in_smaller_windows_and_tiny_ones_refused() -> None:
    assert spectrum_distance(grey(noise(40, 50, 1))[None], grey(noise(60, 36, 2))) < 4
    assert autocorrelation_distance(grey(noise(40, 50, 1))[None], grey(noise(100, 90, 2))) < 0.1
    with pytest.raises(DataError, match="too few"):
        spectrum_distance(grey(noise(20, 50))[None], grey(noise(60, 36)))
