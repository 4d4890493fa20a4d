"""Pictures in .npy and .npz files: (N, H, W), (N, H, W, C) or (N, D), 0 to 1 or 0 to 255; never unpickled."""

from __future__ import annotations

import math
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from studio.data.reading import UnreadableError, open_regular
from studio.data.stack import Stack, check_sides, rows_per_block
from studio.errors import DataError

NPY_MAGIC = b"\x93NUMPY"
ZIP_MAGIC = b"PK\x03\x04"
LABELS = ("y", "label")  # what the names of labels begin with
LARGEST_DEFLATE_RATIO = 1032
SHAPES = "Save it as (N, H, W), (N, H, W, C) or (N, D) with D a square number."
RANGES = "Scale it to 0 to 1 or to 0 to 255."
AGAIN = "Save the array again, with numpy.save and numbers only."
BAD_HEADER = (
    ValueError,
    TypeError,
    SyntaxError,
    KeyError,
    EOFError,
    OSError,
    MemoryError,
    OverflowError,
    RuntimeError,  # zipfile: packed or encrypted in a way it does not read; also of nesting too deep
    zlib.error,
    zipfile.BadZipFile,
    tokenize.TokenError,
    UnreadableError,
)

Opener = Callable[[], AbstractContextManager[IO[bytes]]]


@dataclass(frozen=True, slots=True)
class ArraySource:
    """One array in a file: where its numbers begin and what they are."""

    name: str
    open: Opener
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    fortran: bool
    skip: int


def array_stack(path: Path, name: str) -> Stack:
    """Return the pictures of a .npy or .npz file; raises DataError with a sentence otherwise."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numpy warns about headers written by Python 2, which are fine
            with open_regular(path) as file:
                packed = file.read(4) == ZIP_MAGIC
            if packed:
                return from_npz(path, name)
            return stack_of(probe(lambda: open_regular(path), name, path.stat().st_size))
    except BAD_HEADER as error:
        reason = str(error) if isinstance(error, UnreadableError) else "it is damaged or not a numpy array"
        raise DataError(f"{name} cannot be read: {reason}.", AGAIN) from None


def from_npz(path: Path, name: str) -> Stack:
    """Choose the largest picture-like array of an .npz, and labels of the same count where there are any."""
    with zipfile.ZipFile(path) as archive:
        members = [item for item in archive.infolist() if item.filename.endswith(".npy")]
    found = []
    refused: DataError | None = None
    for item in members:
        if item.file_size > item.compress_size * LARGEST_DEFLATE_RATIO:
            raise DataError(f"{name} is not a sound .npz file: {item.filename} claims more than fits.", AGAIN)
        try:
            found.append(
                probe(
                    partial(opened_member, path, item), f"{name}/{item.filename.removesuffix('.npy')}", item.file_size
                )
            )
        except DataError as error:
            refused = error
    pictures = [source for source in found if len(source.shape) >= 2]
    if not pictures:
        raise refused or DataError(f"{name} holds no array of pictures.", SHAPES)
    chosen = max(pictures, key=lambda source: math.prod(source.shape))
    return stack_of(chosen, labels_for(chosen, found))


@contextmanager
def opened_member(path: Path, item: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    """Open one array of an .npz; the file is closed whatever becomes of it."""
    with zipfile.ZipFile(path) as archive, archive.open(item) as file:
        yield file


def labels_for(pictures: ArraySource, found: list[ArraySource]) -> NDArray[np.int64] | None:
    """Return a one-dimensional array of whole numbers that is as long as the pictures, preferring the name of labels.

    An array of another name whose numbers all differ counts the pictures and tells nothing of their classes.
    """
    part = member(pictures.name).removeprefix("x")
    fitting = [item for item in found if item.shape == pictures.shape[:1] and item.dtype.kind in "iu"]
    fitting.sort(key=lambda item: rank_of(member(item.name), part))
    for item in fitting:
        values = np.concatenate(list(raw_blocks(item, 1 << 16))).astype(np.int64)
        if member(item.name).startswith(LABELS) or len(np.unique(values)) < len(values):
            return values
    return None


def rank_of(name: str, part: str) -> int:
    """Return how far down a name stands among those of labels, beside pictures x_train for the part _train."""
    if name in (f"y{part}", f"labels{part}", f"label{part}"):
        return 0
    if part and name.endswith(part):
        return 1
    return 2 if name.startswith(LABELS) else 3


def member(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def probe(opener: Opener, name: str, available: int) -> ArraySource:
    """Read an array's header and refuse what cannot be used."""
    with opener() as file:
        version = npy.read_magic(file)
        if version == (1, 0):
            shape, fortran, dtype = npy.read_array_header_1_0(file)
        elif version == (2, 0):
            shape, fortran, dtype = npy.read_array_header_2_0(file)
        else:
            raise DataError(f"{name} is an array of a kind this program does not read.", AGAIN)
        skip = file.tell()
    if dtype.hasobject:
        raise DataError(f"{name} holds Python objects, which are never unpickled.", AGAIN)
    if dtype.kind not in "buif" or dtype.itemsize > 8:
        raise DataError(f"{name} holds {dtype} values, which are not pictures.", AGAIN)
    if any(side < 0 for side in shape) or math.prod(shape) * dtype.itemsize > available - skip:
        raise DataError(f"{name} is truncated: it holds less than the {shape} values it promises.", AGAIN)
    return ArraySource(name, opener, tuple(shape), dtype, fortran, skip)


def stack_of(source: ArraySource, labels: NDArray[np.int64] | None = None) -> Stack:
    """Check shape and range, and return the array as a stack of uint8 pictures."""
    shape = picture_shape(source)
    scale = scale_of(source)
    first = len(source.shape) == 4 and source.shape[3] not in (1, 3, 4)  # channels first
    count, height, width, channels = shape

    def blocks() -> Iterator[NDArray[np.uint8]]:
        for raw in raw_blocks(source, rows_per_block(height * width * channels * source.dtype.itemsize)):
            if raw.dtype == np.uint8 and scale == 1:
                values = raw.astype(np.uint8, copy=False)
            else:
                values = np.rint(raw.astype(np.float64) * scale).clip(0, 255).astype(np.uint8)
            if first:
                values = values.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)
            yield values.reshape(-1, height, width, channels)

    return Stack(source.name, count, height, width, channels, blocks, labels)


def picture_shape(source: ArraySource) -> tuple[int, int, int, int]:
    """Return (N, H, W, C) for the shapes that are accepted, also (H, W, 3 or 4) and channels first."""
    shape = source.shape
    refusal = DataError(f"{source.name} has the shape {shape}, which is not a row of pictures.", SHAPES)
    if math.prod(shape) == 0:
        raise DataError(f"{source.name} is empty, its shape is {shape}.", SHAPES)
    if len(shape) == 2:
        side = math.isqrt(shape[1])
        if side * side != shape[1]:
            raise refusal
        result = (shape[0], side, side, 1)
    elif len(shape) == 3:
        single = shape[2] in (3, 4) and min(shape[:2]) >= 8
        result = (1, *shape) if single else (*shape, 1)
    elif len(shape) == 4 and shape[3] in (1, 3, 4):
        result = shape
    elif len(shape) == 4 and shape[1] in (1, 3, 4):
        result = (shape[0], shape[2], shape[3], shape[1])
    else:
        raise refusal
    check_sides(source.name, result[1], result[2])
    return result


def scale_of(source: ArraySource) -> float:
    """Return the factor to 0..255 after one pass over the values; raises DataError for NaN and other ranges."""
    low, high = math.inf, -math.inf
    for block in raw_blocks(source, rows_per_block(math.prod(source.shape[1:]) * source.dtype.itemsize)):
        if block.dtype.kind == "f" and not np.isfinite(block).all():
            raise DataError(f"{source.name} holds values that are not numbers (NaN or infinity).", "Replace them.")
        low, high = min(low, float(block.min())), max(high, float(block.max()))
    deep = source.dtype.kind == "u" and source.dtype.itemsize == 2 and high > 255
    if low < -1e-3 or (high > 255.5 and not deep):
        raise DataError(f"{source.name} holds values from {low:.4g} to {high:.4g}.", RANGES)
    if deep:
        return 255 / 65535
    return 255.0 if high <= 1.001 else 1.0


def raw_blocks(source: ArraySource, rows: int) -> Iterator[NDArray[np.generic]]:
    """Yield (k, ...) slices of the array as it is stored; one in Fortran order has to be read whole."""
    shape, dtype = source.shape, source.dtype
    try:
        with source.open() as file:
            file.read(source.skip)
            if source.fortran and len(shape) > 1:
                content = take(file, math.prod(shape) * dtype.itemsize, source.name)
                whole = np.frombuffer(content, dtype).reshape(shape, order="F")
                for start in range(0, shape[0], rows):
                    yield np.ascontiguousarray(whole[start : start + rows])
                return
            each = math.prod(shape[1:])
            for start in range(0, shape[0], rows):
                count = min(rows, shape[0] - start)
                content = take(file, count * each * dtype.itemsize, source.name)
                yield np.frombuffer(content, dtype).reshape(count, *shape[1:])
    except BAD_HEADER:
        raise DataError(f"{source.name} is damaged or truncated.", AGAIN) from None


def take(file: IO[bytes], count: int, name: str) -> bytes:
    content = file.read(count)
    if len(content) < count:
        raise DataError(f"{name} is truncated.", AGAIN)
    return content
