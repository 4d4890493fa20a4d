"""Which pixels of a canvas a stroke touches. No torch here: the window draws them too."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from studio.dream.holes import Hole, Mask, Size, named
from studio.dream.strokes import Form, Point, Stroke

BLOCKS_ACROSS = 6  # along the longer side of the canvas
BLOCK_SHARE = 0.35  # of all blocks
TEXT_SHARE = 0.9  # of the canvas that a text may fill along a side


@dataclass(frozen=True, slots=True, eq=False)
class Touched:
    """The pixels of a box that a stroke touches: rows and columns of a canvas, and a mask of that shape."""

    rows: slice
    columns: slice
    mask: Mask

    @property
    def empty(self) -> bool:
        return not self.mask.any()

    def whole(self, size: Size) -> Mask:
        """Return the same as a mask of the whole canvas (H, W)."""
        mask = np.zeros(size, np.bool_)
        mask[self.rows, self.columns] = self.mask
        return mask


def touched(stroke: Stroke, size: Size) -> Touched:
    """Return what a stroke touches on a canvas (height, width); all of a form that lies beside it is left out."""
    if any(stroke.wrap) and stroke.points:
        return _around(stroke, size)
    match stroke.form:
        case Form.LINE:
            return _line(stroke, size)
        case Form.RECTANGLE | Form.ELLIPSE:
            return _spanned(stroke, size)
        case _:
            return Touched(slice(0, size[0]), slice(0, size[1]), _everywhere(stroke, size))


def _around(stroke: Stroke, size: Size) -> Touched:
    """What a stroke touches where borders meet: it, and its copies one canvas further on."""
    downs = (-size[0], 0, size[0]) if stroke.wrap[0] else (0,)
    acrosses = (-size[1], 0, size[1]) if stroke.wrap[1] else (0,)
    found = []
    for down, across in ((down, across) for down in downs for across in acrosses):
        points = tuple((x + across, y + down, pressure) for x, y, pressure in stroke.points)
        part = touched(dataclasses.replace(stroke, points=points, wrap=(False, False)), size)
        if not part.empty:
            found.append(part)
    if len(found) == 1:
        return found[0]
    mask = np.zeros(size, np.bool_)
    for part in found:
        mask[part.rows, part.columns] |= part.mask
    return Touched(slice(0, size[0]), slice(0, size[1]), mask)


def _everywhere(stroke: Stroke, size: Size) -> Mask:
    match stroke.form:
        case Form.NAMED:
            return named(Hole(stroke.words), size)
        case Form.BLOCKS:
            return blocks(size, stroke.seed)
        case Form.TEXT:
            return lettering(stroke.words, size)
        case Form.LASSO:
            return lasso(stroke.points, size)
        case Form.MASK if stroke.mask is not None:
            return scaled(stroke.mask.mask(), size)
        case _:
            return np.ones(size, np.bool_)


def _line(stroke: Stroke, size: Size) -> Touched:
    """A brush drawn along its points: capsules, whose radius follows the pressure."""
    points = [(x, y, max(0.5, stroke.size / 2 * pressure)) for x, y, pressure in stroke.points]
    if not points:
        return Touched(slice(0, 0), slice(0, 0), np.zeros((0, 0), np.bool_))
    box = _box(points, size)
    inside = np.full((box[0].stop - box[0].start, box[1].stop - box[1].start), -np.inf, np.float32)
    for begin, end in zip(points, points[1:] or points, strict=False):
        rows, columns = _box([begin, end], size)
        part = (
            slice(rows.start - box[0].start, rows.stop - box[0].start),
            slice(columns.start - box[1].start, columns.stop - box[1].start),
        )
        inside[part] = np.maximum(inside[part], _depth(begin, end, rows, columns))
    return Touched(*box, _grains(inside, stroke.hardness, *box))


def _depth(begin: Point, end: Point, rows: slice, columns: slice) -> NDArray[np.float32]:
    """Return 1 - distance / radius of the middles of pixels from a segment, negative outside its capsule."""
    x0, y0, r0 = begin
    x1, y1, r1 = end
    y, x = np.ogrid[rows.start + 0.5 : rows.stop : 1.0, columns.start + 0.5 : columns.stop : 1.0]
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length, 0, 1) if length else np.zeros((1, 1))
    distance = np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))
    return np.asarray(1 - distance / (r0 + along * (r1 - r0)), np.float32)


def _grains(inside: NDArray[np.float32], hardness: float, rows: slice, columns: slice) -> Mask:
    """Return which pixels a brush takes, from how deep they lie in it: all of its hard core, fewer towards its edge."""
    if hardness >= 1:
        return inside >= 0
    share = inside / np.float32(1 - hardness)
    return (inside >= 0) & (share > grain(rows, columns))


def grain(rows: slice, columns: slice) -> NDArray[np.float32]:
    """Return a number in 0..1 for each pixel of a box, which looks drawn by chance and is always the same.

    The low-bias 32-bit integer hash of Chris Wellons (hash prospector, 2018) over row and column.
    """
    y, x = np.ogrid[rows.start : rows.stop, columns.start : columns.stop]
    value = (y.astype(np.uint32) * np.uint32(0x9E3779B1)) ^ (x.astype(np.uint32) * np.uint32(0x85EBCA77))
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        value = (value ^ (value >> np.uint32(shift))) * np.uint32(factor)
    value ^= value >> np.uint32(16)
    return np.asarray(value * 2.0**-32, np.float32)


def _box(points: list[Point], size: Size) -> tuple[slice, slice]:
    """Return rows and columns that circles (x, y, radius) reach, within the canvas."""
    top = min(y - radius for _, y, radius in points)
    bottom = max(y + radius for _, y, radius in points)
    left = min(x - radius for x, _, radius in points)
    right = max(x + radius for x, _, radius in points)
    return _cut(top, bottom, size[0]), _cut(left, right, size[1])


def _cut(low: float, high: float, side: int) -> slice:
    first = min(max(0, int(np.floor(low))), side)
    return slice(first, min(max(first, int(np.ceil(high)) + 1), side))


def _spanned(stroke: Stroke, size: Size) -> Touched:
    """The rectangle between two corners, or the ellipse in it."""
    (x0, y0, _), (x1, y1, _) = stroke.points[0], stroke.points[-1]
    left, right, top, bottom = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    rows, columns = _cut(top, bottom, size[0]), _cut(left, right, size[1])
    y, x = np.ogrid[rows.start + 0.5 : rows.stop : 1.0, columns.start + 0.5 : columns.stop : 1.0]
    if stroke.form is Form.RECTANGLE:
        return Touched(rows, columns, (y >= top) & (y <= bottom) & (x >= left) & (x <= right))
    wide, high = max(right - left, 1e-6) / 2, max(bottom - top, 1e-6) / 2
    return Touched(rows, columns, ((x - left - wide) / wide) ** 2 + ((y - top - high) / high) ** 2 <= 1)


def lasso(points: tuple[Point, ...], size: Size) -> Mask:
    """Return what lies inside a closed line through points: (H, W)."""
    image = Image.new("1", (size[1], size[0]))
    if len(points) > 2:
        ImageDraw.Draw(image).polygon([(x, y) for x, y, _ in points], fill=1)
    return np.asarray(image, np.bool_)


def blocks(size: Size, seed: int) -> Mask:
    """Return squares of a grid, about a third of them, that a seed draws: (H, W)."""
    side = max(1, -(-max(size) // BLOCKS_ACROSS))
    rows, columns = -(-size[0] // side), -(-size[1] // side)
    chosen = np.random.Generator(np.random.PCG64(seed)).permutation(rows * columns)
    grid = np.zeros(rows * columns, np.bool_)
    grid[chosen[: max(1, round(BLOCK_SHARE * rows * columns))]] = True
    whole = grid.reshape(rows, columns).repeat(side, 0).repeat(side, 1)
    return np.ascontiguousarray(whole[: size[0], : size[1]])


def lettering(words: str, size: Size) -> Mask:
    """Return a text, as large as fits, in the middle of a canvas: (H, W)."""
    image = Image.new("L", (size[1], size[0]))
    if words.strip():
        draw = ImageDraw.Draw(image)
        left, top, right, bottom = draw.multiline_textbbox((0, 0), words, ImageFont.load_default(100), align="center")
        scale = min(TEXT_SHARE * size[1] / max(1, right - left), TEXT_SHARE * size[0] / max(1, bottom - top))
        font = ImageFont.load_default(max(4, 100 * scale))
        left, top, right, bottom = draw.multiline_textbbox((0, 0), words, font, align="center")
        corner = (size[1] - right - left) / 2, (size[0] - bottom - top) / 2
        draw.multiline_text(corner, words, fill=255, font=font, align="center")
    return np.asarray(image) >= 128


def scaled(mask: Mask, size: Size) -> Mask:
    """Return a mask brought to the size of a canvas."""
    if mask.shape == size:
        return mask
    image = Image.fromarray(mask.astype(np.uint8) * 255).resize((size[1], size[0]), Image.Resampling.BOX)
    return np.asarray(image) >= 128
