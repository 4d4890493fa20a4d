"""A moment of a player: what is brought back when one goes back to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from studio.dream.held_picture import HeldPicture
from studio.dream.mixer import Levels
from studio.dream.moment import Moment, bytes_of
from studio.dream.painting import Painting
from studio.dream.settings import DreamSettings
from studio.jobs.frames import DreamFrame, as_levels, publish


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A picture as it was on the screen, (n, H, W, C) uint8: to draw it anew may take longer than one waits for it."""

    levels: NDArray[np.uint8]
    sweep: int
    reduction: int
    canvas: tuple[int, int]

    @classmethod
    def of(cls, frame: DreamFrame | None, sweep: int) -> Shown | None:
        """Return what is on the screen, where it is of this sweep."""
        if frame is None or frame.sweep != sweep:
            return None
        levels = as_levels(frame.pictures) if frame.levels is None else frame.levels
        return cls(levels, frame.sweep, frame.reduction, frame.canvas)

    def frame(self, exact: bool) -> DreamFrame:
        """Return it as a frame of a dream that stands still."""
        pictures = publish(np.divide(self.levels, 255, dtype=np.float32))
        levels = self.levels if self.reduction > 1 else None
        return DreamFrame(pictures, self.sweep, 0.0, self.reduction, self.canvas, levels, exact)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The chain's moment, the settings and levels it was played with, what was held and painted, and where it began.

    `begun` counts beginnings: the seed leads to what is shown within the same
    one only. `aside` is what whoever owns the player keeps beside it.
    """

    moment: Moment
    settings: DreamSettings
    levels: Levels
    held: HeldPicture | None
    painting: Painting | None
    start_picture: Tensor | None
    begun: int
    exact: bool
    shown: Shown | None = None
    aside: object = None

    def memory(self) -> dict[int, int]:
        """Return the bytes of all memory that it looks into, by address."""
        own = [self.start_picture, self.held.seen if self.held is not None else None]
        memory = bytes_of([*self.moment.tensors(), *(tensor for tensor in own if tensor is not None)])
        if self.painting is not None:
            memory |= bytes_of([self.painting.seen])
            memory |= {id(array): array.nbytes for array in self.painting.arrays()}
        if self.held is not None:
            memory |= {id(part): part.nbytes for part in (self.held.picture, self.held.known)}
        if self.shown is not None:
            memory[id(self.shown)] = self.shown.levels.nbytes
        return memory
