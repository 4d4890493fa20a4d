"""Figures of fillings: by hand, inside the hole alone, and a baseline that sees nothing of the truth."""

from __future__ import annotations

import numpy as np
import pytest

from studio.errors import DataError
from studio.lab import filled
from studio.lab.filled import biharmonic, closeness
from tests.unit.lab.textures import noise, weave

HOLE = np.zeros((24, 30), np.bool_)
HOLE[6:14, 8:20] = True


def test_psnr_is_that_of_the_hole() -> None:
    truth = noise(24, 30, 0, 3)
    made = truth.copy()
    made[HOLE] = np.clip(made[HOLE] + 0.1, 0, 1)
    error = np.mean((made[HOLE].astype(np.float64) - truth[HOLE]) ** 2)
    assert closeness(truth, made, HOLE).psnr == pytest.approx(10 * np.log10(1 / error), abs=1e-4)


def test_a_perfect_filling_has_the_most_there_is() -> None:
    truth = noise(24, 30)
    found = closeness(truth, truth.copy(), HOLE)
    assert found.psnr == filled.MOST
    assert found.ssim == pytest.approx(1)


def test_the_better_filling_has_the_better_figures() -> None:
    truth = weave(24, 30)
    grey = np.where(HOLE[..., None], truth.mean(), truth).astype(np.float32)
    near = np.where(HOLE[..., None], 0.8 * truth + 0.2 * truth.mean(), truth).astype(np.float32)
    worse, better = closeness(truth, grey, HOLE), closeness(truth, near, HOLE)
    assert better.psnr > worse.psnr + 10
    assert better.ssim > worse.ssim + 0.2


@pytest.mark.parametrize("shape", [(3, 3), (4, 9), (6, 5)])
def test_small_pictures_have_smaller_windows(shape: tuple[int, int]) -> None:
    truth, hole = noise(*shape), np.zeros(shape, np.bool_)
    hole[:, :2] = True
    assert -1 <= closeness(truth, np.roll(truth, 1, 0), hole).ssim < 1


def test_pictures_smaller_than_any_window_are_refused() -> None:
    with pytest.raises(DataError, match="too small"):
        closeness(noise(2, 5), noise(2, 5), np.ones((2, 5), np.bool_))


def test_biharmonic_goes_on_smoothly_and_never_sees_the_truth() -> None:
    down, across = np.mgrid[:24, :30].astype(np.float32)
    ramp = ((down + across) / 60)[..., None].repeat(3, axis=2)
    hidden = np.where(HOLE[..., None], np.float32(0.9), ramp)
    found = biharmonic(hidden, HOLE)
    assert np.allclose(found, ramp, atol=0.02)
    assert np.array_equal(found, biharmonic(ramp, HOLE))
    assert found.dtype == np.float32


def test_a_hole_too_large_for_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filled, "LARGEST_HOLE", 50)
    with pytest.raises(DataError, match="96 px"):
        biharmonic(noise(24, 30), HOLE)
