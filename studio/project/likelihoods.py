"""How likely an RBM finds pictures, in nats: counted exactly, or annealed forwards and backwards."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from studio.jobs.stepwise import Stepwise, part_of
from studio.lab.annealing import TRUSTED, Estimate, annealing, reverse_annealing
from studio.lab.base_rate import base_log_likelihood
from studio.lab.likelihood import counting, log_likelihood
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.project.seen_rows import Rows

BACKWARDS = 500  # unseen pictures that the reverse estimate starts from
RUNS = 100
LIKELIHOOD = "The likelihood"


@dataclass(frozen=True, slots=True)
class Exact:
    """Means over unseen and over learned pictures, and of the model that knows the mean picture alone (NaN: none)."""

    unseen: float
    learned: float
    base: float
    log_partition: float
    count: int


@dataclass(frozen=True, slots=True)
class Annealed:
    """The same by annealing; `forwards` and `backwards` are both estimates of the mean over `chosen` pictures."""

    unseen: float
    learned: float
    base: float
    estimate: Estimate
    forwards: float
    backwards: float
    chosen: int
    count: int

    @property
    def gap(self) -> float:
        return self.forwards - self.backwards

    @property
    def trusted(self) -> bool:
        return abs(self.gap) <= TRUSTED  # what is no number is not trusted


def counted(model: Rbm, rows: Rows) -> Stepwise[Exact]:
    """Count all hidden states; raises SettingsError where they are too many, or not on-off."""
    model.require_on_off(LIKELIHOOD)
    partition = yield from counting(model)
    unseen, learned = (float(log_likelihood(model, some, partition).mean()) for some in (rows.judging, rows.learned))
    return Exact(unseen, learned, base(model, rows), partition, len(rows.judging))


def annealed_both_ways(model: Rbm, rows: Rows, runs: int = RUNS, seed: int = 0) -> Stepwise[Annealed]:
    """Anneal from the mean picture to the model, and from pictures back; raises SettingsError of units not on-off."""
    model.require_on_off(LIKELIHOOD)
    judging, mean, device = rows.judging, rows.learned.mean(0), rows.learned.device
    estimate = yield from part_of(annealing(model, mean, runs, Noise(seed, device)), 0, 2)
    chosen = judging[:BACKWARDS]
    back = yield from part_of(reverse_annealing(model, mean, chosen, Noise(seed + 1, device)), 1, 2)

    def likelihood(some: Tensor) -> float:
        return float(log_likelihood(model, some, estimate.log_partition).mean())

    return Annealed(
        unseen=likelihood(judging),
        learned=likelihood(rows.learned),
        base=base(model, rows),
        estimate=estimate,
        forwards=likelihood(chosen),
        backwards=float(back.mean()),
        chosen=len(chosen),
        count=len(judging),
    )


def base(model: Rbm, rows: Rows) -> float:
    """Return the mean log-likelihood by the mean picture alone; NaN for Gaussian visibles."""
    if model.gaussian:
        return math.nan
    return float(base_log_likelihood(rows.judging, rows.learned.mean(0)).mean())
