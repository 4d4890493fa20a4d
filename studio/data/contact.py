"""A contact sheet: pictures side by side, what tells them apart written above the columns and beside the rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from studio.data.sheet import grid

Values = NDArray[np.float32]

GAP = 2  # pixels between pictures
LEAST = 48  # pixels of a picture's width: below, words would be wider
SIZE = 12  # of the letters
ROOM = 6  # around words
GROUND = 0.5


def contact_sheet(pictures: Values, across: Sequence[str], down: Sequence[str]) -> Values:
    """Return pictures (n, H, W, C), rows of as many as there are words `across`, as one (H', W', C).

    Small pictures go without words, which would be wider than they are.
    """
    sheet = grid(pictures, len(across), GAP, GROUND)
    height, width = pictures.shape[1:3]
    if min(height, width) < LEAST:
        return sheet
    font = ImageFont.load_default(SIZE)
    left = 2 * ROOM + round(max(font.getlength(text) for text in down))
    top = 2 * ROOM + SIZE
    page = Image.new("L", (left + sheet.shape[1], top + sheet.shape[0]), round(255 * GROUND))
    pen = ImageDraw.Draw(page)
    for number, text in enumerate(across):
        middle = left + GAP + number * (width + GAP) + width / 2
        pen.text((middle, top / 2), text, fill=255, font=font, anchor="mm")
    for number, text in enumerate(down):
        middle = top + GAP + number * (height + GAP) + height / 2
        pen.text((left - ROOM, middle), text, fill=255, font=font, anchor="rm")
    grey = np.asarray(page, np.float32) / np.float32(255)
    written: Values = np.repeat(grey[..., None], sheet.shape[2], axis=2)
    written[top:, left:] = sheet
    return written
