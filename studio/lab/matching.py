"""Patches of one picture compared with every patch of another, as matrix products in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from studio.errors import DataError
from studio.jobs.stepwise import Stepwise

Values = NDArray[np.float32]

SIDE = 19  # pixels, as in Kivinen & Williams 2012
BLOCK = 1 << 23  # numbers of each matrix held at once: 32 MB
TINY = 1e-12


def check_side(pictures: Values, side: int = SIDE) -> None:
    """Raise DataError when (n, H, W, C) pictures have no patch of `side` pixels."""
    height, width = pictures.shape[1:3]
    if min(height, width) < side:
        raise DataError(
            f"{width} x {height} px are too few: textures are judged by patches of {side} x {side} px.",
            "Use a larger picture, or a larger dream.",
        )


def drawn_patches(pictures: Values, count: int, rng: np.random.Generator, side: int = SIDE) -> Values:
    """Draw patches at uniform places, equally many from each picture.

    Parameters
    ----------
    pictures
        (n, H, W, C).
    count
        How many in all, rounded up to a multiple of n.

    Returns
    -------
    (n * ceil(count / n), C * side * side), picture after picture.
    """
    check_side(pictures, side)
    each = -(-count // len(pictures))
    found = []
    for picture in pictures:
        windows = windows_of(picture, side)
        rows = rng.integers(windows.shape[0], size=each)
        columns = rng.integers(windows.shape[1], size=each)
        found.append(windows[rows, columns].reshape(each, -1))
    return np.ascontiguousarray(np.concatenate(found), np.float32)


def windows_of(picture: Values, side: int) -> Values:
    """Return every patch of an (H, W, C) picture as a view: (H - side + 1, W - side + 1, C, side, side)."""
    return sliding_window_view(picture, (side, side), axis=(0, 1))


def every_patch(picture: Values, side: int = SIDE) -> Iterator[Values]:
    """Yield all patches of an (H, W, C) picture in reading order, a few rows at a time: (m, C * side * side)."""
    windows = windows_of(picture, side)
    rows = max(1, BLOCK // (windows[0].size))
    for first in range(0, len(windows), rows):
        some = windows[first : first + rows]
        yield np.ascontiguousarray(some, np.float32).reshape(some.shape[0] * some.shape[1], -1)


def correlating(patches: Values, picture: Values, side: int = SIDE) -> Stepwise[Values]:
    """Return the largest un-centred normalised correlation of each patch with any patch of a picture.

    `max_q p.q / (|p| |q|)`, the similarity of Kivinen & Williams (2012).

    Parameters
    ----------
    patches
        (n, C * side * side), in the units of `picture`.
    picture
        (H, W, C).

    Returns
    -------
    (n,), at most 1; a patch of zeros scores 0.
    """
    check_side(picture[None], side)
    best = np.full(len(patches), -np.inf, np.float32)
    some = max(1, BLOCK // patches.shape[1])
    done, total = 0, math.prod(windows_of(picture, side).shape[:2]) * len(patches)
    for candidates in every_patch(picture, side):
        candidates /= np.maximum(np.linalg.norm(candidates, axis=1, keepdims=True), TINY)
        for first in range(0, len(candidates), some):
            part = candidates[first : first + some].T
            for start in range(0, len(patches), 256):
                scores = patches[start : start + 256] @ part
                np.maximum(best[start : start + 256], scores.max(axis=1), out=best[start : start + 256])
                done += scores.size
                yield done, total
    return np.asarray(np.minimum(best / np.maximum(np.linalg.norm(patches, axis=1), TINY), 1), np.float32)


def least_distance(patches: Values, picture: Values, side: int = SIDE) -> Values:
    """Return the Euclidean distance of each patch (n, C * side * side) to the nearest patch of (H, W, C): (n,).

    Found by `|p|^2 + |q|^2 - 2 p.q` and measured at the place found, so that
    rounding in the large sums does not hide an exact copy.
    """
    least = np.full(len(patches), np.inf, np.float32)
    nearest = np.zeros_like(patches)
    for candidates in every_patch(picture, side):
        half = 0.5 * np.square(candidates).sum(axis=1)
        for start in range(0, len(patches), 256):
            chosen = slice(start, start + 256)
            costs = half - patches[chosen] @ candidates.T
            where = costs.argmin(axis=1)
            found = costs[np.arange(len(where)), where]
            better = found < least[chosen]
            least[chosen][better] = found[better]
            nearest[chosen][better] = candidates[where[better]]
    return np.asarray(np.linalg.norm(patches - nearest, axis=1), np.float32)
