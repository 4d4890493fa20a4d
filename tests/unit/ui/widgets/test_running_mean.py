"""The calm view of samples."""

from __future__ import annotations

import numpy as np

from studio.ui.widgets.running_mean import RunningMean


def test_it_settles_on_the_mean_and_hardly_moves() -> None:
    generator, mean = np.random.default_rng(0), RunningMean()
    seen = [mean.add((generator.random((1, 40, 40, 1)) < 0.3).astype(np.float32)).copy() for _ in range(80)]
    late = np.stack(seen[40:])
    assert abs(late.mean() - 0.3) < 0.02
    assert np.abs(np.diff(late, axis=0)).mean() < 0.04


def test_the_first_picture_is_shown_as_it_is_and_other_shapes_start_anew() -> None:
    mean = RunningMean()
    assert mean.add(np.ones((1, 2, 2, 1), np.float32)).max() == 1
    assert mean.add(np.zeros((4, 2, 2, 1), np.float32)).max() == 0
    mean.clear()
    assert mean.add(np.ones((4, 2, 2, 1), np.float32)).min() == 1


def test_nan_does_not_stay() -> None:
    mean = RunningMean()
    mean.add(np.full((1, 2, 2, 1), np.nan, np.float32))
    for _ in range(60):
        last = mean.add(np.ones((1, 2, 2, 1), np.float32))
    assert np.isfinite(last).all()
    assert last.min() > 0.9
