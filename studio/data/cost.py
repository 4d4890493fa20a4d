"""What a picture takes in memory while it is read, told from its header, and the most that may be taken."""

from __future__ import annotations

from PIL import Image

from studio.data.reading import UnreadableError
from studio.data.spec import Colour

BUDGET = 460_000_000  # bytes; measured peaks stay below 500 MB
SPARE = 24_000_000  # of these, for strips and buffers
LARGEST_MEGAPIXELS = 120.0
LARGEST_DRAFT_MEGAPIXELS = 300.0  # of a JPEG that is decoded smaller: more would take seconds
SLOW = {"ppm_plain": 2.0, "bmp_rle": 8.0}  # megapixels of what Pillow decodes in Python
WEBP = 16  # bytes a pixel: the decoder's two canvases, the frame and the picture
SMALLER = "save it smaller"
TOO_SMALL = "it is only"

Size = tuple[int, int]


def check_size(image: Image.Image, original: Size, colour: Colour = Colour.RGB, more: int = 0) -> None:
    """Refuse pictures too small to show anything, and those that take too much memory or time to decode.

    `more` are bytes a pixel that the asker needs beside the picture.
    """
    if min(original) < 2:
        raise UnreadableError(f"{TOO_SMALL} {original[0]} x {original[1]} px")
    full, reduced = original[0] * original[1] / 1e6, image.width * image.height / 1e6
    limit = LARGEST_DRAFT_MEGAPIXELS if reduced < full else LARGEST_MEGAPIXELS
    limit = min(limit, SLOW.get(decoder_of(image), limit))
    if full > limit:
        raise UnreadableError(f"it has {full:,.0f} megapixels, above the limit of {limit:,.0f}: {SMALLER}")
    taken = bytes_of(image, original, colour, more)
    if taken > BUDGET:
        limit = full * (BUDGET - SPARE - bytes_held(image)) / max(1, taken - SPARE - bytes_held(image))
        raise UnreadableError(
            f"it has {full:,.0f} megapixels, above the limit of {max(1, int(limit)):,} for {kind_of(image)}: "
            f"{SMALLER}{remedy(image)}"
        )


def bytes_of(image: Image.Image, original: Size, colour: Colour, more: int = 0) -> int:
    """Return the bytes taken at most, from opening an image to having it upright and opaque in that colour."""
    pixels = image.width * image.height
    stored, final = stored_bytes(image.mode), 1 if colour is Colour.GREY else 4
    decoding = stored * pixels
    if image.format == "WEBP":
        decoding = WEBP * pixels
    elif image.format == "JPEG":
        decoding += coefficients(image, original)
    kept = image.mode == ("L" if colour is Colour.GREY else "RGB") and "transparency" not in image.info
    finishing = (stored if kept else stored + final) * pixels
    return max(decoding + bytes_held(image), finishing + more * pixels) + SPARE


def stored_bytes(mode: str) -> int:
    """Return the bytes that Pillow takes for a pixel."""
    if mode in ("L", "P", "1"):
        return 1
    return 2 if mode.startswith("I;16") else 4


def bytes_held(image: Image.Image) -> int:
    """Return how many bytes of its file are in memory while an image is decoded."""
    whole = image.format == "WEBP" or decoder_of(image) == "libtiff"
    return int(getattr(image.fp, "size", 0)) if whole else 0  # type: ignore[attr-defined]  # what it was opened from


def decoder_of(image: Image.Image) -> str:
    tiles = getattr(image, "tile", ())
    return str(tiles[0][0]) if tiles else ""


def coefficients(image: Image.Image, original: Size) -> int:
    """Return the bytes of the coefficients of a JPEG of several scans: all are held, whatever size it is decoded at."""
    if in_one_scan(image):
        return 0
    parts = [(across, down) for _, across, down, _ in image.layer]  # type: ignore[attr-defined]  # only of JPEG
    if not parts or not all(across and down for across, down in parts):
        return 2 * len(parts) * original[0] * original[1]  # nothing that a decoder takes
    widest, tallest = max(across for across, _ in parts), max(down for _, down in parts)
    share = sum(across * down for across, down in parts) / (widest * tallest)
    return int(2 * share * original[0] * original[1])


def in_one_scan(image: Image.Image) -> bool:
    """Tell whether the first scan of a JPEG, at whose end the header was left, holds every component."""
    if image.info.get("progressive"):
        return False
    count, file = len(image.layer), image.fp  # type: ignore[attr-defined]  # only of JPEG
    at = file.tell()
    file.seek(max(0, at - 8 - 2 * count))
    head = file.read(5)
    file.seek(at)
    return bool(head == bytes((0xFF, 0xDA, 0, 6 + 2 * count, count)))


def kind_of(image: Image.Image) -> str:
    """Return in a few words what makes a picture costly."""
    if image.format == "JPEG" and not in_one_scan(image):
        return "progressive JPEG"
    if transparent(image):
        return f"{image.format} with transparency"
    return f"{image.format} of this kind"


def remedy(image: Image.Image) -> str:
    """Return what else would help than fewer pixels."""
    if image.format == "JPEG":
        return "" if in_one_scan(image) else ", or not progressive"
    if image.format == "WEBP":
        return ", or as PNG or JPEG"
    if transparent(image):
        return ", or without transparency"
    return ", or as JPEG" if image.format != "PNG" or image.mode != "RGB" else ""


def transparent(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
