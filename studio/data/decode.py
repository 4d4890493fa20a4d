"""A picture file's bytes to a Pillow image in grey or RGB, 8 bits, upright and opaque."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageColor, UnidentifiedImageError

from studio.data.cost import BUDGET, stored_bytes, transparent
from studio.data.deep import scale_of
from studio.data.reading import UnreadableError
from studio.data.spec import Colour
from studio.data.streamed import Streamed

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
NOT_READ = "not a picture this program reads"
ORIENTATION = 0x0112
STRIP = 1 << 20  # pixels in hand at once while a picture is made opaque, turned or brought to 8 bits
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


@contextmanager
def open_picture(path: Path) -> Iterator[Image.Image]:
    """Give a file's undecoded image, which can be decoded within; raises UnreadableError with a reason."""
    with Streamed(path) as file:
        with reasoned():
            image = Image.open(file, formats=FORMATS)  # type: ignore[arg-type]  # all of a file that these ask for
        file.header_read()
        yield image
        file.require_unchanged()


@contextmanager
def reasoned() -> Iterator[None]:
    """Turn what Pillow raises, nearly anything where files are hostile, into an UnreadableError with a reason."""
    try:
        yield
    except UnreadableError:
        raise
    except UnidentifiedImageError:
        raise UnreadableError(NOT_READ) from None
    except Exception as error:
        raise UnreadableError(why(error)) from None


def reduce_early(image: Image.Image, least: tuple[int, int], colour: Colour) -> None:
    """Let a JPEG decode at a fraction of its size, no smaller than `least`."""
    if image.format == "JPEG":
        mode = "L" if colour is Colour.GREY and image.mode == "RGB" else None
        image.draft(mode, least)


def finish(image: Image.Image, colour: Colour, background: str) -> Image.Image:
    """Decode and return mode L or RGB: first frame, EXIF turn applied, alpha laid on `background`."""
    with reasoned():
        image.seek(0)
        image.load()
        vars(image).pop("_decoder", None)  # that of WebP holds two more pictures
        return finished(image, colour, background)


def finished(image: Image.Image, colour: Colour, background: str) -> Image.Image:
    """Return a decoded image as `finish` does; it is gone through in strips, as each step's copy of all is large."""
    mode = "L" if colour is Colour.GREY else "RGB"
    number = orientation(image)
    turn = TURNS.get(number)
    if image.mode == mode and "transparency" not in image.info:
        if turn is None:
            return image
        if 2 * stored_bytes(mode) * image.width * image.height > BUDGET:
            raise UnreadableError("it is too large to be turned as its EXIF data ask for: save it upright")
    deep = image.mode.startswith("I") or image.mode == "F"
    scale = scale_of(image, strips(image.size)) if deep else None
    size = image.size if turn is None or number < 5 else (image.height, image.width)
    upright = Image.new(mode, size)
    for box in strips(image.size):
        part = image.crop(box)
        part = to_colour(flatten(part, background) if scale is None else scale(part), colour)
        if turn is not None:
            part = part.transpose(turn)
        upright.paste(part, turned(box, image.height, number))
    return upright


def turned(box: tuple[int, int, int, int], height: int, orientation: int) -> tuple[int, int, int, int]:
    """Return where a strip as wide as its picture, which has this height, lies once the picture is upright."""
    left, top, right, bottom = box
    if orientation in (3, 4, 6, 7):  # the first row becomes the last, or the last column
        top, bottom = height - bottom, height - top
    return (left, top, right, bottom) if orientation < 5 else (top, left, bottom, right)


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
    """Return an image of 8 bits a channel as opaque L or RGB."""
    if transparent(image):
        opaque = Image.new("RGB", image.size, ImageColor.getrgb(background))
        seen = image.convert("RGBA")
        opaque.paste(seen, mask=seen.getchannel("A"))
        return opaque
    if image.mode in ("L", "RGB"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


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
