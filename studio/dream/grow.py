"""Growing a picture outwards: it is held in place on a larger canvas, and the rest is dreamt around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from studio.models.chain import GibbsChain
from studio.models.filling import Mask, Values


@dataclass(frozen=True, slots=True, eq=False)
class Seed:
    """A picture (h, w, C) in 0..1 to grow, where it is known (h, w), and its upper left corner on the canvas."""

    picture: Values
    known: Mask
    top: int
    left: int

    def hold(self, chain: GibbsChain, seen: torch.Tensor) -> None:
        """Clamp the chain to the picture as its model sees it (1, C, h, w), in place."""
        _, channels, height, width = seen.shape
        place = (..., slice(self.top, self.top + height), slice(self.left, self.left + width))
        canvas = seen.new_zeros((1, channels, *chain.size))
        mask = torch.zeros(chain.size, dtype=torch.bool, device=seen.device)
        canvas[place] = seen
        mask[place] = torch.from_numpy(np.array(self.known)).to(seen.device)
        chain.clamp(canvas, mask)

    def put_back(self, pixels: Values) -> Values:
        """Return a dreamt canvas (H, W, C) with the picture's known pixels exactly as they were."""
        height, width = self.known.shape
        place = slice(self.top, self.top + height), slice(self.left, self.left + width)
        result = pixels.copy()
        result[place] = np.where(self.known[..., None], self.picture, result[place])
        return result
