"""Where a dream leans: shares of the textures that a model knows, one for the canvas or one for each of its pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.data.cost import check_size
from studio.data.decode import finish, open_picture
from studio.data.reading import UnreadableError
from studio.data.spec import Colour
from studio.dream.settings import Blend, DreamSettings
from studio.errors import DataError

Values = NDArray[np.float32]
Size = tuple[int, int]  # height, width

AS_NUMBERS = 9  # bytes a pixel: grey, as numbers, and as shares
DISC = (0.3, 0.9)  # of half the shorter side: all of the last texture within, all of the first without


class MapReader:
    """Reads grey pictures as maps; the latest is kept, so that a dream goes on where its file does not."""

    def __init__(self) -> None:
        self._path = ""
        self._grey: Values | None = None

    def read(self, path: str) -> Values:
        """Return a picture as grey levels (H, W) in 0..1; raises DataError where it cannot be read."""
        if self._grey is None or path != self._path:
            self._grey, self._path = grey(Path(path)), path
        return self._grey


def grey(path: Path) -> Values:
    try:
        with open_picture(path) as image:
            check_size(image, image.size, Colour.GREY, more=AS_NUMBERS)
            return np.asarray(finish(image, Colour.GREY, "#000000"), np.float32) / np.float32(255)
    except UnreadableError as error:
        raise DataError(f"The map {path} cannot be used: {error}.", "Choose another grey picture.") from None


def lean_of(
    settings: DreamSettings, textures: int, size: Size, wrap: tuple[bool, bool], reader: MapReader
) -> Values | None:
    """Return the share of each texture, (textures,) or (textures, H, W); None for a model of one."""
    if textures == 1:
        return None
    if settings.blend is Blend.NONE:
        return shares(np.array(settings.lean), textures)
    if settings.blend is Blend.PICTURE:
        places = resized(reader.read(settings.blend_picture), size)
    else:
        places = drawn(settings.blend, size, wrap)
    return shares((textures - 1) * places, textures)


def shares(places: NDArray[np.floating], textures: int) -> Values:
    """Return the shares (textures, ...) at places along the textures, 0 at the first and textures - 1 at the last."""
    places = np.clip(places, 0, textures - 1)
    first = np.minimum(np.floor(places), textures - 2)
    further = (places - first).astype(np.float32)
    found = np.zeros((textures, *places.shape), np.float32)
    for texture in range(textures):
        found[texture] = np.where(first == texture, 1 - further, np.where(first + 1 == texture, further, 0))
    return found


def drawn(blend: Blend, size: Size, wrap: tuple[bool, bool]) -> Values:
    """Return a map (H, W) in 0..1, as seamless as the canvas: there and back along a side that meets itself."""
    height, width = size
    if blend is Blend.ACROSS:
        return np.broadcast_to(wave(width, wrap[1]), size)
    if blend is Blend.DOWN:
        return np.broadcast_to(wave(height, wrap[0])[:, None], size)
    down, across = (np.arange(side) + 0.5 - side / 2 for side in size)
    distance = np.hypot(down[:, None], across) / (min(height, width) / 2)
    inner, outer = DISC
    return raised(1 - np.clip((distance - inner) / (outer - inner), 0, 1))


def wave(length: int, returns: bool) -> Values:
    """Return a slow passage from 0 to 1, and back where it returns."""
    way = (np.arange(length) + 0.5) / length
    return raised(2 * way if returns else way)


def raised(way: NDArray[np.floating]) -> Values:
    """Return the raised cosine of a way: 0 at 0, 1 at 1, 0 again at 2, flat at each."""
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * way), np.float32)


def resized(picture: Values, size: Size) -> Values:
    """Return a map at the size of the canvas."""
    height, width = size
    image = Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image, np.float32)
