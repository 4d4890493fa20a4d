"""PNG files by the chunk: 8 and 16 bits a channel, and text that is read with a limit."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from studio.errors import DataError

Levels = NDArray[np.uint8] | NDArray[np.uint16]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
UP = 2
LARGEST_TEXT = 8 << 20  # of all texts in one file, unpacked
MOST_TEXTS = 64
HINT = "Open another copy, or use the picture without its recipe."


def encode(values: Levels, text: Mapping[str, str]) -> bytes:
    """Return (H, W, C) numbers with 1 to 4 channels as a PNG of their own depth, `text` as iTXt chunks."""
    return encode_bands([values], values.shape[0], text)


def encode_bands(bands: Iterable[Levels], height: int, text: Mapping[str, str]) -> bytes:
    """Return a picture of `height` rows that comes in bands (rows, W, C), from the top, as a PNG."""
    packer, packed = zlib.compressobj(6), list[bytes]()
    header, above = b"", np.zeros(0, np.uint8)
    for band in bands:
        rows = np.ascontiguousarray(band, band.dtype.newbyteorder(">")).view(np.uint8).reshape(len(band), -1)
        if not header:
            depth, colours = 8 * band.dtype.itemsize, COLOUR_TYPES[band.shape[2]]
            header = struct.pack(">IIBBBBB", band.shape[1], height, depth, colours, 0, 0, 0)
            above = np.zeros(rows.shape[1], np.uint8)
        filtered = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
        filtered[:, 0] = UP
        np.subtract(rows[0], above, out=filtered[0, 1:])
        np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
        above = rows[-1].copy()
        packed.append(packer.compress(filtered.data))
    packed.append(packer.flush())
    parts = [SIGNATURE, chunk(b"IHDR", header)]
    parts += [chunk(b"iTXt", text_body(keyword, value)) for keyword, value in text.items()]
    parts += [chunk(b"IDAT", b"".join(packed)), chunk(b"IEND", b"")]
    return b"".join(parts)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def text_body(keyword: str, value: str) -> bytes:
    """Return an iTXt body, packed where that pays."""
    try:
        name = keyword.encode("latin-1")
    except UnicodeEncodeError:
        name = b""
    if not 1 <= len(name) <= 79 or b"\0" in name:
        raise ValueError(f"{keyword!r} cannot be a PNG keyword")
    content = value.encode()
    packed = len(content) > 1024
    return name + b"\0" + bytes([packed, 0]) + b"\0\0" + (zlib.compress(content) if packed else content)


def texts(content: bytes, name: str) -> dict[str, str]:
    """Return the texts of a PNG by keyword; raises DataError when they are damaged or larger than any of ours."""
    found: dict[str, str] = {}
    left = LARGEST_TEXT
    for kind, body in chunks(content, name):
        if kind not in (b"tEXt", b"zTXt", b"iTXt"):
            continue
        keyword, value = text_of(kind, body, left, name)
        left -= len(value)
        if len(found) >= MOST_TEXTS:
            raise DataError(f"{name} holds more than {MOST_TEXTS} texts.", HINT)
        found[keyword] = value.decode("utf-8" if kind == b"iTXt" else "latin-1", "replace")
    return found


def chunks(content: bytes, name: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and body of each chunk up to the end of the picture."""
    if not content.startswith(SIGNATURE):
        raise DataError(f"{name} is not a PNG picture.", "Choose a picture this program exported.")
    place = len(SIGNATURE)
    while place + 12 <= len(content):
        (size,) = struct.unpack_from(">I", content, place)
        kind, end = content[place + 4 : place + 8], place + 8 + size
        if end + 4 > len(content):
            break
        body = content[place + 8 : end]
        if struct.unpack_from(">I", content, end)[0] != zlib.crc32(kind + body):
            raise DataError(f"{name} is damaged.", HINT)
        yield kind, body
        if kind == b"IEND":
            return
        place = end + 4
    raise DataError(f"{name} is truncated.", HINT)


def text_of(kind: bytes, body: bytes, limit: int, name: str) -> tuple[str, bytes]:
    """Split a text chunk and unpack it, no further than `limit` bytes."""
    keyword, _, rest = body.partition(b"\0")
    packed = kind == b"zTXt"
    if kind == b"zTXt":
        rest = rest[1:]
    elif kind == b"iTXt":
        packed = rest[:1] == b"\1"
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    if packed:
        unpacker = zlib.decompressobj()
        try:
            rest = unpacker.decompress(rest, limit + 1)
        except zlib.error:
            raise DataError(f"{name} holds a damaged text.", HINT) from None
    if len(rest) > limit:
        raise DataError(f"{name} holds more text than {LARGEST_TEXT >> 20} MB.", HINT)
    return keyword.decode("latin-1"), rest
