"""Pictures between numpy and Qt; a QImage made here owns its pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

Picture = NDArray[Any]  # (H, W) or (H, W, C), uint8 or floating 0..1; C is 1 grey, 2 grey+alpha, 3 RGB, 4 RGBA

GROUND = 0x77  # grey between pictures: 18 %, as around them

FORMATS = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}


def to_bytes(picture: Picture, out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Return `picture`, or (n, H, W, C) pictures, as contiguous uint8 with C of 1, 3 or 4; NaN becomes mid-grey.

    `out` is refilled and returned when it has the right shape.
    """
    array = np.asarray(picture)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim < 3 or not 1 <= array.shape[-1] <= 4:
        raise ValueError(f"a picture has 1 to 4 channels, not the shape {array.shape}")
    if array.shape[-1] == 2:
        array = array[..., [0, 0, 0, 1]]
    if out is None or out.shape != array.shape:
        out = np.empty(array.shape, np.uint8)
    if array.dtype == np.uint8:
        np.copyto(out, array)
        return out
    scaled = np.multiply(array, np.float32(255), dtype=np.float32)
    np.clip(scaled, 0, 255, out=scaled)
    # One sum is far cheaper than looking at every pixel of every frame.
    if np.isnan(scaled.sum()):
        np.nan_to_num(scaled, copy=False, nan=127.5)
    np.rint(scaled, out=scaled)
    np.copyto(out, scaled, casting="unsafe")
    return out


def wrap(pixels: NDArray[np.uint8]) -> QImage:
    """Return a QImage that looks into `pixels`; the caller keeps the array alive."""
    height, width, channels = pixels.shape
    if not pixels.size:
        return QImage()
    return QImage(pixels.data, width, height, width * channels, FORMATS[channels])


def to_qimage(picture: Picture) -> QImage:
    """Return `picture` as a QImage with its own pixels, null when it has none."""
    return wrap(to_bytes(picture)).copy()


def from_qimage(image: QImage) -> NDArray[np.uint8]:
    """Return the pixels of `image` as (H, W, 4) uint8 RGBA, copied."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    if image.isNull():
        return np.zeros((0, 0, 4), np.uint8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()


def tile(pictures: NDArray[np.uint8], columns: int, gap: int, ground: int) -> NDArray[np.uint8]:
    """Return (n, H, W, C) pictures as one, row by row, `gap` pixels of grey `ground` between them."""
    count, height, width, channels = pictures.shape
    rows = -(-count // columns)
    sheet = np.full((rows, height + gap, columns, width + gap, channels), ground, np.uint8)
    full = count // columns
    whole = pictures[: full * columns].reshape(full, columns, height, width, channels)
    sheet[:full, :height, :, :width] = whole.transpose(0, 2, 1, 3, 4)
    for column, picture in enumerate(pictures[full * columns :]):
        sheet[full, :height, column, :width] = picture
    joined = sheet.reshape(rows * (height + gap), columns * (width + gap), channels)
    return np.ascontiguousarray(joined[: joined.shape[0] - gap, : joined.shape[1] - gap])


def columns_for(count: int, width: int, height: int, room_width: int, room_height: int) -> int:
    """Return how many columns show `count` cells of width x height largest in a room."""
    room_width, room_height = max(1, room_width), max(1, room_height)
    guess = min(max(1, round((count * height * room_width / (width * room_height)) ** 0.5)), max(1, count))

    def scale(columns: int) -> float:
        return min(room_width / (columns * width), room_height / (-(-count // columns) * height))

    return max((columns for columns in range(guess - 2, guess + 3) if 1 <= columns <= count), key=scale, default=1)


def side_by_side(pictures: Picture) -> Picture | None:
    """Return the chains as one picture, in a square of rows."""
    if not pictures.size:
        return None
    if len(pictures) == 1:
        return np.asarray(pictures[0])
    columns = int(np.ceil(np.sqrt(len(pictures))))
    return tile(to_bytes(pictures), columns, max(1, pictures.shape[2] // 32), GROUND)
