"""Annealed importance sampling of an RBM's partition function, and the same backwards from test pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import softplus

from studio.errors import SettingsError
from studio.jobs.stepwise import Stepwise
from studio.lab.base_rate import base_bias
from studio.lab.likelihood import MOST_HIDDEN
from studio.models.doubles import doubled
from studio.models.noise import Noise
from studio.models.rbm import Rbm

SCHEDULE = ((0.5, 500), (0.9, 4_000), (1.0, 10_000))  # up to which beta, in how many steps (2008, section 4.1.1)
TRUSTED = 1.0  # nats between the two estimates


@dataclass(frozen=True, slots=True)
class Estimate:
    """log Z in nats, and three standard deviations of the mean weight to either side of it."""

    log_partition: float
    low: float
    high: float


class Path:
    """The distributions between a base that knows the mean alone and an RBM of on-off visibles:

        log p*_beta(v) = (1 - beta) a_0.v + beta a.v + sum_j softplus(beta (b + vW)_j),

    with transitions that draw h ~ sigma(beta (b + vW)), v ~ sigma((1 - beta) a_0 + beta (a + Wh))
    (Salakhutdinov & Murray, ICML 2008, equations 15 to 19, the base without hidden units).
    """

    def __init__(self, model: Rbm, mean: Tensor, noise: Noise) -> None:
        if model.gaussian:
            raise SettingsError(
                "Annealed importance sampling is for on-off visibles, and this model's are Gaussian.",
                "With at most 20 hidden units, use --exact."
                if model.hidden <= MOST_HIDDEN
                else "Judge it by its free energies, in the window, or train one of at most 20 hidden units.",
            )
        self.model, self.noise = model, noise
        self.base = base_bias(mean)

    @property
    def log_base(self) -> float:
        """log Z_0: sum softplus(a_0), and the softplus(0) of each hidden unit."""
        return float(softplus(doubled(self.base)).sum()) + self.model.hidden * math.log(2)

    def log_probability(self, v: Tensor, total: Tensor, beta: float) -> Tensor:
        """log p*_beta of rows v (n, visible), whose b + vW is `total` (n, hidden): (n,)."""
        visible = v @ torch.lerp(self.base, self.model.visible_bias, beta)
        return doubled(visible + softplus(total * beta).sum(1))

    def move(self, total: Tensor, beta: float) -> Tensor:
        """Take one step of the transition at beta from rows whose b + vW is `total`; returns v (n, visible)."""
        model = self.model
        h = self.noise.bernoulli(torch.sigmoid(total * beta))
        mean = torch.addmm(torch.lerp(self.base, model.visible_bias, beta), h, model.weights.t(), alpha=beta)
        return self.noise.bernoulli(mean.sigmoid_())


def betas(schedule: tuple[tuple[float, int], ...] = SCHEDULE) -> list[float]:
    """Return the inverse temperatures from 0 to 1, spaced evenly in each part of a schedule."""
    found, before = [0.0], 0.0
    for end, steps in schedule:
        found += [before + (end - before) * (step + 1) / steps for step in range(steps)]
        before = end
    return found


@torch.no_grad()
def annealing(
    model: Rbm, mean: Tensor, runs: int, noise: Noise, ladder: list[float] | None = None
) -> Stepwise[Estimate]:
    """Estimate log Z by annealed importance sampling (Neal 2001; Salakhutdinov & Murray 2008, algorithm 1).

    Parameters
    ----------
    mean
        Mean of the training pictures, (visible,), which the base rate knows.
    ladder
        Inverse temperatures from 0 to 1; the published 14,500 unless given.
    """
    path, ladder = Path(model, mean, noise), betas() if ladder is None else ladder
    v = noise.bernoulli(torch.sigmoid(path.base).expand(runs, model.visible))
    weights = doubled(torch.zeros(runs, device=v.device))
    for step, (before, beta) in enumerate(pairwise(ladder), 1):
        total = model.hidden_input(v)
        weights += path.log_probability(v, total, beta) - path.log_probability(v, total, before)
        v = path.move(total, beta)
        yield step, len(ladder) - 1
    highest = weights.max()
    shares = torch.exp(weights - highest)
    log_mean = float(torch.log(shares.mean()) + highest) + path.log_base
    spread = 3 * float(shares.std() / shares.mean()) / math.sqrt(runs) if runs > 1 else math.inf
    low = log_mean + math.log1p(-spread) if spread < 1 else -math.inf
    return Estimate(log_mean, low, log_mean + math.log1p(spread))


@torch.no_grad()
def reverse_annealing(
    model: Rbm, mean: Tensor, v: Tensor, noise: Noise, ladder: list[float] | None = None
) -> Stepwise[Tensor]:
    """Estimate log p(v) of test rows (n, visible) from below, annealing from each of them to the base rate: (n,).

    With x_K = v and x_{k-1} drawn by the transition at beta_k from x_k,

        log p(v) >= E[log p*_1(v) - log Z_0 - sum_k (log p*_k(x_{k-1}) - log p*_{k-1}(x_{k-1}))]

    (Burda, Grosse & Salakhutdinov, AISTATS 2015, section 3): where the forward
    estimate is too hopeful, this one is too careful.
    """
    path, ladder = Path(model, mean, noise), betas() if ladder is None else ladder
    total = model.hidden_input(v)
    found = path.log_probability(v, total, 1.0) - path.log_base
    steps = len(ladder) - 1
    for step in range(steps, 0, -1):
        v = path.move(total, ladder[step])
        total = model.hidden_input(v)
        found -= path.log_probability(v, total, ladder[step]) - path.log_probability(v, total, ladder[step - 1])
        yield steps - step + 1, steps
    return found
