"""What the window and the compute thread say to each other about codes; arrays are fresh and read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CodePoint:
    """A code as steps along the principal directions, in deviations from the mean code.

    What lies across those directions is taken from a `picture` of the map; below 0 from the mean.
    """

    steps: tuple[float, ...] = ()
    picture: int = -1


@dataclass(frozen=True, slots=True)
class CodeWish:
    """A picture that somebody wants to see: of one point, of this share of the way through several, or of a mixture.

    A mixture has a weight for each point; a way that is a loop leads back from the last to the first.
    """

    points: tuple[CodePoint, ...]
    share: float = 0.0
    loop: bool = False
    weights: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CodeMap:
    """Training pictures as points (n, directions), in deviations, and small: (n, h, w, C) uint8; n is 0 without any."""

    points: NDArray[np.float32]
    pictures: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class CodePicture:
    """What a wish decodes to: (H, W, C) float32 in 0..1."""

    wish: CodeWish
    pixels: NDArray[np.float32]
