"""Blending: known pixels stay, a step at the edge is evened out, what lies deep in the hole is left alone."""

from __future__ import annotations

import numpy as np
import pytest

from studio.dream.blending import FEATHER, REACH, Blend, blended

PICTURE = np.full((40, 60, 3), 0.7, np.float32)
DREAMT = np.full((40, 60, 3), 0.4, np.float32)
HOLE = np.zeros((40, 60), np.bool_)
HOLE[:, :30] = True
DEEP = 30 - int(REACH * FEATHER) - 2  # columns from the left that no feather reaches


def test_hard_is_the_dream_in_the_hole() -> None:
    found = blended(PICTURE, DREAMT, HOLE, Blend.HARD)
    assert np.array_equal(found[HOLE], DREAMT[HOLE])
    assert np.array_equal(found[~HOLE], PICTURE[~HOLE])


def test_feathered_changes_only_the_hole_near_its_edge() -> None:
    found = blended(PICTURE, DREAMT, HOLE, Blend.FEATHERED)
    assert np.array_equal(found[~HOLE], PICTURE[~HOLE])
    assert np.array_equal(found[:, :DEEP], DREAMT[:, :DEEP])
    edge = found[20, DEEP:30, 0]
    assert (np.diff(edge) >= 0).all()
    assert edge[-1] == pytest.approx(0.7, abs=0.06)
    assert edge[0] == pytest.approx(0.4, abs=0.02)


def test_details_stay_while_their_light_changes() -> None:
    rng = np.random.default_rng(0)
    grain = 0.1 * (rng.random((40, 60, 3), np.float32) - 0.5)
    found = blended(PICTURE + grain, DREAMT + grain, HOLE, Blend.FEATHERED)
    edge = found[:, 26:30]
    assert edge.mean() > 0.55
    assert edge[..., 0].std(axis=0) == pytest.approx(grain[:, 26:30, 0].std(axis=0), rel=0.2)


def test_where_both_sides_agree_nothing_changes() -> None:
    found = blended(PICTURE, PICTURE.copy(), HOLE, Blend.FEATHERED)
    assert np.allclose(found, PICTURE, atol=1e-5)
    assert found.dtype == np.float32
    bright = blended(PICTURE, np.ones_like(PICTURE), HOLE, Blend.FEATHERED)
    assert bright.max() <= 1


def test_matched_gives_the_hole_the_light_beside_it() -> None:
    generator = np.random.default_rng(3)
    picture = (0.6 + 0.05 * generator.standard_normal((48, 48, 3))).astype(np.float32)
    dreamt = (0.3 + 0.15 * generator.standard_normal((48, 48, 3))).astype(np.float32)
    hole = np.zeros((48, 48), np.bool_)
    hole[16:32, 16:32] = True
    found = blended(picture, dreamt, hole, Blend.MATCHED)
    assert np.array_equal(found[~hole], picture[~hole])
    assert np.allclose(found[hole].mean(0), 0.6, atol=0.01)
    assert np.allclose(found[hole].std(0), 0.05, atol=0.01)
    flat = blended(picture, np.full_like(dreamt, 0.3), hole, Blend.MATCHED)
    assert np.allclose(flat[hole].mean(0), 0.6, atol=0.01)
