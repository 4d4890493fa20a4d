"""Named arrays as safetensors bytes and back, and their headers without the arrays."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors import numpy as safetensors

from studio.errors import ProjectError

Arrays = dict[str, NDArray[Any]]

LARGEST_HEADER = 16 * 2**20
PREFIX = 8
AGAIN = "Open another copy of it."


def arrays_to_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return safetensors bytes that depend on names and values alone."""
    # The library reads raw memory, so views with gaps or a foreign byte order must be laid out anew.
    ordered = {
        name: np.asarray(arrays[name], dtype=arrays[name].dtype.newbyteorder("="), order="C") for name in sorted(arrays)
    }
    data: bytes = safetensors.save(ordered)
    return data


def arrays_from_bytes(data: bytes, where: str) -> Arrays:
    """Return owned arrays, in order of their names; raises ProjectError naming `where`."""
    try:
        loaded = safetensors.load(data)
        return {name: np.array(loaded[name]) for name in sorted(loaded)}
    except (SafetensorError, KeyError, ValueError, OverflowError, MemoryError) as error:
        raise ProjectError(f"The {where} in it cannot be read ({type(error).__name__}).", AGAIN) from error


def header_length(prefix: bytes, where: str) -> int:
    """Return how many bytes the header after the first eight has."""
    if len(prefix) < PREFIX:
        raise ProjectError(f"The {where} in it is cut short.", AGAIN)
    (length,) = struct.unpack("<Q", prefix[:PREFIX])
    if length > LARGEST_HEADER:
        raise ProjectError(f"The {where} in it cannot be read (header of {length} bytes).", AGAIN)
    return int(length)


def shapes(header: bytes, where: str) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return type and shape of each array from the JSON header."""
    try:
        value = json.loads(header)
    except (ValueError, RecursionError):
        value = None
    result: dict[str, tuple[str, tuple[int, ...]]] = {}
    entries = value.items() if isinstance(value, dict) else ((None, None),)
    for name, entry in entries:
        if name == "__metadata__":
            continue
        kind = entry.get("dtype") if isinstance(entry, dict) else None
        shape = entry.get("shape") if isinstance(entry, dict) else None
        if not isinstance(kind, str) or not isinstance(shape, list) or not all(type(side) is int for side in shape):
            raise ProjectError(f"The {where} in it cannot be read (its header is damaged).", AGAIN)
        result[str(name)] = kind, tuple(shape)
    return dict(sorted(result.items()))
