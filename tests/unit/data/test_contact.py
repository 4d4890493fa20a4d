"""Contact sheets: every picture in its place, words beside those that are large enough."""

from __future__ import annotations

import numpy as np
import pytest

from studio.data.contact import GAP, LEAST, contact_sheet


@pytest.mark.parametrize("channels", [1, 3])
def test_large_pictures_have_words_above_and_beside_them(channels: int) -> None:
    pictures = np.random.default_rng(0).random((6, LEAST, 60, channels), np.float32)
    sheet = contact_sheet(pictures, ["seed 1", "seed 2", "seed 30"], ["T 0.8", "T 1.25"])
    height, width = 2 * (LEAST + GAP) + GAP, 3 * (60 + GAP) + GAP
    inner = sheet[-height:, -width:]
    assert np.array_equal(inner[GAP : GAP + LEAST, GAP : GAP + 60], pictures[0])
    assert np.array_equal(inner[-GAP - LEAST : -GAP, -GAP - 60 : -GAP], pictures[5])
    above, beside = sheet[: sheet.shape[0] - height, -width:], sheet[-height:, : sheet.shape[1] - width]
    for margin in (above, beside):
        assert margin.max() == 1
        assert (np.abs(margin - 0.5) < 0.01).mean() > 0.5
    lit = np.flatnonzero((above[..., 0] > 0.9).any(0)) // (60 + GAP)
    assert set(lit) == {0, 1, 2}


def test_small_pictures_have_none() -> None:
    pictures = np.ones((4, 12, 16, 3), np.float32)
    assert contact_sheet(pictures, ["seed 1", "seed 2"], ["T 1", "T 2"]).shape == (2 * 14 + 2, 2 * 18 + 2, 3)
