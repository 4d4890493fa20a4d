"""IDX files, plain or gzipped, known by their first four bytes (the format of the MNIST digits)."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from studio.data.reading import UnreadableError, open_regular
from studio.data.stack import Stack, check_sides, rows_per_block
from studio.errors import DataError

BYTES = 0x08
TYPES = {0x08: 1, 0x09: 1, 0x0B: 2, 0x0C: 4, 0x0D: 4, 0x0E: 8}
LARGEST_DEFLATE_RATIO = 1032  # deflate cannot pack more, so a header that claims more lies
BROKEN = (EOFError, OSError, zlib.error)
HINT = "Download or copy it again."


@dataclass(frozen=True, slots=True)
class IdxHeader:
    """What an IDX file says it holds."""

    kind: int
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return 4 + 4 * len(self.shape)

    @property
    def is_labels(self) -> bool:
        return self.kind == BYTES and len(self.shape) == 1


def is_idx(start: bytes) -> bool:
    """Tell an IDX file by its magic number."""
    return len(start) >= 4 and start[:2] == b"\0\0" and start[2] in TYPES and 1 <= start[3] <= 4


def sniff_gzip(path: Path) -> bool:
    """Tell whether a gzip file holds an IDX file."""
    try:
        with opened(path) as file:
            return is_idx(file.read(4))
    except (*BROKEN, UnreadableError):
        return False


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open an IDX file, unpacking gzip as it is read."""
    with open_regular(path) as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield cast(IO[bytes], unpacked)
        else:
            yield raw


def read_header(path: Path, name: str) -> IdxHeader:
    """Read and check the header; raises DataError where the file cannot hold what it claims."""
    try:
        with opened(path) as file:
            start = file.read(4)
            if not is_idx(start):
                raise DataError(f"{name} is not an IDX file.", HINT)
            sizes = file.read(4 * start[3])
        packed, present = start_is_gzip(path), path.stat().st_size
    except UnreadableError as error:
        raise DataError(f"{name} cannot be read: {error}.", HINT) from None
    except BROKEN:
        raise DataError(f"{name} is damaged or truncated.", HINT) from None
    if len(sizes) < 4 * start[3]:
        raise DataError(f"{name} is truncated: its header is cut short.", HINT)
    header = IdxHeader(start[2], struct.unpack(f">{start[3]}I", sizes))
    claimed = math.prod(header.shape) * TYPES[header.kind]
    possible = present * LARGEST_DEFLATE_RATIO if packed else present - header.size
    if claimed > possible:
        raise DataError(f"{name} is truncated: it promises {claimed:,} bytes and holds fewer.", HINT)
    return header


def start_is_gzip(path: Path) -> bool:
    with open_regular(path) as raw:
        return raw.read(2) == b"\x1f\x8b"


def read_labels(path: Path, name: str) -> NDArray[np.int64]:
    """Return the labels of an IDX file with one dimension."""
    header = read_header(path, name)
    if not header.is_labels:
        raise DataError(f"{name} holds no labels.", HINT)
    count = header.shape[0]
    blocks = [block.ravel() for block in read_blocks(path, name, header.size, count, 1, 1 << 16)]
    return np.concatenate(blocks).astype(np.int64) if blocks else np.zeros(0, np.int64)


def idx_stack(path: Path, name: str, labels: NDArray[np.int64] | None = None, tail: int = 0) -> Stack:
    """Return the pictures of an IDX file with three dimensions, or four with 1, 3 or 4 channels last."""
    header = read_header(path, name)
    if header.kind != BYTES:
        raise DataError(f"{name} holds numbers other than bytes.", "Save the pictures as bytes, 0 to 255.")
    shape = header.shape if len(header.shape) == 4 else (*header.shape, 1)
    if len(header.shape) < 3 or shape[3] not in (1, 3, 4):
        raise DataError(f"{name} holds no pictures, its shape is {header.shape}.", "Choose an IDX file of images.")
    count, height, width, channels = shape
    if count == 0:
        raise DataError(f"{name} holds no pictures.", "Choose another file.")
    check_sides(name, height, width)
    if labels is not None and len(labels) != count:
        labels = None
    each = height * width * channels

    def blocks() -> Iterator[NDArray[np.uint8]]:
        for block in read_blocks(path, name, header.size, count, each, rows_per_block(each)):
            yield block.reshape(-1, height, width, channels)

    return Stack(name, count, height, width, channels, blocks, labels, tail)


def read_blocks(path: Path, name: str, skip: int, count: int, each: int, rows: int) -> Iterator[NDArray[np.uint8]]:
    """Yield the file's items as (k, each) bytes, a few at a time; raises DataError where it ends early."""
    done = 0
    try:
        with opened(path) as file:
            file.read(skip)
            while done < count:
                wanted = min(rows, count - done) * each
                content = file.read(wanted)
                if len(content) < wanted:
                    whole = done + len(content) // each
                    raise DataError(f"{name} is truncated: {whole:,} of {count:,} pictures are there.", HINT)
                yield np.frombuffer(content, np.uint8).reshape(-1, each)
                done += wanted // each
    except UnreadableError as error:
        raise DataError(f"{name} cannot be read: {error}.", HINT) from None
    except BROKEN:
        raise DataError(f"{name} is damaged or truncated after {done:,} of {count:,} pictures.", HINT) from None
