"""A picture file's bytes to a Pillow image in grey or RGB, 8 bits, upright and opaque."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, UnidentifiedImageError

from studio.data.reading import UnreadableError, read_bytes
from studio.data.spec import Colour

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
LARGEST_MEGAPIXELS = 120.0
LARGEST_DRAFT_MEGAPIXELS = 1000.0
ORIENTATION = 0x0112
STRIP = 1 << 22  # pixels in hand at once while a picture is made opaque or brought to 8 bits
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Pillow's limit is one number for the process, warns at half of it, and counts before JPEG reduction: ours replaces it.
Image.MAX_IMAGE_PIXELS = None


def open_picture(path: Path) -> Image.Image:
    """Read a file once and return its undecoded image; raises UnreadableError with a reason."""
    content = read_bytes(path)
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        raise UnreadableError("not a picture this program reads") from None
    except Exception as error:  # hostile files make Pillow raise nearly anything; each becomes a verdict
        raise UnreadableError(why(error)) from None


def reduce_early(image: Image.Image, least: tuple[int, int], colour: Colour) -> None:
    """Let a JPEG decode at a fraction of its size, no smaller than `least`."""
    if image.format == "JPEG":
        mode = "L" if colour is Colour.GREY and image.mode == "RGB" else None
        image.draft(mode, least)


def check_size(image: Image.Image, original: tuple[int, int], largest: float = LARGEST_MEGAPIXELS) -> None:
    """Refuse pictures too large to decode safely, and those too small to show anything."""
    if min(original) < 2:
        raise UnreadableError(f"it is only {original[0]} x {original[1]} px")
    full, reduced = math.prod(original) / 1e6, math.prod(image.size) / 1e6
    # A progressive JPEG holds all coefficients at once, whatever size it is decoded at.
    whole = image.format != "JPEG" or bool(image.info.get("progressive"))
    if reduced > largest or full > LARGEST_DRAFT_MEGAPIXELS or (whole and full > largest):
        raise UnreadableError(f"it has {full:,.0f} megapixels, above the limit of {largest:,.0f}")


def finish(image: Image.Image, colour: Colour, background: str) -> Image.Image:
    """Decode and return mode L or RGB: first frame, EXIF turn applied, alpha laid on `background`."""
    try:
        image.seek(0)
        image.load()
        turn = TURNS.get(orientation(image))
        flat = flatten(image, background)
    except UnreadableError:
        raise
    except Exception as error:  # hostile files make Pillow raise nearly anything; each becomes a verdict
        raise UnreadableError(why(error)) from None
    flat = to_colour(flat, colour)
    return flat if turn is None else flat.transpose(turn)


def to_colour(image: Image.Image, colour: Colour) -> Image.Image:
    """Return the image as luminance or RGB."""
    mode = "L" if colour is Colour.GREY else "RGB"
    return image if image.mode == mode else image.convert(mode)


def orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 where there is none or it cannot be read."""
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except Exception:  # broken EXIF says nothing about the pixels, so the picture is used as it lies
        return 1
    return value if isinstance(value, int) else 1


def flatten(image: Image.Image, background: str) -> Image.Image:
    """Return an opaque 8-bit L or RGB image."""
    if image.mode in ("L", "RGB"):
        if "transparency" not in image.info:
            return image
    elif image.mode.startswith("I") or image.mode == "F":
        return deep_grey(image)
    elif image.mode == "1":
        return image.convert("L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        opaque = Image.new("RGB", image.size, ImageColor.getrgb(background))
        for box in strips(image.size):  # a copy of the whole would take as much memory again, twice
            seen = image.crop(box).convert("RGBA")
            opaque.paste(seen, box, seen.getchannel("A"))
        return opaque
    return image.convert("RGB")


def deep_grey(image: Image.Image) -> Image.Image:
    """Scale 16-bit and floating-point grey to 8 bits, where Pillow's own conversion would clip to white."""
    values = np.asarray(image)
    if image.mode == "F":
        if not np.isfinite(values).all():
            raise UnreadableError("it holds values that are not numbers")
        low, high = float(values.min()), float(values.max())
        if low < 0 or high > 255:
            raise UnreadableError(f"its values run from {low:.4g} to {high:.4g}, not 0 to 1 or 0 to 255")
        return eight_bits(values, lambda rows: np.rint(rows * 255 if high <= 1 else rows))
    low, high = int(values.min()), int(values.max())
    if low < 0 or high > 65535:
        raise UnreadableError(f"its values run from {low} to {high}, not 0 to 65535")
    return eight_bits(values, lambda rows: (rows.astype(np.uint32) + 128) // 257)


def eight_bits(values: NDArray[Any], scaled: Callable[[NDArray[Any]], NDArray[Any]]) -> Image.Image:
    """Return scaled values as a picture, some rows at a time."""
    levels = np.empty(values.shape, np.uint8)
    for _, top, _, bottom in strips((values.shape[1], values.shape[0])):
        levels[top:bottom] = scaled(values[top:bottom])
    return Image.fromarray(levels)


def strips(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield boxes (left, top, right, bottom) that cover a picture from top to bottom, each of bounded size."""
    width, height = size
    rows = max(1, STRIP // width)
    for top in range(0, height, rows):
        yield 0, top, width, min(height, top + rows)


def why(error: Exception) -> str:
    """Return Pillow's complaint as a few words."""
    text = str(error).lower()
    if "truncated" in text or "eof" in text or isinstance(error, EOFError):
        return "the file is truncated"
    if isinstance(error, MemoryError):
        return "there is not enough memory to decode it"
    return "the file is damaged"
