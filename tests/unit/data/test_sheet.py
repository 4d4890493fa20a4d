"""Sheets and weights as pictures."""

from __future__ import annotations

import numpy as np
import pytest

from studio.data.sheet import Mode, filter_pictures, grid


def test_pictures_lie_row_after_row_with_gaps() -> None:
    pictures = np.stack([np.full((2, 3, 1), level, np.float32) for level in (0.1, 0.2, 0.3)])
    sheet = grid(pictures, columns=2, gap=1, background=0.9)
    assert sheet.shape == (7, 9, 1)
    assert np.allclose(sheet[1:3, 1:4], 0.1)
    assert np.allclose(sheet[1:3, 5:8], 0.2)
    assert np.allclose(sheet[4:6, 1:4], 0.3)
    assert np.allclose(sheet[4:6, 5:8], 0.9)
    assert np.allclose(sheet[0], 0.9)


@pytest.mark.parametrize(("count", "shape"), [(0, (4, 4)), (1, (4, 4)), (5, (7, 10)), (9, (10, 10))])
def test_without_columns_a_sheet_is_nearly_square(count: int, shape: tuple[int, int]) -> None:
    assert grid(np.zeros((count, 2, 2, 3), np.float32)).shape == (*shape, 3)


@pytest.mark.parametrize("mode", ["grey", "diverging", "rgb"])
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_each_filter_is_scaled_by_itself_and_zero_is_the_middle(mode: Mode, channels: int) -> None:
    weights = np.random.default_rng(0).normal(size=(4, 5, 6, channels)).astype(np.float32)
    weights[0, 0, 0] = 0
    pictures = filter_pictures(weights, mode)
    assert pictures.shape == (4, 5, 6, 3)
    assert pictures.dtype == np.float32
    assert pictures.min() >= 0
    assert pictures.max() <= 1
    assert np.allclose(filter_pictures(weights * 1000, mode), pictures, atol=1e-5)
    assert np.allclose(pictures[0, 0, 0], filter_pictures(np.zeros((1, 1, 1, channels), np.float32), mode)[0, 0, 0])


def test_signs_are_told_apart() -> None:
    pair = np.array([1, -1], np.float32).reshape(1, 1, 2, 1)
    assert filter_pictures(pair, "grey")[0, 0, :, 0].tolist() == [1, 0]
    positive, negative = filter_pictures(pair, "diverging")[0, 0]
    assert positive[0] > positive[2]
    assert negative[2] > negative[0]
    colours = np.array([[1, 0, -1]], np.float32).reshape(1, 1, 1, 3)
    assert filter_pictures(colours, "rgb")[0, 0, 0].tolist() == [1, 0.5, 0]
