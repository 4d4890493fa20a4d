"""What every filling of holes shares: a chain that holds all but the hole, and the known pixels put back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.chain import GibbsChain, Size

Values = NDArray[np.float32]
Mask = NDArray[np.bool_]
Tell = Callable[[int, int], None]  # sweeps taken, sweeps in all; may raise to give up

AT_ONCE = 10  # sweeps between two words
PIXELS = 1 << 19  # of all chains that run together


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""


def in_groups(count: int, size: Size) -> list[int]:
    """Return how many chains of this size run together, group by group: as many as keep memory bounded."""
    each = max(1, PIXELS // (size[0] * size[1]))
    return [min(each, count - first) for first in range(0, count, each)]


def swept(chain: GibbsChain, sweeps: int, tell: Tell = silent) -> GibbsChain:
    """Take sweeps, telling now and then how many were taken; returns the chain."""
    done = 0
    while done < sweeps:
        some = min(AT_ONCE, sweeps - done)
        chain.step(some)
        done += some
        tell(done, sweeps)
    return chain


def part(tell: Tell, index: int, count: int) -> Tell:
    """Return a teller for one of several equal parts."""

    def one(done: int, total: int) -> None:
        tell(index * total + done, count * total)

    return one


def hold_around(chain: GibbsChain, pictures: Tensor, hole: Mask) -> None:
    """Clamp the chain to pictures (1 or n, C, H, W) in model space everywhere but in the hole (H, W).

    Opposite borders of the picture do not meet from now on: what lies beyond
    one of them is not known.
    """
    chain.controls = dataclasses.replace(chain.controls, wrap=(False, False))
    chain.clamp(pictures, torch.from_numpy(~hole).to(pictures.device))


def put_back(pictures: Values, dreamt: Values, hole: Mask) -> Values:
    """Return dreamt pictures (..., H, W, C) with the known pixels exactly as they were."""
    return np.where(hole[..., None], dreamt, pictures).astype(np.float32)
