"""Smoothing, thinning, ranges, words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.project.history import Curve
from studio.ui.widgets.curve_math import Smoothed, calm, logarithmic, span, thin, value_near, worded


def curve_of(values: list[float]) -> Curve:
    curve = Curve()
    for step, value in enumerate(values):
        curve.append(step, value)
    return curve


def test_a_constant_stays_constant_from_the_first_point() -> None:
    np.testing.assert_allclose(Smoothed(curve_of([3.0] * 20), 0.95).values(), 3.0)


def test_growing_in_pieces_gives_what_growing_at_once_gives() -> None:
    values = np.random.default_rng(0).normal(size=50).tolist()
    curve = curve_of(values[:7])
    kept = Smoothed(curve, 0.8)
    kept.values()
    for step, value in enumerate(values[7:], start=7):
        curve.append(step, value)
    np.testing.assert_array_equal(kept.values(), Smoothed(curve_of(values), 0.8).values())


def test_a_gap_stays_a_gap_and_is_forgotten() -> None:
    with_gap = Smoothed(curve_of([1.0, math.nan, math.inf, 2.0]), 0.5).values()
    without = Smoothed(curve_of([1.0, 2.0]), 0.5).values()
    assert np.isnan(with_gap).tolist() == [False, True, True, False]
    assert with_gap[3] == without[1]


@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(math.nan)), min_size=1, max_size=400), st.integers(4, 60))
def test_thinning_keeps_order_extremes_and_limit(values: list[float], most: int) -> None:
    steps, array = np.arange(len(values), dtype=np.float64), np.array(values, np.float64)
    x, y = thin(steps, array, most)
    assert len(x) == len(y) <= most + 1 or len(values) <= most
    assert (np.diff(x) >= 0).all()
    assert x[-1] == steps[-1]
    finite = array[np.isfinite(array)]
    if len(finite) and len(values) > most:
        size = -(-len(values) // (most // 2))
        body = array[: len(values) // size * size]
        body = body[np.isfinite(body)]
        if len(body):
            assert np.nanmax(y) >= body.max()
            assert np.nanmin(y) <= body.min()


def test_ranges_have_room_and_survive_flat_and_empty_curves() -> None:
    low, high = span([np.array([1.0, 2.0, np.nan]), np.array([np.inf])]) or (0, 0)
    assert low < 1 < 2 < high
    low, high = span([np.array([5.0, 5.0])]) or (0, 0)
    assert low < 5 < high
    low, high = span([np.array([0.0])]) or (0, 0)
    assert low < 0 < high
    assert span([np.array([np.nan]), np.zeros(0)]) is None


def test_one_wild_point_does_not_flatten_the_rest() -> None:
    values = np.concatenate([np.linspace(0, 1, 1000), [1e9]])
    assert calm(values).max() <= 1
    assert calm(np.array([1.0, 1e9])).max() == 1e9


def test_there_is_no_logarithm_of_nothing() -> None:
    assert np.isnan(logarithmic(np.array([-1.0, 0.0, np.nan]))).all()
    assert logarithmic(np.array([100.0])).tolist() == [2]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01642, ".0164"),
        (-0.5, "-.5"),
        (10.04, "10"),
        (1e-7, "1e-07"),
        (-118.73, "-119"),
        (23_400.4, "23\u2009400"),
        (math.nan, "\u2013"),
        (None, "\u2013"),
        (0, "0"),
    ],
)
def test_figures_are_short(value: float | None, text: str) -> None:
    assert worded(value) == text


def test_the_nearest_point_is_found() -> None:
    steps, values = np.array([0.0, 10.0, 20.0]), np.array([1.0, 2.0, 3.0])
    assert [value_near(steps, values, at) for at in (-5, 4, 6, 99)] == [(0, 1), (0, 1), (10, 2), (20, 3)]
    assert value_near(np.zeros(0), np.zeros(0), 3) is None
