"""Pictures varied for a classifier to learn from."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.lab.examples import Examples
from studio.lab.variants import variant

SIDE = 20


def spots(count: int) -> NDArray[np.uint8]:
    """Return pictures of one bright spot a little right of the middle, (n, 1, 20, 20)."""
    pixels = np.zeros((count, 1, SIDE, SIDE), np.uint8)
    pixels[:, :, 8:12, 11:15] = 200
    return pixels


def test_a_picture_is_varied_alike_with_whichever_others_it_is_read() -> None:
    alter, pixels = variant(6, 1, seed=0), spots(6)
    chosen = np.array([4, 1])
    together = alter(pixels, np.arange(6))
    assert np.array_equal(alter(pixels[chosen], chosen), together[chosen])
    assert together.dtype == np.uint8
    assert together.shape == pixels.shape
    assert len(np.unique(together.reshape(6, -1), axis=0)) == 6, "each its own way"


def test_numbers_and_seeds_are_other_variants() -> None:
    pixels, all_of = spots(3), np.arange(3)
    made = [variant(3, number, seed)(pixels, all_of) for number, seed in ((1, 0), (2, 0), (1, 1))]
    for index, one in enumerate(made):
        assert all(not np.array_equal(one, other) for other in made[index + 1 :])
    assert np.array_equal(variant(3, 1, 0)(pixels, all_of), made[0])


def test_what_is_seen_stays_about_where_and_as_large_as_it_was() -> None:
    pixels = spots(300)
    made = variant(300, 1, seed=0)(pixels, np.arange(300)).astype(float)
    mass = made.sum((1, 2, 3)) / pixels[0].sum(dtype=float)
    right = (made.sum(2) * np.arange(SIDE)).sum((1, 2)) / made.sum((1, 2, 3))
    assert np.median(mass) == pytest.approx(1, abs=0.1)
    assert right.mean() == pytest.approx(12.5, abs=0.3)
    assert 0.3 < right.std() < 1.5
    assert made.max() <= 200


def test_rows_of_a_picture_are_found_in_all_its_variants() -> None:
    examples = Examples(np.zeros((12, 2), np.float32), np.array([0, 1, 0, 1]))
    assert (examples.count, examples.views) == (4, 3)
    rows = examples.all_of(np.array([1, 2]))
    assert rows.tolist() == [1, 2, 5, 6, 9, 10]
    assert examples.classes_of(rows).tolist() == [1, 0] * 3
