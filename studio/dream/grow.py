"""Growing a picture outwards: it is held in place on a larger canvas, and the rest is dreamt around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import torch

from studio.errors import SettingsError
from studio.models.chain import GibbsChain, Size
from studio.models.filling import Mask, Values


class At(StrEnum):
    """Where on the canvas a picture lies: in the middle, or in the middle of one of its sides."""

    CENTRE = "centre"
    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


def corner(at: str, inner: Size, canvas: Size) -> tuple[int, int]:
    """Return top and left of a picture on a canvas, from a name or from `X,Y`, its upper left corner.

    Raises
    ------
    SettingsError
        When this is no place, or the picture does not fit on the canvas there.
    """
    room = canvas[0] - inner[0], canvas[1] - inner[1]
    if min(room) < 0:
        raise SettingsError(
            f"A picture of {inner[1]} x {inner[0]} px does not fit on a canvas of {canvas[1]} x {canvas[0]} px.",
            "Choose a larger canvas.",
        )
    if at in list(At):
        top = {At.TOP: 0, At.BOTTOM: room[0]}.get(At(at), room[0] // 2)
        left = {At.LEFT: 0, At.RIGHT: room[1]}.get(At(at), room[1] // 2)
        return top, left
    match = re.fullmatch(r"(\d{1,6}),(\d{1,6})", at)
    if match is None:
        raise SettingsError(f"{at!r} is no place for a picture.", f"Choose {', '.join(At)} or X,Y, such as 40,0.")
    left, top = int(match[1]), int(match[2])
    if top > room[0] or left > room[1]:
        raise SettingsError(
            f"At {left},{top} a picture of {inner[1]} x {inner[0]} px reaches out of a canvas of "
            f"{canvas[1]} x {canvas[0]} px.",
            f"Choose at most {room[1]},{room[0]}.",
        )
    return top, left


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
