"""Least-squares support vector machines that choose their settings on what they learn from."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.lab import least_squares
from studio.lab.examples import Examples
from studio.lab.scale import SHARES, Way, scale_of, ways

Values = NDArray[np.float32]


BOTH = pytest.mark.usefixtures("_size")


@pytest.fixture(params=["exact", "landmarks"])
def _size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exact machine of few rows, and one over some of them."""
    monkeypatch.setattr(least_squares, "ROWS", 50)
    if request.param == "landmarks":
        monkeypatch.setattr(least_squares, "LANDMARKS", 40)
        monkeypatch.setattr(least_squares, "TRIED_ON", 60)


def rows(values: NDArray[np.float64]) -> Values:
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), np.float32)


def clouds(count: int, seed: int, noise: float = 0.2) -> tuple[Values, NDArray[np.int64]]:
    """Return rows around three directions, and which."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation(np.arange(count) % 3)
    return rows(np.eye(6)[classes] + noise * rng.normal(size=(count, 6))), classes


@BOTH
def test_unseen_rows_are_told_apart() -> None:
    values, classes = clouds(90, 0)
    machine = least_squares.learned(Examples(values, classes), (6,), seed=0)
    others, answers = clouds(300, 1)
    assert (machine.predict(others) == answers).mean() > 0.98


@BOTH
def test_a_loud_feature_that_knows_nothing_is_quietened() -> None:
    rng = np.random.default_rng(5)
    classes = np.arange(180) % 2
    told = classes + 0.1 * rng.normal(size=180)
    values: Values = np.stack([told, 40 * rng.normal(size=180), rng.normal(size=180)], 1).astype(np.float32)
    machine = least_squares.learned(Examples(values[:100].copy(), classes[:100]), (3,), seed=0)
    assert machine.way.standardised
    assert (machine.predict(values[100:].copy()) == classes[100:]).mean() > 0.95


@BOTH
def test_a_kernel_wins_where_no_line_divides() -> None:
    """Opposite corners of a square are of one class."""
    rng = np.random.default_rng(0)
    corners = rng.choice([-1.0, 1.0], (180, 2))
    values = rows(corners + 0.1 * rng.normal(size=corners.shape))
    classes = (corners.prod(1) > 0).astype(np.int64)
    machine = least_squares.learned(Examples(values[:100], classes[:100]), (2,), seed=0)
    assert (machine.predict(values[100:]) == classes[100:]).mean() > 0.98


@BOTH
def test_a_layer_that_knows_nothing_counts_less() -> None:
    rng = np.random.default_rng(7)
    values, classes = clouds(240, 2, 0.35)
    both: Values = np.concatenate([values, rng.normal(size=(240, 12))], 1).astype(np.float32)
    machine = least_squares.learned(Examples(both[:120].copy(), classes[:120]), (6, 12), seed=0)
    assert machine.way.share < 1
    assert (machine.predict(both[120:].copy()) == classes[120:]).mean() > 0.8


@BOTH
def test_progress_is_told_to_the_end_and_may_cancel() -> None:
    values, classes = clouds(200, 2)
    told: list[tuple[int, int]] = []
    least_squares.learned(
        Examples(values.copy(), classes), (6,), seed=0, tell=lambda done, total: told.append((done, total))
    )
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1][0] == told[-1][1]

    def enough(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        least_squares.learned(Examples(values, classes), (6,), seed=0, tell=enough)


@BOTH
def test_variants_teach_what_the_pictures_do_not() -> None:
    """Unseen rows lean another way, which only the variants of the learned ones show."""
    rng = np.random.default_rng(3)
    classes = np.arange(90) % 2
    values = np.concatenate([np.eye(4)[2 * classes], np.eye(4)[2 * classes + 1]])
    every = rows(values + 0.1 * rng.normal(size=values.shape))
    leaning, answers = every[90:].copy(), classes
    plain = least_squares.learned(Examples(every[:90].copy(), classes), (4,), seed=0)
    assert (plain.predict(leaning.copy()) == answers).mean() < 0.8
    varied = least_squares.learned(Examples(every, classes), (4,), seed=0)
    assert (varied.predict(leaning) == answers).mean() > 0.98
    assert varied.rows == 180


def test_a_picture_that_judges_is_in_no_variant_among_what_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    added: list[Values] = []
    judged: list[Values] = []
    add, kernel = least_squares.Normal.add, least_squares.Normal.kernel

    def adding(normal: least_squares.Normal, values: Values, classes: NDArray[np.int64]) -> None:
        added.append(values[:, 0])
        add(normal, values, classes)

    def asking(normal: least_squares.Normal, values: Values) -> least_squares.Gram:
        judged.append(values[:, 0])
        return kernel(normal, values)

    monkeypatch.setattr(least_squares.Normal, "add", adding)
    monkeypatch.setattr(least_squares.Normal, "kernel", asking)
    which = np.tile(np.linspace(0.1, 0.9, 24), 3)  # each picture has a number of its own, its variants the same
    values = np.stack([which, np.sqrt(1 - which**2)], 1).astype(np.float32)
    least_squares.learned(Examples(values, np.arange(24) % 2), (2,), seed=0)
    first, then = added
    assert len(first) == 3 * 20
    assert set(np.unique(then)).isdisjoint(first)
    assert any(len(part) == 4 and set(part) == set(then) for part in judged), "they judge as they are"


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
    product = least_squares.inner(first, second)
    squared = float(np.square(first - second).sum())
    assert least_squares.Choice(2.0, 1.0).of(product)[0, 0] == pytest.approx(np.exp(-2 * squared), rel=1e-5)


def test_each_row_left_out_in_turn() -> None:
    """The formula beside as many machines."""
    values, classes = clouds(20, 4)
    choice = least_squares.Choice(2.0, 10.0)
    gram, wanted = choice.of(least_squares.inner(values, values)), least_squares.targets(classes, 3)
    total = 0.0
    for out in range(20):
        rest = np.delete(np.arange(20), out)
        weights = np.linalg.solve(gram[np.ix_(rest, rest)] + np.eye(19) / choice.cost, wanted[rest])
        total += float(np.square(wanted[out] - gram[out, rest] @ weights).sum())
    assert least_squares.left_out(least_squares.inner(values, values), classes, choice) == pytest.approx(total / 60)


def test_landmarks_at_every_row_are_the_whole_machine() -> None:
    values, classes = clouds(30, 6)
    choice = least_squares.Choice(2.0, 1.0)
    normal = least_squares.Normal(choice.width, values, 3)
    for block in (slice(0, 13), slice(13, 30)):
        normal.add(values[block], classes[block])
    gram, wanted = choice.of(least_squares.inner(values, values)), least_squares.targets(classes, 3)
    whole = np.linalg.solve(gram + np.eye(30) / 10, wanted)
    assert gram @ normal.solved(10.0) == pytest.approx(gram @ whole, abs=1e-5)


def test_rows_that_are_hardly_apart_are_learned_from() -> None:
    """As those of a network that has learned nothing yet."""
    alike = rows(1 + 1e-4 * np.random.default_rng(8).normal(size=(400, 6)))
    normal = least_squares.Normal(2.0, alike, 3)
    normal.add(alike, np.arange(400) % 3)
    assert np.isfinite(normal.solved(1.0)).all()
