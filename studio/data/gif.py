"""GIF animations with one palette for all frames, so that still parts do not shimmer from frame to frame.

Pillow packs each frame; put together here, since it would give each a palette of its own and leave frames out that are
like the one before.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.data.packing import Tell, silently

Bytes = NDArray[np.uint8]

COLOURS = 256
LOOKED_AT = 1 << 18  # pixels of all frames that the palette is made from
MEANS = 2  # rounds of k-means after the median cut
HEADER, PALETTE = 13, 3 * COLOURS  # bytes
EXTENSION, IMAGE, END = 0x21, 0x2C, b"\x3b"


def gif(frames: Bytes, milliseconds: Sequence[int], comment: str = "", tell: Tell = silently) -> bytes:
    """Return frames (n, H, W, C), C 1 or 3, as an animation that begins again after its end."""
    table = palette(frames)
    height, width = frames.shape[1:3]
    parts = [b"GIF89a", struct.pack("<HHBBB", width, height, 0xF7, 0, 0), table]
    parts.append(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
    if comment:
        parts += [b"\x21\xfe", blocks(comment.encode("ascii", "replace"))]
    for number, (frame, shown) in enumerate(zip(frames, hundredths(milliseconds), strict=True)):
        tell(number, len(frames))
        parts.append(struct.pack("<BBBBHBB", EXTENSION, 0xF9, 4, 4, shown, 0, 0))
        parts.append(packed(indexed(frame, table)))
    return b"".join([*parts, END])


def hundredths(milliseconds: Sequence[int]) -> list[int]:
    """Return how long each frame is shown in hundredths of a second, at least one, which add up to the whole time."""
    ends = [0, *(round(end / 10) for end in accumulate(milliseconds))]
    return [max(1, end - begin) for begin, end in pairwise(ends)]


def palette(frames: Bytes) -> bytes:
    """Return 256 colours that serve all frames: exact where these have no more."""
    if frames.shape[3] == 1:
        return np.repeat(np.arange(COLOURS, dtype=np.uint8), 3).tobytes()
    flat = frames.reshape(-1, 3)
    some = flat[:: max(1, -(-len(flat) // LOOKED_AT))]
    colours = np.unique(some, axis=0)
    if len(colours) <= COLOURS:
        return colours.tobytes().ljust(PALETTE, b"\0")
    sample = Image.fromarray(np.ascontiguousarray(some)[None])
    chosen = sample.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=MEANS).getpalette() or []
    return bytes(chosen).ljust(PALETTE, b"\0")


def indexed(frame: Bytes, table: bytes) -> Image.Image:
    """Return a frame (H, W, C) in the colours of the palette nearest to its own, without dither, which would crawl."""
    if frame.shape[2] == 1:
        image = Image.fromarray(frame[..., 0], "L")
        image = Image.frombytes("P", image.size, image.tobytes())
    else:
        chosen = Image.new("P", (1, 1))
        chosen.putpalette(table)
        image = Image.fromarray(frame).quantize(palette=chosen, dither=Image.Dither.NONE)
    image.putpalette(table)
    return image


def packed(image: Image.Image) -> bytes:
    """Return a frame's descriptor and packed pixels, without a palette of its own."""
    held = io.BytesIO()
    image.save(held, "GIF", optimize=False)
    content = held.getvalue()
    place = HEADER + PALETTE
    while content[place] == EXTENSION:
        place = after_blocks(content, place + 2)
    return content[place : after_blocks(content, place + 11)]


def after_blocks(content: bytes, place: int) -> int:
    """Return where a chain of blocks ends that begins there."""
    while content[place]:
        place += content[place] + 1
    return place + 1


def blocks(content: bytes) -> bytes:
    """Return bytes as a chain of blocks."""
    parts = (content[first : first + 255] for first in range(0, len(content), 255))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"
