"""The model that knows the mean picture alone, which any other has to beat."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import softplus

from studio.models.doubles import doubled
from studio.models.rbm import LARGEST_BIAS


def base_bias(mean: Tensor) -> Tensor:
    """Return the biases of independent on-off pixels of this mean (visible,), which are never quite sure."""
    return torch.logit(mean, eps=1e-4).clamp_(-LARGEST_BIAS, LARGEST_BIAS)


def base_log_likelihood(v: Tensor, mean: Tensor) -> Tensor:
    """Return log p(v) in nats of on-off rows (n, visible) whose pixels are independent and of this mean: (n,)."""
    bias = base_bias(doubled(mean))
    return doubled(v) @ bias - softplus(bias).sum()
