"""How far dreams are from pictures: nothing between halves of one set, much between unlike ones."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.lab.discrepancy import Grams, compared, nearest, orientation_histograms, thumbnails

Values = NDArray[np.float32]


def stripes(count: int, seed: int, upright: bool = False, colour: float = 1.0) -> Values:
    rng = np.random.default_rng(seed)
    line = np.sin(np.arange(32)[None] * rng.uniform(0.3, 0.8, (count, 1)) + rng.uniform(0, 6, (count, 1))) / 2 + 0.5
    pictures = np.broadcast_to(line[:, :, None], (count, 32, 32))
    pictures = pictures.transpose(0, 2, 1) if upright else pictures
    return np.stack([pictures, pictures * colour, pictures * colour], 3).astype(np.float32)


def test_two_draws_of_the_same_pictures_are_near_nothing() -> None:
    found = compared(stripes(60, 0), stripes(60, 1))
    assert abs(found.mean) < 0.02
    assert found.low < 0.02


def test_turned_stripes_differ_in_shape_and_others_in_colour() -> None:
    same = compared(stripes(40, 0), stripes(40, 1))
    turned = compared(stripes(40, 0, upright=True), stripes(40, 1))
    tinted = compared(stripes(40, 0, colour=0.3), stripes(40, 1))
    assert turned.shapes > 0.3 > same.shapes
    assert tinted.colours > same.colours + 0.05
    assert tinted.low < tinted.mean < tinted.high


def test_it_is_the_sum_over_pairs() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(3, 2)), rng.normal(size=(4, 2)) + 1
    gram = Grams.of(first, second)
    within = [gram.dreams[i, j] for i in range(3) for j in range(3) if i != j]
    beyond = [gram.pictures[i, j] for i in range(4) for j in range(4) if i != j]
    wanted = np.mean(within) + np.mean(beyond) - 2 * np.mean(gram.between)
    assert gram.unbiased() == pytest.approx(wanted)
    assert gram.between.shape == (3, 4)
    assert np.allclose(np.diag(gram.dreams), 1)


def test_grey_pictures_are_compared_like_colour() -> None:
    grey = stripes(2, 0)[..., :1]
    assert thumbnails(grey).shape == (2, 16 * 16 * 3)
    assert orientation_histograms(grey).shape == (2, 4 * 4 * 8)


def test_a_copy_is_near_and_another_is_as_far_as_pictures_are() -> None:
    pictures = stripes(50, 2)
    places, distances = nearest(pictures[[7, 9]], pictures)
    assert places.tolist() == [7, 9]
    assert distances == pytest.approx([0, 0], abs=1e-5)
    _, fresh = nearest(stripes(50, 3), pictures)
    assert 0.5 < float(np.median(fresh)) < 2
