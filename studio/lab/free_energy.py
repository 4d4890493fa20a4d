"""Free energies of pictures held against each other: whether a model prefers what it has learned, and to what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.jobs.evaluation import Histograms
from studio.jobs.stepwise import Stepwise
from studio.models.rbm import Rbm

AT_ONCE = 500
BINS = 60
SHOWN = (0.5, 99.5)  # percentiles of each kind that the histogram reaches to
FURTHEST = 30.0  # deviations of the learned pictures, beyond which others are not drawn

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gap:
    """How much higher the free energies of one kind of picture lie than those that were learned.

    In nats, then in deviations of the learned ones (the effect size of Glass 1976), with the
    standard error of the latter.
    """

    nats: float
    deviations: float
    error: float


@torch.no_grad()
def free_energies(model: Rbm, rows: Tensor) -> Stepwise[Values]:
    """Return F(v) in nats of rows (n, visible): (n,)."""
    found = []
    for first in range(0, len(rows), AT_ONCE):
        found.append(model.free_energy(rows[first : first + AT_ONCE]).cpu().double().numpy())
        yield min(len(rows), first + AT_ONCE), len(rows)
    return np.concatenate(found) if found else np.zeros(0)


def gap(learned: Values, others: Values) -> Gap:
    """Return how far others (n,) lie above the learned (m,), neither empty.

    The log-likelihoods of an RBM lie as far apart as its free energies, whatever
    log Z is: log p(v) = -F(v) - log Z (Hinton 2010, section 6). Others count as spread out
    at least as the learned are: one or two of them show nothing of how far they spread.
    """
    nats = float(others.mean() - learned.mean())
    deviation = float(learned.std())
    if deviation == 0:
        return Gap(nats, math.copysign(math.inf, nats) if nats else 0.0, 0.0)
    spread = max(float(others.var()), deviation**2) / deviation**2
    error = math.sqrt(1 / len(learned) + spread / len(others))
    return Gap(nats, nats / deviation, error)


def histograms(names: Sequence[str], kinds: Sequence[Values]) -> Histograms:
    """Count free energies of several kinds, the learned ones first, in common bins; none of the kinds is empty."""
    learned = kinds[0]
    room = FURTHEST * max(float(learned.std()), 1e-6)
    ends = np.array([np.percentile(one, SHOWN) for one in kinds])
    low = max(float(ends[:, 0].min()), float(learned.mean()) - room)
    high = min(float(ends[:, 1].max()), float(learned.mean()) + room)
    edges = np.linspace(low, max(high, low + 1e-6), BINS + 1)
    counts = np.array([np.histogram(one, edges)[0] for one in kinds], np.int64)
    beyond = [
        f"{name} {'below' if float(one.mean()) < low else 'above'}"
        for name, one in zip(names, kinds, strict=True)
        if not low <= float(one.mean()) <= high
    ]
    words = f"Beyond the picture: {', '.join(beyond)}." if beyond else ""
    for array in (edges, counts):
        array.setflags(write=False)
    return Histograms(tuple(names), edges, counts, tuple(float(one.mean()) for one in kinds), words)
