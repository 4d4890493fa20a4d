"""How surely so many pictures determine each weight of an RBM: intervals by the diagonal Fisher information."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.jobs.stepwise import Stepwise, finished
from studio.models.rbm import Rbm

Z = 1.96  # half the width of a 95 % interval, in standard errors
LEAST_VARIANCE = 1e-6  # of v_i P(h_j|v): below it the pixel is constant, or the unit never fires with it
LEAST_WEIGHT = 0.1  # of the root mean square weight: relative widths of weights near 0 say nothing


@dataclass(frozen=True, slots=True, eq=False)
class Confidence:
    """`widths` (visible, hidden) of the intervals, NaN where nothing is known; `relative` is their median over |w|.

    `share` is the share of weights that count: not near 0, over pixels that vary.
    """

    widths: NDArray[np.float32]
    relative: float
    share: float


def confidence(model: Rbm, pictures: Iterable[Tensor], count: int | None = None) -> Confidence:
    """Return the intervals of the weights; see `measuring`."""
    return finished(measuring(model, pictures, count))


@torch.no_grad()
def measuring(model: Rbm, pictures: Iterable[Tensor], count: int | None = None, total: int = 0) -> Stepwise[Confidence]:
    """Return the 95 % intervals w +- 1.96 / sqrt(N Var(v_i P(h_j|v))), v/s2 for Gaussian visibles.

    `pictures` are batches (n, visible) in model space; `count` pretends that
    there were as many, `total` says how many there are. The interval supposes an optimum without regularisation
    and leaves out how weights depend on each other, so it is a lower bound
    (van der Vaart, Asymptotic Statistics, 1998, section 5.5).
    """
    model.require_on_off("A confidence")
    first = torch.zeros(model.visible, model.hidden, dtype=torch.float64)
    second, number = torch.zeros_like(first), 0
    for batch in pictures:
        seen, hidden = (part.cpu().double() for part in (model.scaled(batch), model.hidden_given_visible(batch)))
        first += seen.t() @ hidden
        second += (seen**2).t() @ hidden**2
        number += len(batch)
        yield number, max(number, total)
    variance = second / number - (first / number) ** 2
    widths = 2 * Z / torch.sqrt((count or number) * variance)
    widths[variance < LEAST_VARIANCE] = torch.nan
    weights = model.weights.cpu().double().abs()
    counted = (weights > LEAST_WEIGHT * (weights**2).mean().sqrt()) & ~widths.isnan()
    relative = float((widths[counted] / weights[counted]).median()) if bool(counted.any()) else float("nan")
    return Confidence(widths.float().numpy(), relative, float(counted.cpu().double().mean()))
