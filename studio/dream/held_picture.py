"""A picture that a playing dream holds: on a canvas that may change around it, or all of the canvas but a hole."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from torch import Tensor

from studio.dream.begin import size_of
from studio.dream.grow import Seed
from studio.dream.place import At, corner
from studio.dream.settings import DreamSettings, Seamless
from studio.models.chain import GibbsChain, Instrument, Size
from studio.models.filling import Mask, Values

MOST_TOGETHER = 1 << 21  # pixels of all chains that fill the same hole
WATCHED = 1 << 19  # pixels of all chains that are swept often enough to be watched
MOST_CHAINS = 8
SIDES = (256, 512, 1024, 2048, 4096, 8192)  # what a canvas grows to when it is too small


@dataclass(frozen=True, slots=True, eq=False)
class HeldPicture:
    """A picture (h, w, C) in 0..1, where it is known (h, w), and `seen`, the same as its model sees it (1, C, h, w).

    `framed`, it is the whole canvas, whose borders do not meet.
    """

    picture: Values
    known: Mask
    seen: Tensor
    at: At = At.CENTRE
    framed: bool = False

    @property
    def inner(self) -> Size:
        return self.known.shape[0], self.known.shape[1]

    def settings(self, model: Instrument, wanted: DreamSettings) -> DreamSettings:
        """Return these settings with a canvas that holds the picture; around it is room for one chain to dream."""
        if self.framed:
            height, width = self.inner
            chains = min(wanted.chains, max(1, MOST_TOGETHER // (height * width)))
            return dataclasses.replace(wanted, chains=chains, width=width, height=height, seamless=Seamless.NONE)
        canvas = size_of(model, wanted)
        height, width = (roomy(side, least) for side, least in zip(canvas, self.inner, strict=True))
        if (height, width) == self.inner and self.known.all():
            height, width = roomy(height, height + 1), roomy(width, width + 1)
        return dataclasses.replace(wanted, chains=1, width=width, height=height)

    def corner(self, canvas: Size) -> tuple[int, int]:
        """Return top and left of the picture on a canvas; raises SettingsError where it does not fit."""
        return corner(self.at, self.inner, canvas)

    def place(self, canvas: Size) -> tuple[slice, slice]:
        """Return rows and columns of the picture on a canvas; raises SettingsError where it does not fit."""
        top, left = self.corner(canvas)
        return slice(top, top + self.inner[0]), slice(left, left + self.inner[1])

    def wrap(self, wanted: tuple[bool, bool]) -> tuple[bool, bool]:
        """Return which borders meet of those that were to: none where the picture is the whole canvas."""
        return (False, False) if self.framed else wanted

    def hold(self, chain: GibbsChain) -> None:
        """Clamp a chain to the picture, in its place on the chain's canvas."""
        self.seed(chain.size).hold(chain, self.seen)

    def resize(self, chain: GibbsChain, size: Size) -> None:
        """Go on with a canvas of another size around the picture: what was dreamt beside it stays there."""
        before, after = self.corner(chain.size), self.corner(size)
        chain.clamp(None, None)
        chain.resize(size, (after[0] - before[0], after[1] - before[1]))
        self.hold(chain)

    def seed(self, canvas: Size) -> Seed:
        return Seed(self.picture, self.known, *self.corner(canvas))


def together(size: Size) -> int:
    """Return how many chains fill a hole in a picture of this size at a speed that can be watched."""
    return min(MOST_CHAINS, max(1, WATCHED // (size[0] * size[1])))


def roomy(side: int, least: int) -> int:
    """Return the side of a canvas, or the next one that is at least so large."""
    if side >= least:
        return side
    return next((larger for larger in SIDES if larger >= least), SIDES[-1])
