"""Filled holes: the truth scores 1, nobody sees it, quilting does what it can."""

from __future__ import annotations

import numpy as np
import pytest

from studio.errors import DataError
from studio.lab.exemplar import halved
from studio.lab.holes import Mask, Values, hole_mask, hole_scores, judged_pictures, quilting_filler
from tests.unit.lab.textures import noise, weave


def test_the_hole_is_54_of_76_pixels_in_the_middle() -> None:
    mask = hole_mask()
    assert mask.sum() == 54 * 54
    np.testing.assert_array_equal(mask, mask[::-1, ::-1])


def test_the_truth_scores_one_and_is_hidden() -> None:
    texture = halved(weave(200, 120))
    truth = judged_pictures(texture, 3)

    def cheat(pictures: Values, mask: Mask) -> Values:
        assert not pictures[:, mask].any()
        np.testing.assert_array_equal(pictures[:, ~mask], truth[:, ~mask])
        return truth

    scores = hole_scores(texture, cheat, 3)
    assert scores.ncc.mean == pytest.approx(1, abs=1e-5)
    assert scores.mssim.mean == pytest.approx(1, abs=1e-5)
    assert scores.ncc.count == 3


def test_quilting_knows_a_weave_and_not_noise() -> None:
    regular, random = halved(weave(220, 140)), halved(noise(220, 140))
    known = hole_scores(regular, quilting_filler(regular), 3)
    unknown = hole_scores(random, quilting_filler(random), 3)
    assert known.ncc.mean > 0.7
    assert known.mssim.mean > 0.5
    assert abs(unknown.ncc.mean) < 0.1
    assert abs(unknown.mssim.mean) < 0.1


def test_colour_is_judged_too_and_a_small_half_is_a_sentence() -> None:
    texture = halved(noise(170, 90, channels=3))
    scores = hole_scores(texture, quilting_filler(texture), 2)
    assert -1 <= scores.mssim.mean <= 1
    small = halved(noise(150, 90))
    with pytest.raises(DataError, match="90 x 75 px"):
        hole_scores(small, quilting_filler(small), 2)
