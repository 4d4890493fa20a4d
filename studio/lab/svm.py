"""Support vector machines whose kernel and cost are chosen by cross-validation on what they learn from."""

from __future__ import annotations

import dataclasses
import importlib.util
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.errors import SettingsError
from studio.models.filling import Tell, part, silent

Values = NDArray[np.float32]
Gram = NDArray[np.float64]
Classes = NDArray[np.int64]
Predict = Callable[[Values], Classes]

KERNEL_MOST = 5_000  # pictures; beyond, the matrix of all pairs is too large
FOLDS = 5
COSTS = (1.0, 10.0, 100.0)
ROWS = 1_000
LEAST = 0.01  # of the mean deviation
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Choice:
    """A kernel of the inner product x of rows of length 1, and the cost C of errors.

    `linear`: x; `cubic`: ((1 + x)/2)^3; `gaussian`: exp(-width |a - b|^2), |a - b|^2 = 2 - 2 x.
    """

    kernel: str
    cost: float
    width: float = 1.0
    standardised: bool = False

    def of(self, product: Gram) -> Gram:
        """Return the kernel of inner products, any shape."""
        if self.kernel == "gaussian":
            return np.asarray(np.exp(self.width * (2 * product - 2)))
        return ((1 + product) / 2) ** 3 if self.kernel == "cubic" else product

    def __str__(self) -> str:
        width = f" of width {self.width:g}" if self.kernel == "gaussian" else ""
        return f"{self.kernel}{width}, C {self.cost:g}{', standardised' * self.standardised}"


CHOICES = tuple(
    Choice(kernel, cost, width)
    for kernel, widths in (("linear", (1.0,)), ("cubic", (1.0,)), ("gaussian", (0.5, 2.0)))
    for width in widths
    for cost in COSTS
)


def require_scikit_learn() -> None:
    """Raise SettingsError where scikit-learn is not installed."""
    if importlib.util.find_spec("sklearn") is None:
        raise SettingsError(
            "Features are judged with scikit-learn, which is not installed.", "Install harmonium-studio[lab]."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """What is taken off each feature and what it is divided by, (features,), before a row is scaled to length 1."""

    mean: Values
    deviation: Values

    def apply(self, rows: Values) -> Values:
        """Scale rows (n, features) in place, so that bright and faint pictures count alike."""
        rows -= self.mean
        rows /= self.deviation
        return unit(rows)


def bare(rows: Values) -> Scale:
    """Return the scale that leaves features as they are."""
    return Scale(np.zeros(rows.shape[1], np.float32), np.ones(rows.shape[1], np.float32))


def standard(rows: Values) -> Scale:
    """Return the scale that brings each feature of rows (n, features) to mean 0 and deviation 1.

    A feature that hardly ever moves is not raised to what the others are.
    """
    deviation = rows.std(0)
    return Scale(rows.mean(0), np.asarray(deviation + LEAST * deviation.mean() + TINY, np.float32))


def learned(rows: Values, classes: Classes, seed: int, tell: Tell = silent) -> tuple[Choice, Predict]:
    """Return what was chosen on the training rows (n, features) alone, and the machine learned with it.

    Up to 5,000 rows the kernels are held against each other by cross-validation
    over the matrix of all pairs. Beyond, the machine is linear, one class against the rest, and its
    cost is chosen on 5,000 of the rows. So is, in both, whether features are standardised. Rows are
    scaled in place, those to be predicted too.
    """
    whole = len(rows) <= KERNEL_MOST
    few = np.random.default_rng([seed, 8]).permutation(len(rows))[:KERNEL_MOST]
    choices = CHOICES if whole else tuple(choice for choice in CHOICES if choice.kernel == "linear")
    best: tuple[int, Choice, Scale] | None = None
    for turn, measure in enumerate((bare, standard)):
        scale = measure(rows[few])
        found, wrong = cross_validated(
            scale.apply(rows[few]),
            classes[few],
            choices,
            seed,
            part(tell, turn, 2),
        )
        if best is None or wrong < best[0]:
            best = wrong, dataclasses.replace(found, standardised=measure is standard), scale
    assert best is not None
    _, choice, scale = best
    scaled = scale.apply(rows)
    predict = with_kernel(scaled, classes, choice) if whole else one_against_rest(scaled, classes, choice.cost)
    return choice, lambda others: predict(scale.apply(others))


def cross_validated(
    rows: Values, classes: Classes, choices: tuple[Choice, ...], seed: int, tell: Tell
) -> tuple[Choice, int]:
    """Return the choice with fewest errors over folds of like classes, of equals the first, and how many."""
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import SVC

    product = inner(rows, rows)
    folds = max(2, min(FOLDS, int(np.unique(classes, return_counts=True)[1].min())))
    parts = list(StratifiedKFold(folds, shuffle=True, random_state=seed % 2**32).split(product, classes))
    errors = []
    for done, choice in enumerate(choices, 1):
        gram, wrong = choice.of(product), 0
        for learning, judging in parts:
            machine = SVC(kernel="precomputed", C=choice.cost).fit(gram[np.ix_(learning, learning)], classes[learning])
            wrong += int((machine.predict(gram[np.ix_(judging, learning)]) != classes[judging]).sum())
        errors.append(wrong)
        tell(done, len(choices))
    return choices[int(np.argmin(errors))], min(errors)


def unit(rows: Values) -> Values:
    """Scale each row (n, features) to length 1, in place; empty ones stay."""
    for row in rows:
        length = float(np.linalg.norm(row))
        if length > 0:
            row /= np.float32(length)
    return rows


def with_kernel(rows: Values, classes: Classes, choice: Choice) -> Predict:
    from sklearn.svm import SVC

    machine = SVC(kernel="precomputed", C=choice.cost).fit(choice.of(inner(rows, rows)), classes)

    def predict(others: Values) -> Classes:
        parts = [
            machine.predict(choice.of(inner(others[start : start + ROWS], rows)))
            for start in range(0, len(others), ROWS)
        ]
        return np.concatenate(parts)

    return predict


def one_against_rest(rows: Values, classes: Classes, cost: float) -> Predict:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a last digit of the weights does not change a class
        machine = LinearSVC(C=cost, dual=False).fit(rows, classes)
    return lambda others: np.asarray(machine.predict(others), np.int64)


def inner(first: Values, second: Values) -> Gram:
    return np.asarray(first @ second.T, np.float64)
