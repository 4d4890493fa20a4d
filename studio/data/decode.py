"""A picture file's bytes to a Pillow image in grey or RGB, 8 bits, upright and opaque."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, UnidentifiedImageError

from studio.data.reading import UnreadableError, read_bytes
from studio.data.spec import Colour

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
LARGEST_MEGAPIXELS = 120.0
LARGEST_DRAFT_MEGAPIXELS = 1000.0
ORIENTATION = 0x0112
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
        seen = image.convert("RGBA")
        opaque.paste(seen, mask=seen.getchannel("A"))
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
        scaled = values * 255 if high <= 1 else values
        return Image.fromarray(np.rint(scaled).astype(np.uint8))
    low, high = int(values.min()), int(values.max())
    if low < 0 or high > 65535:
        raise UnreadableError(f"its values run from {low} to {high}, not 0 to 65535")
    return Image.fromarray(((values.astype(np.uint32) + 128) // 257).astype(np.uint8))


def why(error: Exception) -> str:
    """Return Pillow's complaint as a few words."""
    text = str(error).lower()
    if "truncated" in text or "eof" in text or isinstance(error, EOFError):
        return "the file is truncated"
    if isinstance(error, MemoryError):
        return "there is not enough memory to decode it"
    return "the file is damaged"
