"""One large picture kept large: at its scale, evenly lit, with what is transparent marked as unknown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.data.cost import LARGEST_MEGAPIXELS, bytes_of, check_size, transparent
from studio.data.decode import TURNS, finish, open_picture, orientation, reduce_early, strips
from studio.data.fit import planes, to_image
from studio.data.lighting import evened, filled
from studio.data.places import Places
from studio.data.pool import ByteBudget
from studio.data.reading import UnreadableError
from studio.data.sources import PictureFile
from studio.data.spec import Preprocess

Pixels = NDArray[np.uint8]
Known = NDArray[np.bool_]

KEPT = 8  # bytes a pixel, for the copies that are made of what is kept large
FLAT, CLEAR = "it is of one colour only", "it is transparent all over"
TOO_LARGE = f"above {LARGEST_MEGAPIXELS:.0f} megapixels"
OPAQUE = 250  # of 255: resampling a solid edge rings by a few levels


class ExemplarReader:
    """Turns a file into (C, H, W) pixels and what is known of them, on any thread, or into the reason why not."""

    def __init__(self, preprocess: Preprocess) -> None:
        self._preprocess = preprocess
        self._budget = ByteBudget()

    def __call__(self, file: PictureFile) -> tuple[Pixels, Known] | str:
        wanted = self._preprocess
        try:
            with open_picture(file.path) as image:
                width, height = image.size
                size = scaled_size((width, height), wanted.patch_scale)
                reduce_early(image, size, wanted.colour)
                check_size(image, (width, height), wanted.colour)
                taken = bytes_of(image, (width, height), wanted.colour)
                with self._budget.hold(taken + KEPT * size[0] * size[1]):
                    return read(image, size, wanted)
        except UnreadableError as error:
            return str(error)
        except MemoryError:
            return "there is not enough memory to decode it"


def read(image: Image.Image, size: tuple[int, int], wanted: Preprocess) -> tuple[Pixels, Known]:
    """Return an undecoded image at `size` (as it lies in the file); raises UnreadableError with a reason."""
    opaque = finish(image, wanted.colour, wanted.background)
    alpha = alpha_of(image)
    upright = (size[1], size[0]) if orientation(image) >= 5 else size
    return exemplar_of(opaque, alpha, upright, wanted)


def exemplar_of(
    image: Image.Image, alpha: Image.Image | None, size: tuple[int, int], wanted: Preprocess
) -> tuple[Pixels, Known]:
    """Return an L or RGB image and its alpha at `size`, as pixels and what is known of them."""
    require_room(size, wanted)
    known: Known = np.broadcast_to(np.True_, (size[1], size[0]))
    if alpha is not None:
        # Filled before it is resampled: the colour behind the hole must not bleed into its edge.
        solid = np.asarray(alpha) >= OPAQUE
        if not solid.any():
            raise UnreadableError(CLEAR)
        pixels = filled(planes(image, invert=False), solid)
        image = Image.fromarray(np.ascontiguousarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)))
        known = np.asarray(alpha.resize(size, Image.Resampling.BICUBIC)) >= OPAQUE
    if image.size != size:
        image = image.resize(size, Image.Resampling.BICUBIC)
    pixels = np.ascontiguousarray(planes(image, wanted.invert))
    if not Places(known, wanted.height, wanted.width).count:
        raise UnreadableError(f"no crop of {wanted.width} x {wanted.height} px of it is free of transparency")
    if wanted.flatten:
        pixels = filled(evened(pixels, known, wanted.flatten), known)
    if one_colour(pixels, known):
        raise UnreadableError(FLAT)
    return pixels, known


def from_array(picture: Pixels, wanted: Preprocess) -> tuple[Pixels, Known]:
    """Return one (H, W, C) picture with 1, 3 or 4 channels as an exemplar; raises UnreadableError with a reason."""
    alpha = Image.fromarray(np.ascontiguousarray(picture[..., 3])) if picture.shape[2] == 4 else None
    if alpha is not None and np.asarray(alpha).min() >= OPAQUE:
        alpha = None
    image = to_image(picture, wanted.colour, wanted.background)
    return exemplar_of(image, alpha, scaled_size(image.size, wanted.patch_scale), wanted)


def scaled_size(size: tuple[int, int], scale: float) -> tuple[int, int]:
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def require_room(size: tuple[int, int], wanted: Preprocess) -> None:
    """Refuse what is smaller than one crop, or larger than can be handled."""
    if size[0] < wanted.width or size[1] < wanted.height:
        at = "it has" if wanted.patch_scale == 1 else f"at {wanted.patch_scale:g} times its size it has"
        raise UnreadableError(
            f"{at} only {size[0]} x {size[1]} px, less than one crop of {wanted.width} x {wanted.height} px"
        )
    if size[0] * size[1] > LARGEST_MEGAPIXELS * 1e6:
        raise UnreadableError(f"at {wanted.patch_scale:g} times its size it is {TOO_LARGE}")


def alpha_of(image: Image.Image) -> Image.Image | None:
    """Return the upright alpha of a decoded image, None where nothing is transparent."""
    if not transparent(image):
        return None
    if image.mode.startswith("I") or image.mode in ("F", "1"):
        return None
    alpha = Image.new("L", image.size)
    for box in strips(image.size):
        alpha.paste(image.crop(box).convert("RGBA").getchannel("A"), box)
    if np.asarray(alpha).min() >= OPAQUE:
        return None
    turn = TURNS.get(orientation(image))
    return alpha if turn is None else alpha.transpose(turn)


def one_colour(pixels: Pixels, known: Known) -> bool:
    """Tell whether all that is known of (C, H, W) pixels is the same."""
    if known.all():
        return bool((pixels == pixels[:, :1, :1]).all())
    return all(bool((plane[known] == plane[known][0]).all()) for plane in pixels)
