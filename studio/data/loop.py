"""A film that begins again: how far its last frame is from its first, and how that step is closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.data.png import Levels


@dataclass(frozen=True, slots=True)
class LoopStep:
    """How different frames are, as the root mean square over pixels in percent of white.

    `turn` is from the last frame to the first, `usual` the median from one frame to the next.
    """

    turn: float
    usual: float

    @property
    def words(self) -> str:
        return f"the last frame differs from the first by {self.turn:.1f} %, frames in a row by {self.usual:.1f} %"


def loop_step(frames: Levels) -> LoopStep:
    """Return how large the step from the end to the beginning is, beside the others; frames are (n, H, W, C)."""
    steps = [difference(frames[number], frames[number + 1]) for number in range(len(frames) - 1)]
    return LoopStep(difference(frames[-1], frames[0]), float(np.median(steps)) if steps else 0.0)


def difference(one: Levels, other: Levels) -> float:
    """Return the root mean square difference of two frames in percent of white."""
    apart = one.astype(np.float32) - other.astype(np.float32)
    return 100 * float(np.sqrt(np.mean(np.square(apart), dtype=np.float64))) / np.iinfo(one.dtype).max


def closed(frames: Levels, fade: int) -> Levels:
    """Return frames (n + fade, H, W, C) as n that go round: what came after the end fades into the beginning.

    Frame i of the first `fade` is the mix of frame n + i, which follows the last
    one, and frame i, with a share of (i + 1) / (fade + 1).
    """
    count = len(frames) - fade
    found = frames[:count].copy()
    for number in range(fade):
        share = np.float32((number + 1) / (fade + 1))
        mixed = frames[count + number].astype(np.float32)
        mixed += share * (frames[number].astype(np.float32) - mixed)
        found[number] = np.rint(mixed).astype(found.dtype)
    return found
