"""Fillings of many pictures: medians, whose is best, and what a mirror makes of a hole."""

from __future__ import annotations

import numpy as np
import pytest

from studio.lab.filled import Closeness
from studio.lab.fills import judged, mirrored


def test_medians_and_the_share_in_which_ours_is_best() -> None:
    pictures = [
        {"our": Closeness(10.0, 0.5), "mean": Closeness(9.0, 0.9)},
        {"our": Closeness(14.0, 0.1), "mean": Closeness(15.0, 0.8)},
        {"our": Closeness(12.0, 0.3), "mean": Closeness(12.0, 0.7)},
    ]
    found = judged(pictures, "our")
    assert (found.medians["our"].psnr, found.medians["our"].ssim) == (12.0, 0.3)
    assert (found.medians["mean"].psnr, found.medians["mean"].ssim) == (12.0, 0.8)
    assert found.share_best == pytest.approx(2 / 3)


def test_a_hole_is_mirrored_from_where_something_is_known() -> None:
    picture = np.arange(16, dtype=np.float32).reshape(4, 4, 1)
    mean = np.full((4, 4, 1), -1, np.float32)
    left, top = np.zeros((4, 4), np.bool_), np.zeros((4, 4), np.bool_)
    left[:, :2] = True
    top[:2] = True
    assert mirrored(picture, left, mean)[1, :, 0].tolist() == [7, 6, 6, 7]
    assert mirrored(picture, top, mean)[:, 1, 0].tolist() == [13, 9, 9, 13]
    middle = np.zeros((4, 4), np.bool_)
    middle[1:3, 1:3] = True
    assert mirrored(picture, middle, mean)[1, :, 0].tolist() == [4, -1, -1, 7]
    most = left.copy()
    most[0, 3] = True
    assert mirrored(picture, most, mean)[0, :, 0].tolist() == [-1, 2, 2, -1], "a hidden mirror image is no help"
