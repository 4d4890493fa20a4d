"""Support vector machines that choose their settings on what they learn from."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.errors import SettingsError
from studio.lab import least_squares, svm
from studio.lab.scale import SHARES, Way, scale_of, ways

pytest.importorskip("sklearn")

Values = NDArray[np.float32]
Learn = Callable[..., svm.Learned]
BOTH = pytest.mark.parametrize("learn", [svm.learned, least_squares.learned_of_many])


@pytest.fixture(autouse=True)
def _few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LANDMARKS", 40), ("TRIED_ON", 60), ("ROWS", 50)):
        monkeypatch.setattr(least_squares, name, value)


def rows(values: NDArray[np.float64]) -> Values:
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), np.float32)


def clouds(count: int, seed: int, noise: float = 0.2) -> tuple[Values, NDArray[np.int64]]:
    """Return rows around three directions, and which."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation(np.arange(count) % 3)
    return rows(np.eye(6)[classes] + noise * rng.normal(size=(count, 6))), classes


@BOTH
def test_unseen_rows_are_told_apart(learn: Learn) -> None:
    values, classes = clouds(90, 0)
    machine = learn(values, (6,), classes, seed=0)
    others, answers = clouds(300, 1)
    assert (machine.predict(others) == answers).mean() > 0.98


@BOTH
def test_a_loud_feature_that_knows_nothing_is_quietened(learn: Learn) -> None:
    rng = np.random.default_rng(5)
    classes = np.arange(180) % 2
    told = classes + 0.1 * rng.normal(size=180)
    values: Values = np.stack([told, 40 * rng.normal(size=180), rng.normal(size=180)], 1).astype(np.float32)
    machine = learn(values[:100].copy(), (3,), classes[:100], seed=0)
    assert machine.way.standardised
    assert (machine.predict(values[100:].copy()) == classes[100:]).mean() > 0.95


@BOTH
def test_a_kernel_wins_where_no_line_divides(learn: Learn) -> None:
    """Opposite corners of a square are of one class."""
    rng = np.random.default_rng(0)
    corners = rng.choice([-1.0, 1.0], (180, 2))
    values = rows(corners + 0.1 * rng.normal(size=corners.shape))
    classes = (corners.prod(1) > 0).astype(np.int64)
    machine = learn(values[:100], (2,), classes[:100], seed=0)
    assert machine.choice.kernel != "linear"
    assert (machine.predict(values[100:]) == classes[100:]).mean() > 0.98


@BOTH
def test_a_layer_that_knows_nothing_counts_less(learn: Learn) -> None:
    rng = np.random.default_rng(7)
    values, classes = clouds(240, 2, 0.35)
    both: Values = np.concatenate([values, rng.normal(size=(240, 12))], 1).astype(np.float32)
    machine = learn(both[:120].copy(), (6, 12), classes[:120], seed=0)
    assert machine.way.share < 1
    assert (machine.predict(both[120:].copy()) == classes[120:]).mean() > 0.8


@BOTH
def test_progress_is_told_to_the_end_and_may_cancel(learn: Learn) -> None:
    values, classes = clouds(200, 2)
    told: list[tuple[int, int]] = []
    learn(values.copy(), (6,), classes, seed=0, tell=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1][0] == told[-1][1]

    def enough(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn(values, (6,), classes, seed=0, tell=enough)


def test_layers_are_scaled_as_their_way_says() -> None:
    values = np.array([[3, 4, 5, 12], [0, 0, 0, 0]], np.float32)
    first = np.array([0.6, 0.8])
    second = np.array([5, 12]) / 13
    halved = scale_of(Way(share=0.5), values, (2, 2)).apply(values.copy())
    assert halved[0] == pytest.approx(np.concatenate([first, second / 2]) / np.sqrt(1.25))
    assert not halved[1].any(), "an empty row stays"
    alone = scale_of(Way(share=0.0), values, (2, 2)).apply(values.copy())
    assert alone[0] == pytest.approx(np.concatenate([first, 0 * second]))
    assert len(ways(1)) == 2
    assert len(ways(3)) == 2 * len(SHARES)


def test_standardised_features_have_mean_0_and_nearly_deviation_1() -> None:
    values = np.array([[1, 3, 5], [3, 3, 9]], np.float32)
    scale = scale_of(Way(standardised=True), values, (3,))
    assert scale.mean.tolist() == [2, 3, 7]
    assert scale.deviation == pytest.approx([1.01, 0.01, 2.01])
    expected = np.array([1 / 1.01, 0, 2 / 2.01])
    assert scale.apply(values)[1] == pytest.approx(expected / np.linalg.norm(expected))


def test_kernels_are_what_they_say() -> None:
    first, second = rows(np.array([[1.0, 2, 3]])), rows(np.array([[3.0, -1, 2]]))
    product = svm.inner(first, second)
    squared = float(np.square(first - second).sum())
    assert svm.Choice("gaussian", 1, 2.0).of(product)[0, 0] == pytest.approx(np.exp(-2 * squared), rel=1e-5)
    assert svm.Choice("cubic", 1).of(product)[0, 0] == pytest.approx(((1 + float(product[0, 0])) / 2) ** 3)


def test_each_row_left_out_in_turn() -> None:
    """The formula beside as many machines."""
    values, classes = clouds(20, 4)
    choice = svm.Choice("gaussian", 10.0, 2.0)
    gram, wanted = choice.of(svm.inner(values, values)), least_squares.targets(classes, 3)
    total = 0.0
    for out in range(20):
        rest = np.delete(np.arange(20), out)
        weights = np.linalg.solve(gram[np.ix_(rest, rest)] + np.eye(19) / choice.cost, wanted[rest])
        total += float(np.square(wanted[out] - gram[out, rest] @ weights).sum())
    assert least_squares.left_out(svm.inner(values, values), classes, choice) == pytest.approx(total / 60)


def test_landmarks_at_every_row_are_the_whole_machine() -> None:
    values, classes = clouds(30, 6)
    choice = svm.Choice("gaussian", 1.0, 2.0)
    normal = least_squares.Normal(choice, values, 3)
    for block in (slice(0, 13), slice(13, 30)):
        normal.add(values[block], classes[block])
    gram, wanted = choice.of(svm.inner(values, values)), least_squares.targets(classes, 3)
    whole = np.linalg.solve(gram + np.eye(30) / 10, wanted)
    assert gram @ normal.solved(10.0) == pytest.approx(gram @ whole, abs=1e-5)


def test_without_scikit_learn_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match="scikit-learn, which is not installed"):
        svm.require_scikit_learn()
