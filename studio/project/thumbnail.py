"""The small picture of a project that a file manager shows: read without torch and without the weights."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from studio.errors import ProjectError
from studio.project.archive import PNG_SIGNATURE
from studio.project.container import Container, opened

PREFERRED = ("dream", "filters")
MOST_PIXELS = 2**25
UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


def thumbnail(path: Path, size: int) -> bytes:
    """Return the dream a project was saved with, or its filters, as a PNG that fits into a square of `size`.

    Small pictures are enlarged by whole numbers, so that their pixels stay
    squares. Raises ProjectError when there is none or the file is damaged.
    """
    with opened(path) as container:
        picture = decoded(kept_picture(container), container)
    width, height = picture.size
    room = size / max(width, height)
    if room >= 2:
        picture = picture.resize((width * int(room), height * int(room)), Image.Resampling.NEAREST)
    elif room < 1:
        shape = max(1, round(width * room)), max(1, round(height * room))
        picture = picture.resize(shape, Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def kept_picture(container: Container) -> bytes:
    """Return the bytes of the picture that says most."""
    for name in PREFERRED:
        member = f"thumbnails/{name}.png"
        if member in container.names():
            return container.read(member)
    raise ProjectError(f"{container.label} holds no picture yet.", "Train it, or save it from the window.")


def decoded(data: bytes, container: Container) -> Image.Image:
    if not data.startswith(PNG_SIGNATURE):
        raise container.damaged("its picture is not a PNG")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise container.damaged("its picture is larger than a project's can be")
            mode = "L" if picture.mode in ("L", "1", "I;16") else "RGB"
            return picture.convert(mode)
    except UNREADABLE as error:
        raise container.damaged("its picture cannot be read") from error
