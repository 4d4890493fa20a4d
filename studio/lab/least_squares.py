"""Least-squares support vector machines with a Gaussian kernel (Suykens & Vandewalle 1999), of few pictures or many.

Of many, some are landmarks, and the kernel's matrix of all pairs is never made: Nystroem's approximation in the form
of a subset of regressors (Rasmussen & Williams, Gaussian Processes for Machine Learning, section 8.3.1).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.errors import DataError
from studio.lab.examples import Classes, Examples, Indices, Predict, Values
from studio.lab.scale import Scale, Way, scale_of, ways
from studio.models.filling import Tell, silent

Gram = NDArray[np.float64]

LANDMARKS = 4_000
TRIED_ON = 2_500
COSTS = (1.0, 10.0, 100.0, 1000.0)
WIDTHS = (0.5, 1.0, 2.0, 4.0, 8.0)
ROWS = 1_000
JUDGING = 6  # one of so many pictures judges costs
POWERS = 6
JITTER = 1e-6, 1e-8  # of a kernel in single precision: alone, and as a share of the mean diagonal


@dataclass(frozen=True, slots=True)
class Choice:
    """The kernel exp(-width |a - b|^2) of rows of length 1, and the cost C of errors."""

    width: float
    cost: float

    def of(self, product: Gram) -> Gram:
        """Return the kernel of inner products x, any shape: |a - b|^2 = 2 - 2 x."""
        return np.asarray(np.exp(self.width * (2 * product - 2)))


FIRST = Choice(2.0, 10.0)  # by which ways of scaling are held against each other


@dataclass(frozen=True, slots=True)
class Learned:
    """A machine that was learned: how it tells classes, and all that was chosen for it."""

    predict: Predict
    choice: Choice
    way: Way
    landmarks: int
    rows: int

    def __str__(self) -> str:
        over = f" over {self.landmarks:,} of them" if self.landmarks < self.rows else ""
        return f"least squares{over}, kernel of width {self.choice.width:g}, C {self.choice.cost:g}{self.way}"


@dataclass(slots=True, eq=False)
class Normal:
    """K'K and K'y of the kernel K (n, landmarks) of rows and landmarks, and targets y (n, classes) of 1 and -1.

    Both grow by a block of rows at a time, so that memory holds two square matrices.
    """

    width: float
    landmarks: Values
    classes: int
    squares: Gram = field(init=False)
    products: Gram = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.landmarks)
        self.squares = np.zeros((count, count))
        self.products = np.zeros((count, self.classes))

    def kernel(self, rows: Values) -> Gram:
        return Choice(self.width, 1.0).of(inner(rows, self.landmarks))

    def add(self, rows: Values, classes: Classes) -> None:
        """Count more scaled rows (n, features), their classes from 0."""
        kernel = self.kernel(rows)
        self.squares += kernel.T @ kernel
        self.products += kernel.T @ targets(classes, self.classes)

    def solved(self, cost: float) -> Gram:
        """Return a (landmarks, classes) that minimises C |K a - y|^2 + a' K_landmarks a."""
        from scipy.linalg import LinAlgError, solve

        matrix = cost * self.squares + self.kernel(self.landmarks)
        alone, share = JITTER
        diagonal = np.diag(matrix).copy()
        least = alone + share * diagonal.mean()
        for power in range(POWERS):  # where rows are hardly apart, what is rounded is larger than the least
            np.fill_diagonal(matrix, diagonal + least * 10**power)
            with suppress(LinAlgError):
                return np.asarray(solve(matrix, cost * self.products, assume_a="pos"))
        raise DataError("The features are too much alike to tell pictures by.", "Train the model for longer.")


def learned(examples: Examples, sizes: tuple[int, ...], seed: int, tell: Tell = silent) -> Learned:
    """Return a machine learned from examples, of whose features `sizes` are of each layer.

    Scaling, the kernel's width and the cost are chosen on 2,500 pictures, each left out in turn. Where there
    are more, or variants, a sixth of the pictures judges costs instead, and then joins what is learned from.
    All by the loss that is used in the end. Rows are scaled in place, those to be predicted too. `tell` hears
    of every block of rows.
    """
    rows, classes, count = examples.rows, examples.classes, int(examples.classes.max()) + 1
    order = np.random.default_rng([seed, 8]).permutation(examples.count)
    few = np.sort(order[:TRIED_ON])
    whole = len(few) == len(rows)
    # Landmarks are learned from, so that they do not judge.
    learning, judging = np.split(order, [len(order) - (0 if whole else len(order) // JUDGING)])
    landmarks = np.sort(examples.all_of(learning)[:LANDMARKS])
    blocks = in_blocks(examples.all_of(np.sort(learning))), in_blocks(np.sort(judging), examples.views)
    tried = ways(len(sizes))
    total = len(tried) + len(WIDTHS) + sum(map(len, blocks))
    steps = iter(range(1, total + 1))

    def step() -> None:
        tell(next(steps), total)

    own = rows[few]
    plain, errors = scale_of(tried[0], own, sizes), []
    for way in tried:
        scaled = dataclasses.replace(plain, way=way).apply(own.copy())
        errors.append(left_out(inner(scaled, scaled), classes[few], FIRST))
        step()
    scale = dataclasses.replace(plain, way=tried[int(np.argmin(errors))])
    rows = scale.apply(rows)
    choice = chosen(rows[few], classes[few], step)
    normal = Normal(choice.width, rows[landmarks], count)
    for block in blocks[0]:
        normal.add(rows[block], examples.classes_of(block))
        step()
    if blocks[1]:
        weights = np.stack([normal.solved(cost) for cost in COSTS])
        wrong = np.zeros(len(COSTS))
        for block in blocks[1]:
            wrong += np.square(normal.kernel(rows[block]) @ weights - targets(classes[block], count)).sum((1, 2))
            seen = examples.all_of(block)
            normal.add(rows[seen], examples.classes_of(seen))
            step()
        choice = dataclasses.replace(choice, cost=COSTS[int(np.argmin(wrong))])
    return Learned(predicting(normal, normal.solved(choice.cost), scale), choice, scale.way, len(landmarks), len(rows))


def chosen(rows: Values, classes: Classes, step: Callable[[], None]) -> Choice:
    """Return the width and cost by which scaled rows (n, features) are told best, each by all the others."""
    product, found = inner(rows, rows), []
    for width in WIDTHS:
        found += [(left_out(product, classes, Choice(width, cost)), Choice(width, cost)) for cost in COSTS]
        step()
    return min(found, key=lambda each: each[0])[1]


def predicting(normal: Normal, weights: Gram, scale: Scale) -> Predict:
    """Return what scales rows and tells the class of each, some of them at a time."""

    def predict(others: Values) -> Classes:
        rows = scale.apply(others)
        parts = [(normal.kernel(rows[block]) @ weights).argmax(1) for block in in_blocks(np.arange(len(rows)))]
        return np.concatenate(parts)

    return predict


def left_out(product: Gram, classes: Classes, choice: Choice) -> float:
    """Return the mean squared error of rows whose inner products (n, n) these are, each told by all the others.

    By y_i - f_-i(x_i) = a_i / G_ii with G = (K + I/C)^-1, a = G y (Cawley & Talbot 2004).
    """
    from scipy.linalg import inv

    matrix = choice.of(product)
    matrix[np.diag_indices_from(matrix)] += 1 / choice.cost
    inverse = np.asarray(inv(matrix, overwrite_a=True, check_finite=False))
    residual = inverse @ targets(classes, int(classes.max()) + 1) / np.diag(inverse)[:, None]
    return float(np.square(residual).mean())


def inner(first: Values, second: Values) -> Gram:
    return np.asarray(first @ second.T, np.float64)


def targets(classes: Classes, count: int) -> Gram:
    """Return 1 for the class of each row and -1 for the others: (n, count)."""
    return 2 * np.eye(count)[classes] - 1


def in_blocks(pictures: Indices, views: int = 1) -> list[Indices]:
    """Return parts of `pictures` that are a thousand rows each when every one stands for `views`."""
    most = -(-ROWS // views)
    return [pictures[start : start + most] for start in range(0, len(pictures), most)]
