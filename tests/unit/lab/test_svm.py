"""Support vector machines that choose their settings on what they learn from."""

from __future__ import annotations

import dataclasses
import importlib.util

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.errors import SettingsError
from studio.lab import svm

Values = NDArray[np.float32]


def rows(values: NDArray[np.float64]) -> Values:
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), np.float32)


def clouds(count: int, seed: int) -> tuple[Values, NDArray[np.int64]]:
    """Return rows around three directions, and which."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation(np.arange(count) % 3)
    return rows(np.eye(6)[classes] + 0.2 * rng.normal(size=(count, 6))), classes


def test_unseen_rows_are_told_apart() -> None:
    choice, predict = svm.learned(*clouds(60, 0), seed=0)
    others, classes = clouds(300, 1)
    assert (predict(others) == classes).mean() > 0.98
    assert dataclasses.replace(choice, standardised=False) in svm.CHOICES


def test_a_loud_feature_that_knows_nothing_is_quietened() -> None:
    rng = np.random.default_rng(5)
    classes = np.arange(120) % 2
    told = classes + 0.1 * rng.normal(size=120)
    values: Values = np.stack([told, 40 * rng.normal(size=120), rng.normal(size=120)], 1).astype(np.float32)
    choice, predict = svm.learned(values[:60].copy(), classes[:60], seed=0)
    assert choice.standardised
    assert (predict(values[60:].copy()) == classes[60:]).mean() > 0.95


def test_scales_are_what_they_say() -> None:
    values = np.array([[1, 3, 5], [3, 3, 9]], np.float32)
    scale = svm.standard(values)
    assert scale.mean.tolist() == [2, 3, 7]
    assert scale.deviation == pytest.approx([1.01, 0.01, 2.01])
    assert svm.bare(values).apply(np.array([[3, 0, 4], [0, 0, 0]], np.float32)) == pytest.approx(
        np.array([[0.6, 0, 0.8], [0, 0, 0]])
    )


def test_a_kernel_wins_where_no_line_divides() -> None:
    """Opposite corners of a square are of one class."""
    rng = np.random.default_rng(0)
    corners = rng.choice([-1.0, 1.0], (160, 2))
    values = rows(corners + 0.1 * rng.normal(size=corners.shape))
    classes = (corners.prod(1) > 0).astype(np.int64)
    choice, predict = svm.learned(values[:80], classes[:80], seed=0)
    assert choice.kernel != "linear"
    assert (predict(values[80:]) == classes[80:]).mean() > 0.98


def test_many_rows_are_learned_by_a_linear_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(svm, "KERNEL_MOST", 60)
    told: list[tuple[int, int]] = []
    choice, predict = svm.learned(*clouds(200, 2), seed=0, tell=lambda done, total: told.append((done, total)))
    others, classes = clouds(100, 3)
    assert choice.kernel == "linear"
    assert (predict(others) == classes).mean() > 0.98
    assert told == [(done, 6) for done in range(1, 7)]


def test_kernels_are_what_they_say() -> None:
    first, second = rows(np.array([[1.0, 2, 3]])), rows(np.array([[3.0, -1, 2]]))
    product = svm.inner(first, second)
    squared = float(np.square(first - second).sum())
    assert svm.Choice("gaussian", 1, 2.0).of(product)[0, 0] == pytest.approx(np.exp(-2 * squared), rel=1e-5)
    assert svm.Choice("cubic", 1).of(product)[0, 0] == pytest.approx(((1 + float(product[0, 0])) / 2) ** 3)


def test_without_scikit_learn_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match="scikit-learn, which is not installed"):
        svm.require_scikit_learn()
