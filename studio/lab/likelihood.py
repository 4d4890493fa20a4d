"""The exact log-likelihood of a small RBM, its hidden states written out one by one."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

from studio.errors import SettingsError
from studio.jobs.stepwise import Stepwise
from studio.models.doubles import doubled
from studio.models.rbm import Rbm

MOST_HIDDEN = 20
AT_ONCE = 1 << 12  # hidden states


@torch.no_grad()
def counting(model: Rbm) -> Stepwise[float]:
    """Return log Z in nats, a sum over all hidden states h:

        Z = sum_h e^{b.h} prod_i (1 + e^{(a + Wh)_i})                               on-off visibles
        Z = sum_h e^{b.h} prod_i sqrt(2 pi s2_i) e^{((a + Wh)_i^2 - a_i^2) / 2 s2_i}   Gaussian ones

    Raises
    ------
    SettingsError
        With more than 20 hidden units, whose states are too many.
    """
    if model.hidden > MOST_HIDDEN:
        raise SettingsError(
            f"{model.hidden} hidden units have too many states to be counted.",
            f"At most {MOST_HIDDEN} can be"
            + ("." if model.gaussian else "; estimate the likelihood with --ais instead."),
        )
    weights, a, b = (doubled(tensor) for tensor in (model.weights, model.visible_bias, model.hidden_bias))
    variance = doubled(model.variance) if model.gaussian else None
    states = 1 << model.hidden
    bits = torch.arange(model.hidden, device=weights.device)
    parts = []
    for first in range(0, states, AT_ONCE):
        numbers = torch.arange(first, min(states, first + AT_ONCE), device=weights.device)
        h = doubled((numbers[:, None] >> bits) & 1)
        total = torch.addmm(a, h, weights.t())
        if variance is None:
            visible = softplus(total).sum(1)
        else:
            visible = (0.5 * (total**2 - a**2) / variance).sum(1) + 0.5 * torch.log(2 * math.pi * variance).sum()
        parts.append(torch.logsumexp(visible + h @ b, 0))
        yield min(states, first + AT_ONCE), states
    return float(torch.logsumexp(torch.stack(parts), 0))


@torch.no_grad()
def log_likelihood(model: Rbm, v: Tensor, log_partition: float) -> Tensor:
    """Return log p(v) = -F(v) - log Z in nats for rows v (n, visible): (n,)."""
    return -doubled(model.free_energy(v)) - log_partition
