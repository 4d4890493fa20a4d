"""Steps of a time-lapse as frames of a film: filters on the left, the dream on the right. No torch here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.jobs.lapse_frames import LapsePicture

HEIGHT = 480  # px that the larger side is brought near to
GAP = 16
GROUND = 0x77  # as around pictures in the window

Bytes = NDArray[np.uint8]


def film_frames(pictures: Sequence[LapsePicture]) -> Bytes:
    """Return frames (n, H, W, 3) of one even size."""
    made = [beside(one) for one in pictures]
    height, width = (2 * -(-max(one.shape[axis] for one in made) // 2) for axis in (0, 1))
    frames = np.full((len(made), height, width, 3), GROUND, np.uint8)
    for frame, one in zip(frames, made, strict=True):
        frame[: one.shape[0], : one.shape[1]] = one
    return frames


def beside(picture: LapsePicture) -> Bytes:
    """Return filters and dream side by side, each enlarged by a whole number: (H, W, 3)."""
    parts = [enlarged(part) for part in (picture.filters, picture.dream) if part is not None]
    height = max(len(part) for part in parts)
    columns: list[Bytes] = []
    for part in parts:
        column = np.full((height + 2 * GAP, part.shape[1] + GAP, 3), GROUND, np.uint8)
        top = GAP + (height - len(part)) // 2
        column[top : top + len(part), GAP:] = part
        columns.append(column)
    columns.append(np.full((height + 2 * GAP, GAP, 3), GROUND, np.uint8))
    return np.concatenate(columns, 1)


def enlarged(part: Bytes) -> Bytes:
    times = max(1, round(HEIGHT / max(part.shape[:2])))
    return np.broadcast_to(part, (*part.shape[:2], 3)).repeat(times, 0).repeat(times, 1)
