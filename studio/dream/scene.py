"""A moment of a player: what is brought back when one goes back to it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from studio.dream.held_picture import HeldPicture
from studio.dream.mixer import Levels
from studio.dream.moment import Moment, bytes_of
from studio.dream.settings import DreamSettings


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The chain's moment, the settings and levels it was played with, what was held, and where it began.

    `begun` counts beginnings: the seed leads to what is shown within the same
    one only. `aside` is what whoever owns the player keeps beside it.
    """

    moment: Moment
    settings: DreamSettings
    levels: Levels
    held: HeldPicture | None
    start_picture: Tensor | None
    begun: int
    exact: bool
    aside: object = None

    def memory(self) -> dict[int, int]:
        """Return the bytes of all memory that it looks into, by address."""
        own = [self.start_picture, self.held.seen if self.held is not None else None]
        return bytes_of([*self.moment.tensors(), *(tensor for tensor in own if tensor is not None)])
