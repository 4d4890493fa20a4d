"""Pictures that are taken to hold them while the rest is dreamt."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.data.occluded import Occluded, read_occluded
from studio.data.reading import UnreadableError, read_bytes
from studio.data.spec import Preprocess
from studio.dream.settings import LARGEST_SIDE
from studio.errors import DataError

if TYPE_CHECKING:
    from studio.models.chain import Instrument

Values = NDArray[np.float32]


def is_large(model: Instrument, preprocess: Preprocess) -> bool:
    """Tell whether pictures are taken large, as materials, or fitted to one shape, as whole pictures."""
    return model.any_size and (preprocess.crops or preprocess.patches > 0)


def taken(path: Path, model: Instrument, preprocess: Preprocess, transparency: bool = True) -> Occluded:
    """Return a picture file as the model sees it; raises DataError when it cannot be used or is too small or large."""
    large = is_large(model, preprocess)
    picture = read_occluded(path, preprocess, large, transparency)
    height, width = picture.known.shape
    at = "" if preprocess.patch_scale == 1 else f"at {preprocess.patch_scale:g} times its size "
    if large and min(height, width) < model.multiple:
        raise DataError(
            f"{path.name} has {at}only {width} x {height} px, less than one tile of {model.multiple} px.",
            "Choose a larger picture.",
        )
    if large and max(height, width) > LARGEST_SIDE:
        raise DataError(f"{path.name} has {at}{width} x {height} px.", f"Choose at most {LARGEST_SIDE:,} px a side.")
    return picture


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, which tells a picture from another of the same name."""
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except UnreadableError as error:
        raise DataError(f"{path} cannot be used: {error}.", "Choose another picture.") from None
