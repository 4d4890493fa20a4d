"""Which whole pictures are kept from training."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.sources import Found
from studio.data.spec import DatasetSpec, HeldBy, Preprocess

Indices = NDArray[np.int64]


def held_out(images: ImageSet, found: Found) -> Indices:
    """Return the sorted indices of the pictures held out.

    Each has its own lot, drawn from the preprocess's seed and its name, and the lowest
    are held out. Those left out by hand keep theirs, so that leaving out, or taking in
    again, moves no other picture to the other side.
    """
    preprocess = images.preprocess
    if preprocess.held_by is HeldBy.PLACE:
        return split(len(images), preprocess)
    keys = {item.name: f"{item.path.absolute().parent.name}/{item.path.name}" for item in found.files}
    names = chain(images.names, left_out(images.spec, found))
    lots = np.fromiter((lot(preprocess.seed, keys.get(name, name)) for name in names), np.uint64)
    lowest = np.argsort(lots, kind="stable")[: how_many(len(lots), preprocess)]
    held = lowest[lowest < len(images)][: len(images) - 1]
    return np.sort(held).astype(np.int64)


def left_out(spec: DatasetSpec, found: Found) -> Iterator[str]:
    """Yield the names of the pictures left out by hand: files, rows of a stack, and all rows of a whole stack."""
    if not spec.excluded:
        return
    excluded = frozenset(spec.excluded)
    yield from (item.name for item in found.files if item.name in excluded)
    for stack in found.stacks:
        names = (stack.row_name(row) for row in range(stack.count))
        yield from (name for name in names if stack.name in excluded or name in excluded)


def lot(seed: int, key: str) -> int:
    """Return 64 bits that seed and key alone decide."""
    text = f"{seed} {key}".encode(errors="backslashreplace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


def split(count: int, preprocess: Preprocess) -> Indices:
    """Return the sorted indices held out of `count`, drawn from the preprocess's seed and that number alone."""
    chosen = np.random.default_rng([preprocess.seed, 1]).permutation(count)[: how_many(count, preprocess)]
    return np.sort(chosen).astype(np.int64)


def how_many(count: int, preprocess: Preprocess) -> int:
    """Return how many of `count` pictures are held out: never all."""
    return max(0, min(round(count * preprocess.held_out), count - 1))
