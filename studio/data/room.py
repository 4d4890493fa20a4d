"""How small a large picture may become before no crop of it is left to learn from."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.data.collect_crops import band
from studio.data.exemplar import OPAQUE, scaled_size
from studio.data.places import Places
from studio.data.spec import Preprocess

FINEST = 1000  # steps of a scale from 0 to 1
FEWEST = 64  # places of crops: fewer are hardly more than one picture


def least_scale(known: NDArray[np.bool_], wanted: Preprocess) -> float:
    """Return the least scale at which crops find room beside what is transparent (H, W) or held out; 1 if none do."""
    steps = range(1, FINEST)
    return (1 + bisect_left(steps, True, key=lambda step: has_room(known, wanted, step / FINEST))) / FINEST


def has_room(known: NDArray[np.bool_], wanted: Preprocess, scale: float) -> bool:
    """Whether crops fit into what is learned from at this scale, in more than a few places."""
    width, height = scaled_size((known.shape[1], known.shape[0]), scale)
    if width < wanted.width or height < wanted.height:
        return False
    if known.all():
        return True
    smaller = Image.fromarray(known.astype(np.uint8) * 255).resize((width, height), Image.Resampling.BICUBIC)
    seen = np.asarray(smaller) >= OPAQUE
    end = max(seen.shape) - band(seen.shape, wanted)
    learned = seen[:, :end] if width > height else seen[:end]
    places: int = Places(learned, wanted.height, wanted.width).count
    return places >= FEWEST
