"""A quick look at what was dropped: how many pictures, how large, in colour or not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np
from PIL import Image

from studio.data.cost import check_size
from studio.data.decode import open_picture, reasoned, reduce_early
from studio.data.freed import given_back
from studio.data.pool import Watch
from studio.data.reading import UnreadableError
from studio.data.sources import find
from studio.data.spec import Colour, DatasetSpec

LOOKED_AT = 9
THUMBNAIL = 64
COLOURED = 12  # mean distance between channels, of 255, above which a picture counts as coloured
LEAST_SIDE = 4  # pixels of a picture that anything can be learned from


@dataclass(frozen=True, slots=True)
class Peek:
    """`pictures` is the number found, `side` the median of their shorter sides, `stacked` whether they are arrays."""

    pictures: int
    side: int
    colour: bool
    stacked: bool

    @property
    def promising(self) -> bool:
        """Whether there is a picture worth the name among them."""
        return self.side >= LEAST_SIDE


@given_back()
def peek(spec: DatasetSpec, cancelled: Callable[[], bool] | None = None) -> Peek:
    """Look at a few of the pictures a spec names, without reading the others; unreadable ones are passed by."""
    check = Watch(None, cancelled).check
    found = find(spec, check)
    sides: list[int] = []
    colours: list[bool] = []
    for stack in found.stacks:
        sides.append(min(stack.height, stack.width))
        colours.append(stack.channels > 1)
    step = max(1, len(found.files) // LOOKED_AT)
    for item in found.files[::step][:LOOKED_AT]:
        check()
        # reading them gives each its verdict
        with contextlib.suppress(UnreadableError), open_picture(item.path) as image:
            original = image.size
            sides.append(min(original))
            reduce_early(image, (THUMBNAIL, THUMBNAIL), Colour.RGB)
            check_size(image, original)
            with reasoned():
                colours.append(is_coloured(image))
    return Peek(
        pictures=len(found.files) + sum(stack.count for stack in found.stacks),
        side=int(median(sides)) if sides else 0,
        colour=sum(colours) * 2 > len(colours),
        stacked=bool(found.stacks),
    )


def is_coloured(image: Image.Image) -> bool:
    """Tell whether a picture's channels differ enough to be worth learning."""
    # a copy of the whole in another mode would take as much memory again
    whole = image if image.mode in ("RGB", "L") else image.convert("RGB")
    small = np.asarray(whole.resize((THUMBNAIL, THUMBNAIL)).convert("RGB"), np.int16)
    return bool((small.max(2) - small.min(2)).mean() > COLOURED)
