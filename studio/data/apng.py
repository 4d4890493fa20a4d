"""Animated PNG with every frame whole, of 8 or 16 bits, also those that are like the one before.

The APNG part of the PNG Specification, Third Edition (W3C 2025), section 11.3.6.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping, Sequence

from studio.data import png
from studio.data.packing import Tell, silently


def apng(frames: png.Levels, milliseconds: Sequence[int], text: Mapping[str, str], tell: Tell = silently) -> bytes:
    """Return frames (n, H, W, C), C 1 to 4, as an animation that begins again after its end."""
    count, height, width = frames.shape[:3]
    numbers = itertools.count()
    parts = [png.SIGNATURE]
    for number, (frame, shown) in enumerate(zip(frames, milliseconds, strict=True)):
        tell(number, count)
        control = struct.pack(">IIIIIHHBB", next(numbers), width, height, 0, 0, shown, 1000, 0, 0)
        for kind, body in png.chunks(png.encode(frame, text if number == 0 else {}), "a frame"):
            if kind == b"IDAT":
                parts.append(png.chunk(b"fcTL", control))
                parts.append(
                    png.chunk(kind, body)
                    if number == 0
                    else png.chunk(b"fdAT", struct.pack(">I", next(numbers)) + body)
                )
            elif number == 0 and kind != b"IEND":
                parts.append(png.chunk(kind, body))
                if kind == b"IHDR":
                    parts.append(png.chunk(b"acTL", struct.pack(">II", count, 0)))
    return b"".join([*parts, png.chunk(b"IEND", b"")])
