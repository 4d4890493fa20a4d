"""Quilting copies, joins where it shows least, and keeps what is known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from studio.errors import DataError
from studio.lab.exemplar import exemplar, halved
from studio.lab.quilting import Patcher, least_path, quilt, quilted_hole
from studio.lab.texture import ceiling, tss
from studio.lab.verbatim import verbatim_share
from tests.unit.lab.textures import noise, pebbles, weave


def test_the_cheapest_path_is_that_of_all_paths() -> None:
    errors = noise(6, 4, 3)[..., 0]
    steps = itertools.product(range(4), *[(-1, 0, 1)] * 5)
    paths = [np.cumsum(moves) for moves in steps]
    cost = min(
        sum(errors[row, column] for row, column in enumerate(path)) for path in paths if 0 <= min(path) <= max(path) < 4
    )
    found = least_path(errors)
    assert sum(errors[row, column] for row, column in enumerate(found)) == pytest.approx(cost)
    assert np.abs(np.diff(found)).max() <= 1


def test_costs_are_squared_differences_on_the_known_pixels() -> None:
    source, old = noise(20, 24, 1, 3), noise(8, 8, 2, 3).astype(np.float64)
    there = noise(8, 8, 4)[..., 0] > 0.4
    costs = Patcher(source, 8).costs(old, there)
    assert costs.shape == (13, 17)
    wanted = np.square(source[5:13, 9:17] - old)[there].sum()
    assert costs[5, 9] == pytest.approx(wanted)


def test_a_quilt_has_the_size_asked_for_and_only_pixels_of_its_source() -> None:
    source = noise(50, 60, channels=3)
    made = quilt(source, (71, 45), np.random.default_rng(0), block=18)
    assert made.shape == (71, 45, 3)
    known = {tuple(pixel) for pixel in source.reshape(-1, 3)}
    assert all(tuple(pixel) in known for pixel in made.reshape(-1, 3))
    np.testing.assert_array_equal(made, quilt(source, (71, 45), np.random.default_rng(0), block=18))
    assert quilt(source, (9, 9), np.random.default_rng(0), block=18).shape == (9, 9, 3)


def test_a_block_is_not_followed_by_its_own_next_one() -> None:
    """Nothing fits noise but what comes next in it: taken, it would be copied from end to end."""
    source = noise(90, 90)
    for seed in range(4):
        made = quilt(source, (33, 33), np.random.default_rng(seed), block=18)
        for part in (made[:18], made[:, :18]):
            every = sliding_window_view(source, part.shape)
            assert np.abs(every - part).reshape(-1, part.size).max(1).min() > 0.1


def test_a_quilt_looks_like_its_source_because_it_copies() -> None:
    texture = halved(pebbles(180, 130, 5))
    made = quilt(texture.learning, (100, 100), np.random.default_rng(1))[None]
    assert tss(made, texture, patches=100).mean == pytest.approx(ceiling(texture, patches=100).mean, abs=0.05)
    assert verbatim_share(made, texture, patches=200) > 0.05
    fresh = pebbles(100, 100, 6)[None]
    assert verbatim_share(fresh, texture, patches=200) == 0
    assert verbatim_share(texture.learning[None], texture, patches=50) == 1


def test_a_copy_in_eight_bits_is_a_copy_and_a_blurred_one_is_not() -> None:
    picture = pebbles(80, 80, 7)
    texture = exemplar(picture, picture)
    rounded = (np.rint(picture * 255)[None] / 255).astype(np.float32)
    assert verbatim_share(rounded, texture, patches=50) == 1
    shifted = [np.roll(picture, shift, (0, 1)) for shift in itertools.product((-2, 0, 2), repeat=2)]
    blurred = np.stack(shifted).mean(axis=0)
    assert verbatim_share(blurred[None].astype(np.float32), texture, patches=50) == 0


def test_a_hole_in_a_regular_texture_is_filled_and_the_rest_is_kept() -> None:
    whole = weave(60, 60, period=10)
    mask = np.zeros((60, 60), np.bool_)
    mask[15:45, 15:45] = True
    hidden = np.where(mask[..., None], np.float32(0.7), whole)
    made = quilted_hole(hidden, mask, weave(120, 120, period=10)[31:, 17:], np.random.default_rng(0), block=24)
    np.testing.assert_array_equal(made[~mask], whole[~mask])
    assert np.abs(made - whole)[mask].mean() < 0.25 * np.abs(0.5 - whole)[mask].mean()
    again = quilted_hole(
        np.where(mask[..., None], np.float32(0), whole),
        mask,
        weave(120, 120, period=10)[31:, 17:],
        np.random.default_rng(0),
        block=24,
    )
    np.testing.assert_array_equal(made, again)


def test_no_hole_is_no_work_and_a_small_source_is_a_sentence() -> None:
    whole = weave(30, 30)
    np.testing.assert_array_equal(
        quilted_hole(whole, np.zeros((30, 30), np.bool_), whole, np.random.default_rng(0)), whole
    )
    with pytest.raises(DataError, match="holds no block of 36 px"):
        quilt(whole, (50, 50), np.random.default_rng(0))


def test_a_flat_source_does_not_break_the_search() -> None:
    made = quilt(np.full((30, 30, 1), 0.25, np.float32), (40, 40), np.random.default_rng(0), block=12)
    assert (made == 0.25).all()
