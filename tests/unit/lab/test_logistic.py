"""Logistic regression, its slope held against finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from studio.lab import logistic
from studio.lab.examples import Examples


def test_the_slope_is_that_of_the_cost() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(9, 4)).astype(np.float32)
    classes = rng.integers(3, size=9)
    weights = rng.normal(size=(5, 3))
    _, slope = logistic.cost(weights, rows, classes, 0.1)
    step = 1e-2
    for place in range(weights.size):
        aside = np.zeros(weights.size)
        aside[place] = step
        moved = aside.reshape(weights.shape)
        up, down = (logistic.cost(weights + sign * moved, rows, classes, 0.1)[0] for sign in (1, -1))
        assert slope[place] == pytest.approx((up - down) / (2 * step), abs=1e-3)


def test_unseen_rows_are_told_apart_and_progress_ends() -> None:
    rng = np.random.default_rng(1)
    classes = np.arange(240) % 3
    rows = (2 * np.eye(3)[classes] + 0.4 * rng.normal(size=(240, 3))).astype(np.float32)
    told: list[tuple[int, int]] = []
    cost, predict = logistic.regressed(
        Examples(rows[:120], classes[:120]), 0, lambda done, total: told.append((done, total))
    )
    assert cost in logistic.COSTS
    assert (predict(rows[120:]) == classes[120:]).mean() > 0.95
    assert [done for done, _ in told] == sorted({done for done, _ in told})


def test_costs_are_judged_however_few_pictures_there_are() -> None:
    classes = np.array([0, 1, 0, 1])
    cost, predict = logistic.regressed(Examples(np.eye(2, dtype=np.float32)[classes], classes), 0)
    assert cost in logistic.COSTS
    assert (predict(np.eye(2, dtype=np.float32)) == [0, 1]).all()


def test_it_ends_when_told_to() -> None:
    def enough(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        logistic.regressed(Examples(np.eye(12, 3, dtype=np.float32), np.arange(12) % 3), 0, enough)
