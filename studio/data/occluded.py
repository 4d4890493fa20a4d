"""One picture of which a part may be missing, and masks that say which part, both as a model sees pictures."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.data.cost import LARGEST_MEGAPIXELS, check_size
from studio.data.decode import finish, open_picture, orientation, reduce_early
from studio.data.exemplar import OPAQUE, alpha_of, scaled_size
from studio.data.fit import fitted, planes, to_image
from studio.data.lighting import evened, filled
from studio.data.reading import UnreadableError
from studio.data.spec import Colour, Preprocess
from studio.errors import DataError

Pixels = NDArray[np.uint8]
Known = NDArray[np.bool_]
Size = tuple[int, int]  # width, height

HALF = 128  # from here on a mask is white


@dataclass(frozen=True, slots=True, eq=False)
class Occluded:
    """`pixels` (C, H, W), `known` (H, W), false where the file is transparent, and the file's own size, upright."""

    pixels: Pixels
    known: Known
    original: Size


def read_occluded(path: Path, preprocess: Preprocess, large: bool, transparency: bool = True) -> Occluded:
    """Return a picture file as a model sees it.

    Parameters
    ----------
    large
        Keep it large, at `patch_scale` times its size, as textures are learned; else fit it to the model's shape.
    transparency
        Tell what is transparent, and fill it smoothly; else lay it on the background, as in training on whole pictures.

    Raises
    ------
    DataError
        When the file cannot be read or is too large; the sentence says why.
    """
    try:
        with open_picture(path) as image:
            original = image.size
            size = scaled_size(original, preprocess.patch_scale)
            if large and size[0] * size[1] > LARGEST_MEGAPIXELS * 1e6:
                raise UnreadableError(
                    f"at {preprocess.patch_scale:g} times its size it is above {LARGEST_MEGAPIXELS:.0f} megapixels"
                )
            reduce_early(
                image, size if large else (2 * max(preprocess.width, preprocess.height),) * 2, preprocess.colour
            )
            check_size(image, original, preprocess.colour)
            opaque = finish(image, preprocess.colour, preprocess.background)
            alpha = alpha_of(image) if transparency else None
            if orientation(image) >= 5:
                original, size = (original[1], original[0]), (size[1], size[0])
        if alpha is not None:
            solid = np.asarray(alpha) >= OPAQUE
            # Filled before it is resampled: the colour behind the hole must not bleed into its edge.
            if solid.any():
                behind = filled(planes(opaque, invert=False), solid)
                opaque = to_image(behind.transpose(1, 2, 0), preprocess.colour, preprocess.background)
        pixels = np.ascontiguousarray(sized(opaque, size if large else None, preprocess))
        everywhere = np.ones(pixels.shape[1:], np.bool_)
        known = everywhere if alpha is None else known_at(alpha, size if large else None, preprocess)
        return Occluded(pixels, known, original)
    except UnreadableError as error:
        raise DataError(f"{path} cannot be used: {error}.", "Choose another picture.") from None


def read_mask(path: Path, picture: Occluded, preprocess: Preprocess, large: bool) -> Known:
    """Return where a mask picture is white, brought to size in the same way as its picture: (H, W).

    What is white in part once it is resampled counts as white.

    Raises
    ------
    DataError
        When the file cannot be read or is of another size than the picture's file.
    """
    grey = _mask_image(path)
    if grey.size != picture.original:
        raise DataError(
            f"The mask is {grey.width} x {grey.height} px, the picture "
            f"{picture.original[0]} x {picture.original[1]} px.",
            "Draw the mask at the picture's size.",
        )
    outside = Image.fromarray(np.where(np.asarray(grey) >= HALF, 0, 255).astype(np.uint8))
    height, width = picture.known.shape
    return ~known_at(outside, (width, height) if large else None, preprocess)


def plain_mask(path: Path) -> Known:
    """Return where a mask picture is white, at its own size: (H, W); raises DataError when it cannot be read."""
    return np.asarray(_mask_image(path)) >= HALF


def _mask_image(path: Path) -> Image.Image:
    try:
        with open_picture(path) as image:
            check_size(image, image.size, Colour.GREY)
            return finish(image, Colour.GREY, "#000000")
    except UnreadableError as error:
        raise DataError(f"{path} cannot be used: {error}.", "Choose another mask.") from None


def lit(picture: Occluded, known: Known, preprocess: Preprocess) -> Pixels:
    """Return the pixels freed from slow lighting where textures are learned so; what is not known has no say in it."""
    return evened(picture.pixels, known, preprocess.flatten) if preprocess.flatten else picture.pixels


def sized(image: Image.Image, size: Size | None, preprocess: Preprocess) -> Pixels:
    """Return an image as (C, H, W) at a size, or fitted to the model's shape."""
    if size is None:
        return fitted(image, preprocess)
    if image.size != size:
        image = image.resize(size, Image.Resampling.BICUBIC)
    return planes(image, preprocess.invert)


def known_at(opaque: Image.Image, size: Size | None, preprocess: Preprocess) -> Known:
    """Return where an alpha or the like is solid, brought to size as its picture: (H, W); what is padded is known."""
    plain = dataclasses.replace(preprocess, colour=Colour.GREY, invert=False, background="#ffffff")
    return np.asarray(sized(opaque, size, plain)[0] >= OPAQUE)
