"""Least-squares support vector machines of many pictures (Suykens & Vandewalle 1999), over a few of them as landmarks.

The kernel's matrix of all pairs is never made: Nystroem's approximation in the form of
a subset of regressors (Rasmussen & Williams, Gaussian Processes for Machine Learning, section 8.3.1).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.lab.scale import scale_of, ways
from studio.lab.svm import FIRST, WIDTHS, Choice, Classes, Gram, Learned, Predict, Values, inner
from studio.models.filling import Tell, silent

Indices = NDArray[np.int64]

LANDMARKS = 4_000
TRIED_ON = 2_500
COSTS = (1.0, 10.0, 100.0, 1000.0)
ROWS = 1_000
JUDGING = 6  # one of so many rows judges costs
JITTER = 1e-6, 1e-8  # of a kernel in single precision: alone, and as a share of the mean diagonal


@dataclass(slots=True, eq=False)
class Normal:
    """K'K and K'y of the kernel K (n, landmarks) of rows and landmarks, and targets y (n, classes) of 1 and -1.

    Both grow by a block of rows at a time, so that memory holds two square matrices.
    """

    choice: Choice
    landmarks: Values
    classes: int
    squares: Gram = field(init=False)
    products: Gram = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.landmarks)
        self.squares = np.zeros((count, count))
        self.products = np.zeros((count, self.classes))

    def kernel(self, rows: Values) -> Gram:
        return self.choice.of(inner(rows, self.landmarks))

    def add(self, rows: Values, classes: Classes) -> None:
        """Count more scaled rows (n, features), their classes from 0."""
        kernel = self.kernel(rows)
        self.squares += kernel.T @ kernel
        self.products += kernel.T @ targets(classes, self.classes)

    def solved(self, cost: float) -> Gram:
        """Return a (landmarks, classes) that minimises C |K a - y|^2 + a' K_landmarks a."""
        from scipy.linalg import solve

        matrix = cost * self.squares + self.kernel(self.landmarks)
        alone, share = JITTER
        matrix[np.diag_indices_from(matrix)] += alone + share * np.diag(matrix).mean()
        return np.asarray(solve(matrix, cost * self.products, assume_a="pos"))


def learned_of_many(rows: Values, sizes: tuple[int, ...], classes: Classes, seed: int, tell: Tell = silent) -> Learned:
    """Return a machine learned from rows (n, features), of which `sizes` are of each layer.

    Scaling and the Gaussian kernel's width are chosen on 2,500 rows, each left out in turn; the cost by
    a sixth of all rows, which then join what is learned from. All by the loss that is used in the end.
    Rows are scaled in place, those to be predicted too. `tell` hears of every block of rows.
    """
    order = np.random.default_rng([seed, 8]).permutation(len(rows))
    few = np.sort(order[:TRIED_ON])
    # Landmarks are learned from, so that they do not judge.
    judging = np.sort(order[::-1][: len(order) // JUDGING])
    blocks = in_blocks(np.setdiff1d(order, judging)), in_blocks(judging)
    tried, count = ways(len(sizes)), int(classes.max()) + 1
    total = len(tried) + len(WIDTHS) + sum(map(len, blocks))

    steps = iter(range(1, total + 1))

    def step() -> None:
        tell(next(steps), total)

    errors, own = [], rows[few]
    plain = scale_of(tried[0], own, sizes)
    for way in tried:
        scaled = dataclasses.replace(plain, way=way).apply(own.copy())
        errors.append(left_out(inner(scaled, scaled), classes[few], FIRST))
        step()
    way = tried[int(np.argmin(errors))]
    scale = dataclasses.replace(plain, way=way)
    rows, errors = scale.apply(rows), []
    own = rows[few]
    product = inner(own, own)
    for width in WIDTHS:
        choices = [Choice("gaussian", cost, width) for cost in COSTS]
        errors.append(min(left_out(product, classes[few], choice) for choice in choices))
        step()
    width = WIDTHS[int(np.argmin(errors))]
    normal = Normal(Choice("gaussian", 1.0, width), rows[np.sort(order[:LANDMARKS])], count)
    for block in blocks[0]:
        normal.add(rows[block], classes[block])
        step()
    weights = np.concatenate([normal.solved(cost) for cost in COSTS], 1)
    wrong = np.zeros(len(COSTS))
    for block in blocks[1]:
        found = (normal.kernel(rows[block]) @ weights).reshape(len(block), len(COSTS), count).argmax(2)
        wrong += (found != classes[block, None]).sum(0)
        normal.add(rows[block], classes[block])
        step()
    cost = COSTS[int(np.argmin(wrong))]
    says = predicting(normal, normal.solved(cost))
    choice = Choice("gaussian", cost, width)
    return Learned(lambda others: says(scale.apply(others)), choice, way, len(normal.landmarks))


def predicting(normal: Normal, weights: Gram) -> Predict:
    """Return what tells the class of scaled rows, some of them at a time."""
    return lambda rows: np.concatenate(
        [(normal.kernel(rows[block]) @ weights).argmax(1) for block in in_blocks(np.arange(len(rows)))]
    )


def left_out(product: Gram, classes: Classes, choice: Choice) -> float:
    """Return the mean squared error of rows whose inner products (n, n) these are, each told by all the others.

    By y_i - f_-i(x_i) = a_i / G_ii with G = (K + I/C)^-1, a = G y (Cawley & Talbot 2004).
    """
    from scipy.linalg import inv

    matrix = choice.of(product)  # a Gaussian kernel, and so a matrix of its own
    matrix[np.diag_indices_from(matrix)] += 1 / choice.cost
    inverse = np.asarray(inv(matrix, overwrite_a=True, check_finite=False))
    residual = inverse @ targets(classes, int(classes.max()) + 1) / np.diag(inverse)[:, None]
    return float(np.square(residual).mean())


def targets(classes: Classes, count: int) -> Gram:
    """Return 1 for the class of each row and -1 for the others: (n, count)."""
    return 2 * np.eye(count)[classes] - 1


def in_blocks(chosen: Indices) -> list[Indices]:
    return [chosen[start : start + ROWS] for start in range(0, len(chosen), ROWS)]
