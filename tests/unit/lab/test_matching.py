"""The patch engine against the same sums written out."""

from __future__ import annotations

import numpy as np
import pytest

from studio.errors import DataError
from studio.jobs.stepwise import finished
from studio.lab import matching
from studio.lab.matching import correlating, drawn_patches, every_patch, least_distance
from tests.unit.lab.textures import noise


def test_every_patch_is_there_once_in_reading_order() -> None:
    picture = noise(7, 9, channels=2)
    found = np.concatenate(list(every_patch(picture, 3)))
    assert found.shape == (5 * 7, 2 * 9)
    np.testing.assert_array_equal(found[7 * 2 + 4], np.moveaxis(picture[2:5, 4:7], 2, 0).ravel())


@pytest.mark.parametrize("block", [1 << 23, 700])
def test_best_matches_are_those_of_a_plain_search(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "BLOCK", block)
    picture, others = noise(20, 17, 1) - 0.5, noise(15, 14, 2)[None] - 0.5
    patches = drawn_patches(others, 300, np.random.default_rng(0), side=5)
    whole = np.concatenate(list(every_patch(picture, 5)))
    products = patches @ whole.T
    wanted = products / np.outer(np.linalg.norm(patches, axis=1), np.linalg.norm(whole, axis=1))
    np.testing.assert_allclose(finished(correlating(patches, picture, 5)), wanted.max(axis=1), rtol=1e-4)
    distances = np.linalg.norm(patches[:, None] - whole[None], axis=2).min(axis=1)
    np.testing.assert_allclose(least_distance(patches, picture, 5), distances, rtol=1e-4)


def test_a_copy_is_at_no_distance_and_a_scaled_copy_correlates_fully() -> None:
    picture = noise(40, 40)
    patches = drawn_patches(picture[None], 20, np.random.default_rng(0))
    assert least_distance(patches, picture).max() == 0
    np.testing.assert_allclose(finished(correlating(2.5 * patches, picture)), 1, atol=1e-6)
    assert finished(correlating(np.zeros_like(patches), picture)).max() == 0


def test_patches_come_equally_from_each_picture_and_the_seed_fixes_them() -> None:
    pictures = np.stack([noise(30, 30, 1), 2 + noise(30, 30, 2)])
    first, again = (drawn_patches(pictures, 9, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert (first.mean(axis=1) > 1.5).tolist() == [False] * 5 + [True] * 5


def test_too_small_a_picture_is_a_sentence() -> None:
    with pytest.raises(DataError, match="30 x 18 px are too few"):
        drawn_patches(noise(18, 30)[None], 5, np.random.default_rng(0))
