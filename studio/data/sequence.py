"""Pictures in order as a file of the kind that its name tells: a film, or for looking at, a sheet with gaps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.data.frames import Film, check_frames, kind_of, write_film, write_levels
from studio.data.picture import NO_TEXT, levels
from studio.data.sheet import grid

ACROSS = 12  # frames in a row of a sheet, at most


def write_sequence(path: Path, pictures: NDArray[np.float32]) -> str:
    """Write pictures (n, H, W, C) in 0..1 and return what was made of them, in words.

    The name tells, as it does of a film; raises StudioError where nothing could be written.
    """
    check_frames(path)
    if kind_of(path) != "sprites":
        return write_film(path, Film(as_bytes(pictures))).words
    count, height, width, _ = pictures.shape
    write_levels(path, as_bytes(grid(pictures, ACROSS, gap=max(1, width // 64))), NO_TEXT)
    return f"{count:,} frames of {width} x {height} px in one sheet"


def as_bytes(pictures: NDArray[np.float32]) -> NDArray[np.uint8]:
    return levels(pictures, 255).astype(np.uint8)
