"""Pictures that a model dreams or fills for the lab, whatever family it is of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from studio.jobs.stepwise import Stepwise, finished
from studio.models.filling import AT_ONCE, Mask, Tell, Values, hold_around, in_groups, put_back, silent, swept

if TYPE_CHECKING:
    from torch import Tensor

    from studio.models.chain import GibbsChain, Size


@dataclass(frozen=True, slots=True)
class Dreamer:
    """What the lab needs of a model.

    `begin` starts (count, size, seed) chains from noise; `to_pictures` shows
    (n, C, H, W) in model space as (n, H, W, C) in 0..1 and `to_model` takes
    (n, C, H, W) in 0..1 there.
    """

    begin: Callable[[int, Size, int], GibbsChain]
    to_pictures: Callable[[Tensor], Values]
    to_model: Callable[[Values], Tensor]

    def dreams(self, count: int, size: Size, sweeps: int, seed: int, tell: Tell = silent) -> Values:
        """Return the means of chains after `sweeps` Gibbs sweeps from noise: (count, H, W, C) in 0..1.

        As many run at once as keep memory bounded; each group has a seed of its own.
        """
        return finished(self.dreaming(count, size, sweeps, seed, AT_ONCE), tell)

    def dreaming(self, count: int, size: Size, sweeps: int, seed: int, at_once: int = 1) -> Stepwise[Values]:
        """Return the same as `dreams`, a few sweeps at a time."""
        groups, found = in_groups(count, size), []
        for index, many in enumerate(groups):
            chain = self.begin(many, size, seed + index)
            while chain.sweeps < sweeps:
                chain.step(min(at_once, sweeps - chain.sweeps))
                yield index * sweeps + chain.sweeps, len(groups) * sweeps
            found.append(self.to_pictures(chain.mean()))
        return np.concatenate(found)

    def fill(self, pictures: Values, mask: Mask, sweeps: int, seed: int, tell: Tell = silent) -> Values:
        """Fill the hole (H, W) of pictures (n, H, W, C) in 0..1 by Gibbs sampling with the rest clamped."""
        count, height, width, _ = pictures.shape
        chain = self.begin(count, (height, width), seed)
        hold_around(chain, self.to_model(np.ascontiguousarray(np.moveaxis(pictures, 3, 1))), mask)
        return put_back(pictures, self.to_pictures(swept(chain, sweeps, tell).mean()), mask)
