"""Gabor functions found again in filters made of them, and not found where there are none."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.errors import DataError
from studio.jobs.stepwise import finished
from studio.lab.gabor import GOOD, LEAST_SIDE, Gabor, colourless, fit, fitting, good


def made(
    angle: float, frequency: float, phase: float = 0.7, side: int = 10, across: float = 1.8
) -> NDArray[np.float64]:
    """Return a Gabor function whose stripes stand in a direction given in degrees."""
    down, right = np.mgrid[:side, :side] - (side - 1) / 2 + 0.4
    turned = np.radians(angle - 90)
    x, y = right * np.cos(turned) + down * np.sin(turned), down * np.cos(turned) - right * np.sin(turned)
    picture: NDArray[np.float64] = np.exp(-0.5 * ((x / across) ** 2 + (y / 2.5) ** 2)) * np.cos(
        2 * np.pi * frequency * x + phase
    )
    return picture


@pytest.mark.parametrize("angle", [0.0, 30.0, 90.0, 135.0])
@pytest.mark.parametrize("frequency", [0.12, 0.25])
def test_a_gabor_function_is_found_again(angle: float, frequency: float) -> None:
    picture = 0.03 * made(angle, frequency)
    found = fit(picture)
    assert found.r2 > 0.999
    assert abs((found.orientation - angle + 90) % 180 - 90) < 1
    assert found.frequency == pytest.approx(frequency, rel=0.03)
    assert found.along == pytest.approx(2.5, rel=0.1)


def test_noise_lowers_what_is_explained_by_its_share() -> None:
    picture = made(60, 0.2)
    noise = np.random.default_rng(1).normal(0, 1, picture.shape)
    noise *= np.sqrt(0.25 / 0.75 * picture.var() / noise.var())
    assert fit(picture + noise).r2 == pytest.approx(0.75, abs=0.08)


def test_noise_and_flat_filters_are_no_edges() -> None:
    rng = np.random.default_rng(2)
    fits = [fit(rng.normal(size=(10, 10))) for _ in range(8)]
    assert good(fits) == []
    assert fit(np.full((10, 10), 0.3)) == Gabor(0.0, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("side", [4, 5])
def test_filters_that_noise_would_pass_for_are_not_judged(side: int) -> None:
    filters = np.random.default_rng(0).normal(size=(20, 1, side, side + 1))
    if side < LEAST_SIDE:
        with pytest.raises(DataError, match=f"Filters of {side + 1} x {side} px are too small"):
            finished(fitting(filters))
    else:
        assert len(good(finished(fitting(filters)))) <= 1


def test_a_ring_is_no_edge() -> None:
    down, right = np.mgrid[:10, :10] - 4.5
    radius = np.hypot(down, right)
    ring = np.exp(-0.5 * ((radius - 3) / 0.8) ** 2)
    assert fit(ring - ring.mean()).r2 < GOOD


def test_colour_is_seen_along_its_own_direction() -> None:
    picture = made(45, 0.2)
    coloured = np.stack([picture, -picture, np.zeros_like(picture)])[None]
    grey = colourless(coloured)
    assert grey.shape == (1, 10, 10)
    assert abs(float(np.corrcoef(grey[0].ravel(), picture.ravel())[0, 1])) == pytest.approx(1)
