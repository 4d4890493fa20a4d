"""What holds weights back after each step, beside their decay: a soft threshold, and a largest norm of a filter."""

from __future__ import annotations

from torch import Tensor

from studio.training.settings import TrainSettings


def hold_back(weights: Tensor, settings: TrainSettings, rate: float) -> None:
    """Shrink weights in place by rate * L1, none past zero, then every filter that is longer than the largest norm.

    The threshold is the proximal step of rate * L1 * sum |w|, and makes exact
    zeros, which a slope of |w| never does (Beck & Teboulle 2009). The norm is
    that of Srebro & Shraibman (2005).
    """
    if settings.weight_l1 > 0:
        shrink(weights, rate * settings.weight_l1)
    if settings.max_norm > 0:
        clip(weights, settings.max_norm)


def shrink(weights: Tensor, threshold: float) -> None:
    """w <- sign(w) max(0, |w| - threshold), in place."""
    weights.sub_(weights.clamp(-threshold, threshold))


def clip(weights: Tensor, largest: float) -> None:
    """Scale each filter whose Euclidean norm is above `largest` down to it, in place.

    A matrix (visible, hidden) has a filter in each column; of convolutions
    (filters, C, h, w) and of tiles (offsets, filters, pixels) the pixels come last.
    """
    axes = {2: (0,), 3: (2,), 4: (1, 2, 3)}[weights.dim()]
    norms = weights.square().sum(axes, keepdim=True).sqrt_()
    weights.mul_(largest / norms.clamp_min_(largest))
