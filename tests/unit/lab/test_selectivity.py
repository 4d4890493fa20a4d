"""What a feature knows of classes, by hand and beside scikit-learn."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from studio.lab.selectivity import average_precision, conditional_entropy, entropy, selectivity


def test_area_of_a_ranking_by_hand() -> None:
    """Ranked + - + -: precision 1 at recall 1/2, 2/3 at recall 1."""
    scores = np.array([[0.9], [0.8], [0.7], [0.1]])
    positive = np.array([True, False, True, False])
    assert average_precision(scores, positive)[0] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_equal_scores_pass_together() -> None:
    """Three equal of which one is sought, then the other: 1/3 at recall 1/2, 2/4 at recall 1."""
    scores = np.array([[2.0], [2.0], [2.0], [1.0]])
    for place in range(3):
        positive = np.array([place == 0, place == 1, place == 2, True])
        assert average_precision(scores, positive)[0] == pytest.approx(0.5 / 3 + 0.5 * 2 / 4)


def test_one_value_knows_nothing() -> None:
    positive = np.arange(10) < 3
    assert average_precision(np.zeros((10, 2)), positive) == pytest.approx([0.3, 0.3])


def test_a_feature_of_one_class_is_found_in_its_column() -> None:
    classes = np.arange(60) % 3
    found = selectivity(np.eye(3)[classes], classes, 3)
    assert found.diagonal() == pytest.approx(1)
    assert found[0, 1] < 0.5


@pytest.mark.skipif(importlib.util.find_spec("sklearn") is None, reason="scikit-learn is not installed")
def test_the_area_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import average_precision_score

    rng = np.random.default_rng(3)
    scores, positive = rng.integers(0, 12, (200, 5)).astype(float), rng.random(200) < 0.2
    wanted = [average_precision_score(positive, column) for column in scores.T]
    assert average_precision(scores, positive) == pytest.approx(wanted)


def test_entropy_in_bits() -> None:
    assert entropy(np.array([[1.0, 1, 1, 1], [3, 0, 0, 0], [0, 0, 0, 0], [2, 1, 1, 0]])) == pytest.approx(
        [2, 0, 0, 1.5]
    )


def test_entropy_of_classes_where_a_feature_is_active() -> None:
    """Of twenty pictures two are active: of one class, of two, or, where all tie, all."""
    classes = np.array([0, 1] * 10)
    scores = np.zeros((20, 3))
    scores[[0, 2], 0] = 1
    scores[[0, 1], 1] = 1
    assert conditional_entropy(scores, classes, 2) == pytest.approx([0, 1, 1])
