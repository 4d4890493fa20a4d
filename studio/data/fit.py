"""A decoded picture to the pixels a model is shown: cropped, padded or stretched, or cut into patches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from studio.data.cost import LARGEST_MEGAPIXELS
from studio.data.reading import UnreadableError
from studio.data.spec import Colour, Fit, Preprocess

Pixels = NDArray[np.uint8]


def fitted(image: Image.Image, preprocess: Preprocess) -> Pixels:
    """Return an L or RGB image as (C, H, W) uint8."""
    size = preprocess.width, preprocess.height
    if image.size != size:
        if preprocess.fit is Fit.STRETCH:
            image = resized(image, size)
        elif preprocess.fit is Fit.CROP:
            image = cropped(image, size)
        else:
            image = padded(image, size, preprocess.background)
    return planes(image, preprocess.invert)


def resized(
    image: Image.Image, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    """Resample with Lanczos where it shrinks (after a box reduction) and bicubic where it grows."""
    left, top, right, bottom = box or (0.0, 0.0, float(image.width), float(image.height))
    shrinks = right - left >= size[0] and bottom - top >= size[1]
    method = Image.Resampling.LANCZOS if shrinks else Image.Resampling.BICUBIC
    return image.resize(size, method, (left, top, right, bottom), reducing_gap=3.0)


def cropped(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Fill the size with the middle of the picture."""
    scale = min(image.width / size[0], image.height / size[1])
    width, height = size[0] * scale, size[1] * scale
    left, top = (image.width - width) / 2, (image.height - height) / 2
    right, bottom = min(left + width, image.width), min(top + height, image.height)
    return resized(image, size, (max(left, 0.0), max(top, 0.0), right, bottom))


def padded(image: Image.Image, size: tuple[int, int], background: str) -> Image.Image:
    """Show the whole picture, the rest in the background colour."""
    scale = min(size[0] / image.width, size[1] / image.height)
    inner = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    colour = Image.new("RGB", (1, 1), ImageColor.getrgb(background)).convert(image.mode).getpixel((0, 0))
    canvas = Image.new(image.mode, size, colour)
    canvas.paste(resized(image, inner), ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2))
    return canvas


def planes(image: Image.Image, invert: bool) -> Pixels:
    """Return the image as (C, H, W)."""
    values = np.asarray(image)
    values = values[None] if values.ndim == 2 else values.transpose(2, 0, 1)
    return 255 - values if invert else values


def upright(pixels: Pixels) -> NDArray[np.float32]:
    """Return (C, H, W) levels as an (H, W, C) picture in 0..1."""
    return np.multiply(np.ascontiguousarray(np.moveaxis(pixels, 0, 2)), np.float32(1 / 255), dtype=np.float32)


def to_image(pixels: Pixels, colour: Colour, background: str) -> Image.Image:
    """Return one (H, W, C) picture with 1, 3 or 4 channels as an L or RGB image."""
    channels = pixels.shape[2]
    image = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if channels == 1 else pixels))
    if channels == 4:
        opaque = Image.new("RGB", image.size, ImageColor.getrgb(background))
        opaque.paste(image, mask=image.getchannel("A"))
        image = opaque
    mode = "L" if colour is Colour.GREY else "RGB"
    return image if image.mode == mode else image.convert(mode)


def cut(
    image: Image.Image, preprocess: Preprocess, scale: float, aside: NDArray[np.bool_], rng: np.random.Generator
) -> Pixels:
    """Cut one random patch per entry of `aside` from an L or RGB image, as (n, C, H, W) uint8.

    The image is first brought to `scale` times its size, or as much larger as
    one patch needs. Patches set aside come from a band at the end of the longer
    side, the others from the rest, so that held-out pixels are never trained
    on; a picture too small for that gives both from anywhere.
    """
    image = scaled(image, preprocess, scale)
    width, height = preprocess.width, preprocess.height
    across = image.width >= image.height
    long, side = (image.width, width) if across else (image.height, height)
    other = (image.height - height if across else image.width - width) + 1
    band = max(side, round(long * preprocess.held_out))
    separate = bool(aside.any()) and long - band >= side
    result = np.empty((len(aside), preprocess.channels, height, width), np.uint8)
    for index, held in enumerate(aside):
        first = long - band if separate and held else 0
        last = long - side if held or not separate else long - band - side
        along, sideways = int(rng.integers(first, last + 1)), int(rng.integers(other))
        left, top = (along, sideways) if across else (sideways, along)
        result[index] = planes(image.crop((left, top, left + width, top + height)), preprocess.invert)
    return result


def scaled(image: Image.Image, preprocess: Preprocess, scale: float) -> Image.Image:
    """Return the image at `scale` times its size, and never smaller than one patch."""
    width, height = preprocess.width, preprocess.height
    scale = max(scale, width / image.width, height / image.height)
    size = max(width, round(image.width * scale)), max(height, round(image.height * scale))
    if size == image.size:
        return image
    if size[0] * size[1] > LARGEST_MEGAPIXELS * 1e6:
        raise UnreadableError(f"at {scale:g} times its size it is above {LARGEST_MEGAPIXELS:.0f} megapixels")
    return resized(image, size)
