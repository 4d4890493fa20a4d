"""Holes in pictures, true where something is to be filled: by name, from transparency, checked. No torch here."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from studio.errors import SettingsError

Size = tuple[int, int]  # height, width
Mask = NDArray[np.bool_]


class Hole(StrEnum):
    """Holes that have a name; ALPHA is what is transparent."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"
    CENTRE = "centre"
    ALPHA = "alpha"


def named(hole: Hole, size: Size) -> Mask:
    """Return a half of a picture, or the middle half of both its sides: (H, W)."""
    height, width = size
    rows, columns = slice(None), slice(None)
    match hole:
        case Hole.LEFT:
            columns = slice(width // 2)
        case Hole.RIGHT:
            columns = slice(width - width // 2, None)
        case Hole.TOP:
            rows = slice(height // 2)
        case Hole.BOTTOM:
            rows = slice(height - height // 2, None)
        case Hole.CENTRE:
            rows, columns = middle(height), middle(width)
        case Hole.ALPHA:
            raise ValueError("what is transparent is known by the picture alone")
    mask = np.zeros(size, np.bool_)
    mask[rows, columns] = True
    return mask


def middle(side: int) -> slice:
    """Return the middle half of a side, at least one pixel of it."""
    length = max(1, side // 2)
    first = (side - length) // 2
    return slice(first, first + length)


def of_known(known: Mask) -> Mask:
    """Return what is transparent as a hole; raises SettingsError where nothing is."""
    if known.all():
        raise SettingsError(
            "The picture has no transparent parts to fill.", "Choose another hole, or erase a part of the picture."
        )
    return ~known


def checked(hole: Mask) -> Mask:
    """Return the hole; raises SettingsError when it is empty or leaves nothing known."""
    if not hole.any():
        raise SettingsError("There is nothing to fill: the hole is empty.", "Paint the hole white in the mask.")
    if hole.all():
        raise SettingsError(
            "Nothing of the picture is known: the hole is all of it.", "Leave a part black in the mask."
        )
    return hole
