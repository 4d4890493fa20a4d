"""One still picture as a file of the kind that its name tells: PNG, TIFF, WebP or JPEG."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.atomic import write_atomically
from studio.data import png
from studio.data.decode import FORMATS
from studio.data.picture import LARGEST_PNG, NO_TEXT, bands, levels, read_png_text
from studio.data.reading import UnreadableError, read_bytes
from studio.errors import DataError

Values = NDArray[np.float32]
Bits = Literal[8, 16]

PNG, WEBP = ".png", ".webp"
TIFFS, JPEGS = (".tif", ".tiff"), (".jpg", ".jpeg")
STILLS = (PNG, *TIFFS, WEBP, *JPEGS)
DEEP = (PNG, *TIFFS)  # these keep 16 bits a channel
LARGEST_SIDE = {WEBP: 16_383, ".jpg": 65_500, ".jpeg": 65_500}
DESCRIPTION, SOFTWARE = 0x010E, 0x0131  # of EXIF and TIFF alike
LARGEST_EXIF = 60_000  # bytes: a JPEG keeps it in one segment of 64 kB
LEFT_OUT = "The recipe is too long for this kind of file and was left out."


def check_still(path: Path, bits: Bits = 8, alpha: bool = False) -> None:
    """Raise DataError when a file of this name cannot hold a picture of that kind."""
    suffix = path.suffix.lower()
    if suffix not in STILLS:
        raise DataError(f"{path.name} should end in {', '.join(STILLS)}.", "Give the file another name.")
    if bits == 16 and suffix not in DEEP:
        raise DataError(f"{path.name} cannot keep 16 bits a channel.", "Choose PNG or TIFF, or 8 bits.")
    if alpha and suffix in JPEGS:
        raise DataError(f"{path.name} cannot be transparent.", "Choose PNG, TIFF or WebP.")


def write_still(
    path: Path,
    array: Values,
    text: Mapping[str, str] = NO_TEXT,
    bits: Bits = 8,
    copies: tuple[int, int] = (1, 1),
    alpha: Values | None = None,
) -> str:
    """Write (H, W) or (H, W, C) values in 0..1, C 1 or 3, and return a remark on what the file could not hold.

    Parameters
    ----------
    text
        Keywords and what they say: chunks of a PNG, the description of other kinds.
    bits
        8 or 16 a channel, really kept in the file.
    copies
        How often the picture is repeated down and across.
    alpha
        How opaque each pixel is, (H, W) in 0..1.

    Raises
    ------
    StudioError
        When the name tells a kind that cannot hold the picture, or the place cannot be written; an older file stays.
    """
    check_still(path, bits, alpha is not None)
    values = array[..., None] if array.ndim == 2 else array
    if alpha is not None:
        values = np.concatenate([values, alpha[..., None].astype(np.float32)], axis=2)
    suffix = path.suffix.lower()
    height, width = len(values) * copies[0], values.shape[1] * copies[1]
    most = LARGEST_SIDE.get(suffix, max(height, width))
    if max(height, width) > most:
        raise DataError(
            f"{path.name} cannot be {width} x {height} px: such files end at {most:,} px a side.", "Choose PNG or TIFF."
        )
    parts = bands(values, bits, copies)
    if suffix == PNG:
        write_atomically(path, png.encode_bands(parts, height, text))
        return ""
    whole = np.concatenate(list(parts))
    described = json.dumps(dict(text)) if text else ""
    if suffix in TIFFS:
        write_atomically(path, tiff(whole, described, text.get("Software", "")))
        return ""
    write_atomically(path, with_exif(whole, suffix, fitting(described)))
    return "" if fitting(described) == described else LEFT_OUT


def tiff(whole: png.Levels, described: str, software: str = "") -> memoryview:
    """Return (H, W, C) levels with 1 to 4 channels as a TIFF of their own depth."""
    import tifffile  # when one is written: the window has to show first

    held = io.BytesIO()
    channels = whole.shape[2]
    tifffile.imwrite(
        held,
        whole[..., 0] if channels == 1 else whole,
        photometric="rgb" if channels > 2 else "minisblack",
        planarconfig=None if channels == 1 else "contig",
        extrasamples=["unassalpha"] if channels in (2, 4) else None,
        compression="zlib",
        metadata=None,
        description=described,
        software=software or "Harmonium Studio",
    )
    return held.getbuffer()


def with_exif(whole: png.Levels, suffix: str, described: str) -> memoryview:
    """Return (H, W, C) bytes as JPEG or as WebP that loses nothing, described by EXIF."""
    image = as_image(whole)
    options: dict[str, Any] = {"quality": 95, "subsampling": 0}
    if suffix == WEBP:
        image = image.convert("RGBA" if whole.shape[2] in (2, 4) else "RGB")
        options = {"lossless": True, "exact": True, "quality": 80}
    if described:
        options["exif"] = exif(described)
    held = io.BytesIO()
    image.save(held, "WEBP" if suffix == WEBP else "JPEG", **options)
    return held.getbuffer()


def as_image(whole: png.Levels) -> Image.Image:
    """Return (H, W, C) bytes, 1 to 4 channels, as a picture of Pillow's."""
    if whole.shape[2] == 2:
        return Image.merge("LA", [Image.fromarray(np.ascontiguousarray(whole[..., part])) for part in (0, 1)])
    return Image.fromarray(whole[..., 0] if whole.shape[2] == 1 else whole)


def fitting(described: str) -> str:
    """Return a description that EXIF has room for: nothing in the place of one that is too long."""
    return described if len(described) <= LARGEST_EXIF else ""


def joined(remark: str) -> str:
    """Return a remark as what follows other words in one sentence; nothing of none."""
    return f"; {remark[0].lower()}{remark[1:].removesuffix('.')}" if remark else ""


def exif(described: str) -> bytes:
    """Return EXIF that holds a description in ASCII."""
    made = Image.Exif()
    made[DESCRIPTION] = described
    made[SOFTWARE] = "Harmonium Studio"
    return made.tobytes()


def read_still_text(path: Path) -> dict[str, str]:
    """Return the texts that `write_still` put into a file, by keyword; raises DataError where it cannot be read."""
    suffix = path.suffix.lower()
    if suffix == PNG:
        return read_png_text(path)
    try:
        content = read_bytes(path, LARGEST_PNG)
    except UnreadableError as error:
        raise DataError(f"{path} cannot be read: {error}.", "Choose another picture.") from None
    try:
        described = description(content, suffix)
        found = json.loads(described) if described.startswith("{") else {}
    except Exception:  # hostile files make their readers raise nearly anything
        raise DataError(f"{path.name} holds no recipe that can be read.", "Choose another picture.") from None
    return {str(key): value for key, value in found.items() if isinstance(value, str)}


def description(content: bytes, suffix: str) -> str:
    """Return what a file says of itself, a TIFF or any other whatever its name, nothing where it says nothing."""
    if suffix in TIFFS:
        import tifffile

        with tifffile.TiffFile(io.BytesIO(content)) as file:
            return str(file.pages.first.description)
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        return str(image.getexif().get(DESCRIPTION, ""))


def whole_levels(values: Values, bits: Bits) -> png.Levels:
    """Return values in 0..1 as whole numbers of that depth."""
    if bits == 8:
        return levels(values, 255).astype(np.uint8)
    return levels(values, 65535).astype(np.uint16)
