"""How much a feature knows of classes: area under precision and recall, and conditional entropy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Scores = NDArray[np.floating]
Classes = NDArray[np.int64]

ACTIVE = 0.1  # of the pictures, those that a feature answers most


def average_precision(scores: Scores, positive: NDArray[np.bool_]) -> Values:
    """Return the area under precision over recall of each feature: (F,).

    Parameters
    ----------
    scores
        (n, F), how strongly each feature answers each picture.
    positive
        (n,), which pictures are of the class; at least one.

    Notes
    -----
    The sum over thresholds of precision times the gain in recall, equal scores
    passing a threshold together. Of scores that know nothing it is the share of `positive`.
    """
    order = np.argsort(-scores, axis=0, kind="stable")
    ranked = np.take_along_axis(scores, order, 0)
    found = np.cumsum(positive[order], 0, dtype=np.float64)
    last = np.ones(scores.shape, np.bool_)
    last[:-1] = ranked[1:] != ranked[:-1]
    passed = np.arange(1, len(scores) + 1)[:, None]
    before = np.maximum.accumulate(np.where(last, found, 0.0), 0)
    gained = np.zeros_like(found)
    gained[0], gained[1:] = found[0], found[1:] - before[:-1]
    area: Values = np.where(last, found / passed * gained, 0.0).sum(0) / max(1, int(positive.sum()))
    return area


def selectivity(scores: Scores, classes: Classes, count: int) -> Values:
    """Return the area under precision and recall of each feature for each class against the rest: (F, count).

    The comparison of Lee, Grosse, Ranganath and Ng (ICML 2009, figure 4).
    """
    return np.stack([average_precision(scores, classes == index) for index in range(count)], 1)


def entropy(weights: NDArray[np.floating]) -> Values:
    """Return the entropy in bits of non-negative weights (..., classes), 0 where all are 0: (...)."""
    total = weights.sum(-1, keepdims=True, dtype=np.float64)
    share = np.divide(weights, total, out=np.zeros(weights.shape), where=total > 0)
    logs = np.log2(share, out=np.zeros(share.shape), where=share > 0)
    return np.asarray(-(share * logs).sum(-1), np.float64)


def conditional_entropy(scores: Scores, classes: Classes, count: int, active: float = ACTIVE) -> Values:
    """Return H(class | feature active) in bits of each feature: (F,).

    A feature is active in the share `active` of the pictures (n,) that it answers
    most, and in those that tie with the last of them: a feature of one value is
    active in all, and its entropy is that of the classes (after Lee et al., figure 5).
    """
    many = max(1, round(active * len(scores)))
    least = np.partition(scores, len(scores) - many, axis=0)[len(scores) - many]
    on = scores >= least
    counts = np.stack([on[classes == index].sum(0) for index in range(count)], 1)
    return entropy(counts.astype(np.float64))
