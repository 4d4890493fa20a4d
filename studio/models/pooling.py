"""Probabilistic max-pooling (Lee, Grosse, Ranganath & Ng, ICML 2009, section 3.3).

A block's detection units exclude each other: one of them is on, and with it
their pooling unit, or none is. Inputs I are (units of a block, ...), with the
blocks in all further dimensions:

    P(h_i = 1) = e^I_i / (e^off + sum_j e^I_j),    P(pool = 0) = e^off / (e^off + sum_j e^I_j),

where `off`, the input of "none", is 0 unless a unit is held on.
"""

from __future__ import annotations

import torch
from torch import Tensor

LEAST = -80.0  # e^-80 is nothing beside 1, and what falls below the normal numbers is many times as slow


def exponentials(total: Tensor, off: Tensor | None = None) -> Tensor:
    """Turn inputs into e^(I - m) in place and return e^(off - m); m, the largest of all, keeps them finite: (...)."""
    largest = total.amax(0)
    if off is None:
        largest.clamp_min_(0)
        total.sub_(largest).clamp_min_(LEAST).exp_()
        return largest.neg_().clamp_min_(LEAST).exp_()
    largest = torch.maximum(largest, off)
    total.sub_(largest).clamp_min_(LEAST).exp_()
    return (off - largest).exp_()


def detection_(total: Tensor, off: Tensor | None = None) -> Tensor:
    """Turn inputs (units, ...) into P(h_i = 1) in place; their sum over a block is P(pool = 1)."""
    whole = exponentials(total, off)
    for unit in total:
        whole += unit
    return total.mul_(whole.reciprocal_())


def sample_(total: Tensor, uniform: Tensor, off: Tensor | None = None) -> Tensor:
    """Turn inputs (units, ...) into a draw in place: at most one unit of a block is 1, all others 0.

    `uniform` has one number in [0, 1) a block, (...): the place where it falls
    among the cumulated exponentials names none, or the unit. Inputs that are not
    numbers draw none.
    """
    none = exponentials(total, off)
    # "None" comes first: a uniform of exactly 0 then never draws a unit of no probability.
    total[0] += none
    for unit in range(1, len(total)):
        total[unit] += total[unit - 1]
    place = total[-1] * uniform
    total.gt_(place)
    for unit in range(len(total) - 1, 0, -1):
        total[unit] -= total[unit - 1]
    total[0] -= none.gt_(place)
    return total


def drawn_(detection: Tensor, uniform: Tensor) -> Tensor:
    """Turn P(h_i = 1), (units, ...), into a draw in place, as `sample_` does with inputs."""
    for unit in range(1, len(detection)):
        detection[unit] += detection[unit - 1]
    place = detection[-1] + uniform - 1
    detection.gt_(place)
    for unit in range(len(detection) - 1, 0, -1):
        detection[unit] -= detection[unit - 1]
    # Below 0 is the share of "none", where all of them compare as above.
    detection[0] -= place.lt_(0)
    return detection


def log_partition(total: Tensor) -> Tensor:
    """log(1 + sum_i e^I_i) of each block, of inputs (units, ...): (...)."""
    largest = total.amax(0).clamp_min_(0)
    return torch.exp(total - largest).sum(0).add_(torch.exp(-largest)).log_().add_(largest)


def off_input(total: Tensor, hold: Tensor) -> Tensor:
    """The input of "none" that keeps P(pool = 1) of each block at `hold` (broadcast to (...)) or above."""
    none = torch.logsumexp(total, 0) + torch.log1p(-hold) - torch.log(hold)
    return none.clamp_max_(0)
