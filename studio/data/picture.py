"""One picture: read to a model's shape, or written as PNG with its recipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.atomic import write_atomically
from studio.data import png
from studio.data.cost import check_size
from studio.data.decode import finish, open_picture, reduce_early
from studio.data.fit import fitted
from studio.data.freed import given_back
from studio.data.occluded import lit, read_occluded
from studio.data.reading import UnreadableError, read_bytes
from studio.data.spec import Preprocess
from studio.errors import DataError

Values = NDArray[np.float32]

NO_TEXT: Mapping[str, str] = MappingProxyType({})
LARGEST_PNG = 512 << 20
BAND = 1 << 22  # numbers of a picture in hand at once while it is written


@given_back()
def read_picture(path: Path, preprocess: Preprocess, large: bool = False) -> Values:
    """Return a picture file as (C, H, W) float32 in 0..1, fitted whole to the model's shape.

    A `large` one is a material: at the scale that was learned at, evenly lit,
    with what is transparent filled from around it.
    """
    if large:
        material = read_occluded(path, preprocess, large)
        if not material.known.any():
            raise DataError(f"{path} is transparent all over.", "Choose another picture.")
        return np.multiply(lit(material, material.known, preprocess), np.float32(1 / 255), dtype=np.float32)
    try:
        with open_picture(path) as image:
            original = image.size
            reduce_early(image, (2 * max(preprocess.width, preprocess.height),) * 2, preprocess.colour)
            check_size(image, original, preprocess.colour)
            upright = finish(image, preprocess.colour, preprocess.background)
        return np.multiply(fitted(upright, preprocess), np.float32(1 / 255), dtype=np.float32)
    except UnreadableError as error:
        raise DataError(f"{path} cannot be used: {error}.", "Choose another picture.") from None


def write_png(
    path: Path,
    array: Values,
    text: Mapping[str, str] = NO_TEXT,
    bits: Literal[8, 16] = 8,
    copies: tuple[int, int] = (1, 1),
) -> None:
    """Write (H, W) or (H, W, C) values in 0..1 as a PNG that is whole or not there.

    Parameters
    ----------
    text
        Keywords (1 to 79 Latin-1 letters) and what they say, any Unicode.
    bits
        8 or 16 a channel, really kept in the file.
    copies
        How often the picture is repeated down and across.

    Raises
    ------
    StudioError
        When the place cannot be written; an older file stays as it was.
    """
    values = array[..., None] if array.ndim == 2 else array
    write_atomically(path, png.encode_bands(bands(values, bits, copies), len(values) * copies[0], text))


def bands(values: Values, bits: Literal[8, 16], copies: tuple[int, int]) -> Iterator[png.Levels]:
    """Yield copies of (H, W, C) values as whole numbers, some rows at a time, from the top."""
    height = max(1, BAND // (values.shape[1] * values.shape[2] * copies[1]))
    for _ in range(copies[0]):
        for first in range(0, len(values), height):
            band = np.tile(values[first : first + height], (1, copies[1], 1))
            if bits == 8:
                yield levels(band, 255).astype(np.uint8)
            else:
                yield levels(band, 65535).astype(np.uint16)


def levels(values: Values, largest: int) -> Values:
    """Return values in 0..1 as whole numbers up to `largest`; what is not a number is black."""
    scaled = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=1.0, neginf=0.0)
    np.clip(scaled, 0, 1, out=scaled)
    scaled *= largest
    return np.rint(scaled, out=scaled)


def read_png_text(path: Path) -> dict[str, str]:
    """Return the texts in a PNG by keyword; raises DataError for damage and for hostile sizes."""
    try:
        content = read_bytes(path, LARGEST_PNG)
    except UnreadableError as error:
        raise DataError(f"{path} cannot be read: {error}.", "Choose another picture.") from None
    return png.texts(content, path.name)
