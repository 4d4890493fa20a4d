"""Pictures that a model dreams or fills for the lab, whatever family it is of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from studio.models.chain import GibbsChain, Size

Values = NDArray[np.float32]
Mask = NDArray[np.bool_]
Tell = Callable[[int, int], None]  # sweeps taken, sweeps in all; may raise to give up

AT_ONCE = 10  # sweeps between two words
PIXELS = 1 << 19  # of all chains that run together


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Dreamer:
    """What the lab needs of a model.

    `begin` starts (count, size, seed) chains from noise; `to_pictures` shows
    (n, C, H, W) in model space as (n, H, W, C) in 0..1 and `to_model` takes
    (n, C, H, W) in 0..1 there; canvases are multiples of `multiple` pixels.
    """

    begin: Callable[[int, Size, int], GibbsChain]
    to_pictures: Callable[[Tensor], Values]
    to_model: Callable[[Values], Tensor]
    multiple: int

    def dreams(self, count: int, size: Size, sweeps: int, seed: int, tell: Tell = silent) -> Values:
        """Return the means of chains after `sweeps` Gibbs sweeps from noise: (count, H, W, C) in 0..1.

        As many run at once as keep memory bounded; each group has a seed of its own.
        """
        each = max(1, PIXELS // (size[0] * size[1]))
        groups = [min(each, count - first) for first in range(0, count, each)]
        found = []
        for index, many in enumerate(groups):
            chain = self.begin(many, size, seed + index)
            run(chain, sweeps, part(tell, index, len(groups)))
            found.append(self.to_pictures(chain.mean()))
        return np.concatenate(found)

    def fill(self, pictures: Values, mask: Mask, sweeps: int, seed: int, tell: Tell = silent) -> Values:
        """Fill the hole (H, W) of pictures (n, H, W, C) in 0..1 by Gibbs sampling with the rest clamped.

        The canvas is at least a tile larger than the pictures and free there, so
        that opposite borders, which meet on a torus, do not reach the hole.
        """
        count, height, width, channels = pictures.shape
        size = tuple(-(-(side + self.multiple) // self.multiple) * self.multiple for side in (height, width))
        canvas = np.zeros((count, channels, *size), np.float32)
        canvas[:, :, :height, :width] = np.moveaxis(pictures, 3, 1)
        held = np.zeros((1, 1, *size), np.bool_)
        held[0, 0, :height, :width] = ~mask
        chain = self.begin(count, (size[0], size[1]), seed)
        known = self.to_model(canvas)
        chain.clamp(known, torch.from_numpy(held).to(known.device))
        run(chain, sweeps, tell)
        filled = self.to_pictures(chain.mean())[:, :height, :width]
        return np.where(mask[..., None], filled, pictures).astype(np.float32)


def run(chain: GibbsChain, sweeps: int, tell: Tell) -> None:
    """Take sweeps, telling now and then how many were taken."""
    done = 0
    while done < sweeps:
        some = min(AT_ONCE, sweeps - done)
        chain.step(some)
        done += some
        tell(done, sweeps)


def part(tell: Tell, index: int, count: int) -> Tell:
    """Return a teller for one of several equal parts."""

    def one(done: int, total: int) -> None:
        tell(index * total + done, count * total)

    return one
