"""Logistic regression of many classes over features, its penalty chosen on what it learns from.

scikit-learn has the same, and says nothing until it is done, nor can it be stopped between two iterations.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax

from studio.lab.examples import Classes, Examples, Predict, Values
from studio.models.filling import Tell, silent

Floats = NDArray[np.float64]

COSTS = (1e-2, 1e-1, 1.0, 10.0)  # from flat weights to steep ones, each begun where the last ended
ITERATIONS = 100
TRIED_ON = 12_000
JUDGING = 6  # one of so many pictures judges costs, and one at least


def regressed(examples: Examples, seed: int, tell: Tell = silent) -> tuple[float, Predict]:
    """Return the cost C of errors, and what tells the class of other rows (n, features).

    C is chosen by a sixth of at most 12,000 pictures; the regression is then learned from all,
    C times the sum of -log P(class|row) beside |W|^2 / 2. `tell` hears of every iteration.
    """
    order = np.random.default_rng([seed, 9]).permutation(examples.count)[:TRIED_ON]
    cut = max(1, len(order) // JUDGING)
    judging, learning = np.sort(order[:cut]), examples.all_of(np.sort(order[cut:]))
    rows, classes = examples.rows, examples.classes
    count, turns = int(classes.max()) + 1, len(COSTS) + 1
    known, every = examples.classes_of(learning), examples.classes_of(np.arange(len(rows)))
    held, own = rows[judging], rows[learning]
    weights, found = np.zeros((rows.shape[1] + 1, count)), []
    for turn, weight in enumerate(COSTS):
        penalty = 1 / (weight * len(own))
        weights = fitted(own, known, penalty, weights, at(tell, turn, turns))
        found.append((float((told(weights, held) != classes[judging]).mean()), weight, weights))
    _, weight, weights = min(found, key=lambda each: each[0])
    weights = fitted(rows, every, 1 / (weight * len(rows)), weights, at(tell, turns - 1, turns))
    return weight, lambda others: told(weights, others)


def fitted(rows: Values, classes: Classes, penalty: float, start: Floats, tell: Callable[[int], None]) -> Floats:
    """Return weights (features + 1, classes), the bias last, that minimise `cost`, by L-BFGS."""
    done = 0

    def count(_weights: object) -> None:
        nonlocal done
        done += 1
        tell(done)

    result = minimize(
        lambda flat: cost(flat.reshape(start.shape), rows, classes, penalty),
        start.ravel(),
        jac=True,
        method="L-BFGS-B",
        callback=count,
        options={"maxiter": ITERATIONS},
    )
    return np.asarray(result.x).reshape(start.shape)


def cost(weights: Floats, rows: Values, classes: Classes, penalty: float) -> tuple[float, Floats]:
    """Return the mean of -log P(class|row) + penalty/2 |W|^2, and its slope, flat; the bias is not penalised."""
    inner = weights[:-1]
    logs = log_softmax(rows @ inner.astype(np.float32) + weights[-1].astype(np.float32), axis=1)
    own = np.arange(len(rows)), classes
    error = np.exp(logs)
    error[own] -= 1
    error /= np.float32(len(rows))
    slope = np.concatenate([rows.T @ error + penalty * inner, error.sum(0, dtype=np.float64)[None]])
    value = -float(logs[own].mean(dtype=np.float64)) + penalty / 2 * float(np.square(inner).sum())
    return value, slope.ravel()


def told(weights: Floats, rows: Values) -> Classes:
    """Return the likeliest class of each row."""
    return np.asarray((rows @ weights[:-1].astype(np.float32) + weights[-1]).argmax(1), np.int64)


def at(tell: Tell, turn: int, turns: int) -> Callable[[int], None]:
    return lambda done: tell(turn * ITERATIONS + min(done, ITERATIONS), turns * ITERATIONS)
