"""Support vector machines whose scale, kernel and cost are chosen by cross-validation on what they learn from."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.errors import SettingsError
from studio.lab.scale import Scale, Way, scale_of, ways
from studio.models.filling import Tell, silent

Values = NDArray[np.float32]
Gram = NDArray[np.float64]
Classes = NDArray[np.int64]
Predict = Callable[[Values], Classes]

FOLDS = 5
COSTS = (1.0, 10.0, 100.0)
WIDTHS = (0.5, 1.0, 2.0, 4.0, 8.0)
ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Choice:
    """A kernel of the inner product x of rows of length 1, and the cost C of errors.

    `linear`: x; `cubic`: ((1 + x)/2)^3; `gaussian`: exp(-width |a - b|^2), |a - b|^2 = 2 - 2 x.
    """

    kernel: str
    cost: float
    width: float = 1.0

    def of(self, product: Gram) -> Gram:
        """Return the kernel of inner products, any shape."""
        if self.kernel == "gaussian":
            return np.asarray(np.exp(self.width * (2 * product - 2)))
        return ((1 + product) / 2) ** 3 if self.kernel == "cubic" else product

    def __str__(self) -> str:
        width = f" of width {self.width:g}" if self.kernel == "gaussian" else ""
        return f"{self.kernel} kernel{width}, C {self.cost:g}"


FIRST = Choice("gaussian", 10.0, 2.0)  # by which ways of scaling are held against each other
CHOICES = tuple(
    Choice(kernel, cost, width)
    for kernel, widths in (("linear", (1.0,)), ("cubic", (1.0,)), ("gaussian", WIDTHS))
    for width in widths
    for cost in COSTS
)


@dataclass(frozen=True, slots=True)
class Learned:
    """A machine that was learned: how it tells classes, and all that was chosen for it."""

    predict: Predict
    choice: Choice
    way: Way
    landmarks: int = 0  # of a machine of least squares

    def __str__(self) -> str:
        machine = f"least squares over {self.landmarks:,} of them, " if self.landmarks else ""
        return f"{machine}{self.choice}{self.way}"


def require_scikit_learn() -> None:
    """Raise SettingsError where scikit-learn is not installed."""
    if importlib.util.find_spec("sklearn") is None:
        raise SettingsError(
            "Features are judged with scikit-learn, which is not installed.", "Install harmonium-studio[lab]."
        )


def learned(rows: Values, sizes: tuple[int, ...], classes: Classes, seed: int, tell: Tell = silent) -> Learned:
    """Return a machine learned from rows (n, features), of which `sizes` are of each layer.

    How features are scaled is chosen first, then kernel and cost, both by cross-validation
    over the matrix of all pairs. Rows are scaled in place, those to be predicted too.
    """
    tried = ways(len(sizes))
    errors, plain = [], scale_of(tried[0], rows, sizes)
    for done, way in enumerate(tried, 1):
        scaled = dataclasses.replace(plain, way=way).apply(rows.copy())
        errors += wrong(scaled, classes, (FIRST,), seed)
        tell(done, len(tried) + len(CHOICES))
    way = tried[int(np.argmin(errors))]
    scale = dataclasses.replace(plain, way=way)
    scaled = scale.apply(rows)

    def later(done: int, _total: int) -> None:
        tell(len(tried) + done, len(tried) + len(CHOICES))

    choice = CHOICES[int(np.argmin(wrong(scaled, classes, CHOICES, seed, later)))]
    return Learned(with_kernel(scaled, classes, choice, scale), choice, way)


def wrong(rows: Values, classes: Classes, choices: tuple[Choice, ...], seed: int, tell: Tell = silent) -> list[int]:
    """Return the errors of each choice over folds of like classes."""
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import SVC

    product = inner(rows, rows)
    folds = max(2, min(FOLDS, int(np.unique(classes, return_counts=True)[1].min())))
    parts = list(StratifiedKFold(folds, shuffle=True, random_state=seed % 2**32).split(product, classes))
    errors = []
    for done, choice in enumerate(choices, 1):
        gram, count = choice.of(product), 0
        for learning, judging in parts:
            machine = SVC(kernel="precomputed", C=choice.cost).fit(gram[np.ix_(learning, learning)], classes[learning])
            count += int((machine.predict(gram[np.ix_(judging, learning)]) != classes[judging]).sum())
        errors.append(count)
        tell(done, len(choices))
    return errors


def with_kernel(rows: Values, classes: Classes, choice: Choice, scale: Scale) -> Predict:
    """Return what a machine learned from scaled rows says of others."""
    from sklearn.svm import SVC

    machine = SVC(kernel="precomputed", C=choice.cost).fit(choice.of(inner(rows, rows)), classes)

    def predict(others: Values) -> Classes:
        scaled = scale.apply(others)
        parts = [
            machine.predict(choice.of(inner(scaled[start : start + ROWS], rows)))
            for start in range(0, len(scaled), ROWS)
        ]
        return np.concatenate(parts)

    return predict


def inner(first: Values, second: Values) -> Gram:
    return np.asarray(first @ second.T, np.float64)
