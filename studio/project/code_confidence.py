"""How far the pictures of hidden units over codes may be off, by the intervals of their weights."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from studio.data.sheet import grid
from studio.jobs.evaluation import Sheet, number
from studio.jobs.stepwise import Stepwise
from studio.lab.confidence import Confidence
from studio.models.latent_rbm import LatentRbm
from studio.models.rbm import Rbm

MAPS = 64
SHIFT = 0.1  # of the input of a code number, to either side, for the slope of the decoder
AT_ONCE = 16  # code numbers
WHITEST = 98.0  # percentile


@torch.no_grad()
def decoded_maps(model: LatentRbm, rbm: Rbm, found: Confidence) -> Stepwise[Sheet | None]:
    """Draw half the intervals of the strongest units as pictures: root of sum_i (dx/da_i w_ij / 2)^2 at the mean code.

    a_i is the input of code number i, x a pixel, a mean over its colours, w_ij
    the width of an interval. Errors of weights are taken as independent, as
    the intervals themselves take them, and the decoder as straight so near.
    Intervals that nothing is known of count as the widest that is known.
    """
    norms = torch.linalg.vector_norm(rbm.weights, dim=0).cpu().numpy()
    strongest = np.argsort(-norms, kind="stable")[:MAPS]
    widths = found.widths[:, strongest]
    known = widths[np.isfinite(widths)]
    if not len(known):
        return None
    half = torch.from_numpy(np.nan_to_num(widths, nan=float(known.max()), posinf=float(known.max())) / 2)
    squares = torch.zeros(len(strongest), model.shape[1] * model.shape[2], dtype=torch.float64)
    count = rbm.visible
    for first in range(0, count, AT_ONCE):
        chosen = slice(first, min(first + AT_ONCE, count))
        slopes = slopes_at_mean(model, rbm, chosen).mean(1).flatten(1).cpu().double()
        squares += (half[chosen].cpu().double() ** 2).t() @ slopes**2
        yield chosen.stop, count
    off = squares.sqrt().numpy().reshape(-1, *model.shape[1:])
    white = max(float(np.percentile(off, WHITEST)), 1e-12)
    sheet = grid(np.clip(off / white, 0, 1)[..., None].astype(np.float32))
    sheet.setflags(write=False)
    words = (
        f"Where the pictures of the {len(strongest)} strongest hidden units are unsure, strongest first: by half the "
        f"intervals of their weights, black where that changes nothing, white where it changes brightness by "
        f"{number(white)} of the whole range or more."
    )
    return Sheet(sheet, words)


def slopes_at_mean(model: LatentRbm, rbm: Rbm, chosen: slice) -> Tensor:
    """How pixels change with the inputs of these code numbers, about the visible biases: (numbers, C, H, W)."""
    inputs = rbm.visible_bias.expand(chosen.stop - chosen.start, -1)
    shift = torch.zeros_like(inputs)
    shift[:, chosen] = SHIFT * torch.eye(len(shift), device=shift.device)
    up, down = (model.decode(expected(rbm, inputs + sign * shift)) for sign in (1, -1))
    return (up - down) / (2 * SHIFT)


def expected(rbm: Rbm, inputs: Tensor) -> Tensor:
    """Return the mean codes of visible units with these inputs."""
    return inputs if rbm.gaussian else torch.sigmoid(inputs)
