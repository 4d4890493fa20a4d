"""What is painted on a canvas: which of its pixels a dream holds, at what, changed stroke by stroke while it plays."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from studio.data.lighting import filled
from studio.dream.coverage import Touched, touched
from studio.dream.held_picture import HeldPicture
from studio.dream.strokes import Brush, Seen, Stroke
from studio.errors import SettingsError
from studio.models.chain import GibbsChain, Size, overlap
from studio.models.filling import Mask, Values

ToModel = Callable[[Values], Tensor]  # (1, C, H, W) in 0..1 to model space
MOST_PAINTED = 1 << 24  # pixels; a picture of as many, twice, is what painting keeps
UNSEEN = (Brush.HOLE, Brush.FREE, Brush.NOISE, Brush.FILTER)  # change no pixel that is held
LUMA = np.array((0.2126, 0.7152, 0.0722), np.float32)  # of linear red, green and blue (Rec. 709)


class Painting:
    """Pixels of a canvas (H, W) that are held at a picture (H, W, C) in 0..1.

    It begins as what the dream holds anyway, a picture or nothing; the eraser
    leads back to that. Lives on the compute thread. `pointwise` says that the
    way to model space takes each pixel by itself, so that a box may be taken alone.
    `seen` is never written into: a moment that was kept may look at it.
    """

    def __init__(
        self, base: HeldPicture | None, size: Size, channels: int, to_model: ToModel, pointwise: bool = True
    ) -> None:
        self.base = base
        self.size = size
        self._channels = channels
        self._to_model, self._pointwise = to_model, pointwise
        self.strokes: tuple[Stroke, ...] = ()
        self.seen: Tensor
        self._shared = False
        self._blank()
        self._look()

    def kept(self) -> Painting:
        """Return the same to be put aside: both look at the same pixels until one of them is painted on."""
        other = copy.copy(self)
        self._shared = other._shared = True
        return other

    def arrays(self) -> tuple[Values, Mask]:
        """Return what is held and where, for counting what it takes."""
        return self.picture, self.known

    def _blank(self) -> None:
        self._shared = False
        self.picture, self.known = unpainted(self.base, self.size, self._channels)
        self.sourced = np.zeros(self.size, np.bool_)  # where there is a picture below
        if self.base is not None:
            self.sourced[self.base.place(self.size)] = True
        self._below = self.picture.copy(), self.known.copy()

    @property
    def hole(self) -> Mask:
        """What the dream may change: (H, W)."""
        return ~self.known

    @property
    def truth(self) -> Values | None:
        """The picture below, where it is known all over the canvas."""
        return self._below[0] if bool(self._below[1].all()) else None

    def paint(self, stroke: Stroke) -> Mask | None:
        """Take one more stroke; returns the pixels it wants drawn anew (H, W), or None."""
        self.strokes = (*self.strokes, stroke)
        return self._apply(stroke)

    def extend(self, part: Stroke) -> Mask | None:
        """Take the next part of the stroke under way."""
        last = self.strokes[-1]
        whole = dataclasses.replace(last, points=(*last.points, *part.points[1:]))
        self.strokes = (*self.strokes[:-1], whole)
        return self._apply(part)

    def repaint(self, strokes: Iterable[Stroke]) -> Mask:
        """Begin anew with these strokes; returns the pixels that were held and no longer are (H, W)."""
        before = self.known
        self.strokes = tuple(strokes)
        self._blank()
        for stroke in self.strokes:
            self._apply(stroke, see=False)
        self._look()
        return before & ~self.known

    def _apply(self, stroke: Stroke, see: bool = True) -> Mask | None:
        found = touched(stroke, self.size)
        if found.empty:
            return None
        if self._shared:
            self.picture, self.known, self._shared = self.picture.copy(), self.known.copy(), False
        box, mask = (found.rows, found.columns), found.mask
        anew = self._take(stroke, found)
        if see and (stroke.brush not in UNSEEN or not self._pointwise):
            self._look(box)
        return Touched(*box, mask & anew).whole(self.size) if anew is not None else None

    def _take(self, stroke: Stroke, found: Touched) -> Mask | None:
        """Change what is held in the box of a stroke; returns what is to be drawn anew there."""
        box, mask = (found.rows, found.columns), found.mask
        picture, known = self.picture[box], self.known[box]
        below, kept = self._below[0][box], self._below[1][box]
        match stroke.brush:
            case Brush.HOLE:
                known[mask] = False
                return mask
            case Brush.FREE:
                known[mask] = False
            case Brush.NOISE | Brush.FILTER:
                return mask & ~known
            case Brush.COLOUR:
                picture[mask] = colour_in(stroke, self._channels)
                known[mask] = True
            case Brush.PICTURE:
                sourced = mask & self.sourced[box]
                picture[sourced] = below[sourced]
                known[sourced] = True
                if stroke.seen is not None and stroke.seen.shape[:2] == self.size:
                    rest = mask & ~self.sourced[box] & ~known
                    picture[rest] = unpacked(stroke.seen)[box][rest]
                    known[rest] = True
            case Brush.ERASER:
                picture[mask] = below[mask]
                known[mask] = kept[mask]
        return None

    def _look(self, box: tuple[slice, slice] | None = None) -> None:
        """Bring what is held, or a box of it, to model space.

        A filter that whitens would spread what lies in the hole: it sees the hole filled smoothly from around it.
        """
        if box is not None and self._pointwise:
            seen = self.seen.clone()
            seen[..., box[0], box[1]] = self._to_model(_planes(self.picture[box]))
            self.seen = seen
            return
        planes = _planes(self.picture)
        if not self._pointwise and self.known.any():
            levels = np.rint(planes[0] * 255).astype(np.uint8)
            planes = np.where(self.known, planes, filled(levels, self.known)[None] * np.float32(1 / 255))
        self.seen = self._to_model(planes)

    def resize(self, size: Size) -> None:
        """Go on with a canvas of another size: what is painted moves with the picture below it."""
        picture, known, before = self.picture, self.known, self.size
        corner = (0, 0) if self.base is None else self.base.corner(self.size)
        self.size = size
        self._blank()
        to = (0, 0) if self.base is None else self.base.corner(size)
        shift = to[0] - corner[0], to[1] - corner[1]
        place, part = overlap(before, size, shift)
        self.picture[place], self.known[place] = picture[part], known[part]
        self._look()

    def hold(self, chain: GibbsChain) -> None:
        """Clamp a chain of this size to what is held."""
        if self.known.any():
            chain.clamp(self.seen, torch.from_numpy(self.known.copy()).to(self.seen.device))
        else:
            chain.clamp(None, None)

    def put_back(self, pixels: Values) -> Values:
        """Return a dreamt canvas (..., H, W, C) with the held pixels exactly as they were painted."""
        return np.where(self.known[..., None], self.picture, pixels).astype(np.float32)


def unpainted(base: HeldPicture | None, size: Size, channels: int) -> tuple[Values, Mask]:
    """Return what a canvas holds before anything is painted (H, W, C), and where (H, W).

    Raises SettingsError where the canvas is too large to be painted on.
    """
    if size[0] * size[1] > MOST_PAINTED:
        raise SettingsError(
            f"A canvas of {size[1]} x {size[0]} px is too large to be painted on.",
            "Paint on one of up to 4096 x 4096 px, and enlarge it then.",
        )
    picture, known = np.zeros((*size, channels), np.float32), np.zeros(size, np.bool_)
    if base is not None:
        place = base.place(size)
        picture[place], known[place] = base.picture, base.known
    return picture, known


def colour_in(stroke: Stroke, channels: int) -> Values:
    """Return the colour of a stroke in pictures of 3 channels, or its brightness in grey ones."""
    colour = np.array(stroke.colour, np.float32)
    return colour if channels == 3 else np.full(channels, colour @ LUMA, np.float32)


@lru_cache(maxsize=1)
def unpacked(seen: Seen) -> Values:
    """Return what was seen (H, W, C); a stroke asks for it again with every move of the hand."""
    return seen.pixels()


def _planes(picture: Values) -> Values:
    return np.ascontiguousarray(np.moveaxis(picture, 2, 0))[None]
