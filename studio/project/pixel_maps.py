"""Maps as large as the picture, for games and Blender: heights, the strongest filter of each pixel, every filter."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from studio.data.still import whole_levels
from studio.dream.take import amount
from studio.errors import DeviceError, SettingsError
from studio.jobs.stepwise import Stepwise
from studio.models.cdbn import Cdbn
from studio.models.chain import Controls, GibbsChain, Size
from studio.models.conv_canvas import Canvas
from studio.models.conv_rbm import ConvRbm
from studio.models.kinds import FLOAT_BYTES
from studio.models.tiled_canvas import cut_to, laid
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import torus
from studio.models.torus import resampled
from studio.project.map_files import MapWish, PixelMap, Take
from studio.project.trained import Trained

Values = NDArray[np.float32]

COPIES = 3  # of all answers at once, while they are made
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)  # ITU-R BT.709


def height_map(picture: Values) -> Values:
    """Return the luminance of a picture (H, W, C) in 0..1: (H, W)."""
    return picture[..., 0] if picture.shape[2] == 1 else np.asarray(picture @ LUMINANCE, np.float32)


def check_maps(trained: Trained) -> None:
    """Raise SettingsError where the model's filters have no places in a picture."""
    if not isinstance(trained.model, ConvRbm | Cdbn | TiledRbm | TiledPyramid):
        raise SettingsError(
            "This model has no maps: its filters see whole pictures.", "Only convolutional and texture models have."
        )


def check_map_room(chain: GibbsChain, trained: Trained, memory: int | None) -> None:
    """Raise DeviceError when so many bytes are too few for the answers of all filters; None is unknown, and enough."""
    filters, model = trained.model.layers()[0][1], trained.model
    each = model.tile if isinstance(model, TiledRbm | TiledPyramid) else 1
    height, width = chain.size
    needed = COPIES * FLOAT_BYTES * filters * height * width // each**2
    if memory is not None and needed > memory:
        raise DeviceError(
            f"The maps of {width} x {height} px need {amount(needed)} of memory, {amount(memory)} are free.",
            "Choose a smaller canvas, or the height map alone.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """P(h=1|v) of one filter at each pixel, and what filters are compared by there, both (H, W).

    That is the input of texture models' hiddens: many of their probabilities are 1 to the last digit.
    """

    probability: Values
    strength: Values


@torch.no_grad()
def filter_maps(chain: GibbsChain, trained: Trained) -> Iterator[Answer]:
    """Yield the answers of each filter of the first layer over what one chain shows, as large as it.

    Of a convolutional model a pixel has the unit whose filter is centred on it,
    and at borders that meet nothing the nearest; of a texture model that of the tile
    it lies in. v is the mean of the visibles. Raises SettingsError where there are no maps or several chains.
    """
    check_maps(trained)
    if chain.count > 1:
        raise SettingsError("Maps are those of one chain.", "Choose one chain.")
    model, seen, controls = chain.model, chain.mean(), plain(chain.controls)
    if isinstance(model, ConvRbm | Cdbn):
        layer = model.each[0] if isinstance(model, Cdbn) else model
        yield from convolved(layer, model.canvas(chain.size, controls.wrap), seen, controls)
    elif isinstance(model, TiledRbm | TiledPyramid):
        level = model.each[0] if isinstance(model, TiledPyramid) else model
        yield from tiled(level, seen, chain.size, controls)


def plain(controls: Controls) -> Controls:
    """Return the controls that say which borders meet and which texture is seen, and nothing of how a dream is played.

    A lean laid out on the canvas is of its shown size, as the picture is.
    """
    return Controls(wrap=controls.wrap, lean=controls.lean)


def convolved(layer: ConvRbm, canvas: Canvas, seen: Tensor, controls: Controls) -> Iterator[Answer]:
    maps = layer.maps(canvas.laid(seen), dataclasses.replace(controls, lean=None))[0]
    inner, before = canvas.inner, (layer.side - 1) // 2
    for one in maps:
        placed = one[None, None]
        for dimension, meets in ((2, canvas.wrap[0]), (3, canvas.wrap[1])):
            if meets:
                placed = placed.roll(before, dimension)
            else:
                after = layer.side - 1 - before
                edges = (before, after, 0, 0) if dimension == 3 else (0, 0, before, after)
                placed = pad(placed, edges, mode="replicate")
        # resampling may go a little beyond what is a probability
        probability = as_values(resampled(placed[:, :, : inner[0], : inner[1]], canvas.size).clamp(0, 1))
        yield Answer(probability, probability)


def tiled(level: TiledRbm, seen: Tensor, size: Size, controls: Controls) -> Iterator[Answer]:
    planes, n = laid(seen, size, level.tile, controls.wrap), level.tile
    rows, columns = planes.shape[3:5]
    answers = seen.new_empty((*level.units, rows, columns))
    weights, biases = level.upward_weights(), level.biases(rows, columns, controls)
    for _, first, grid in level.strips(planes):
        cutter = level.cutter(grid)
        torus(grid, planes, first, cutter.planes)
        for part, of in enumerate(cutter.parts):
            total = level.hidden_input(cutter, part, weights, biases, first)
            answers[of, :, first : first + grid.rows] = total.view(-1, level.spec.filters, grid.rows, columns)
    for offset, filters in zip(level.offsets, answers, strict=True):
        for one in filters:
            whole = one.repeat_interleave(n, 0).repeat_interleave(n, 1).roll(offset, (0, 1))
            placed = cut_to(whole[None, None], size, controls.wrap)
            yield Answer(as_values(placed.sigmoid()), as_values(placed))


def as_values(placed: Tensor) -> Values:
    """Return one map (1, 1, H, W) as an array (H, W)."""
    found: Values = placed[0, 0].cpu().numpy()
    return found


def id_map(maps: Iterator[Values], count: int) -> Stepwise[NDArray[np.uint16]]:
    """Return for each pixel the number, from 0, of the filter that answers most strongly: (H, W); a step is a map."""
    best, found = np.zeros(0, np.float32), np.zeros(0, np.uint16)
    for number, one in enumerate(maps):
        if number == 0:
            best, found = one, np.zeros(one.shape, np.uint16)
        else:
            found[one > best] = number
            best = np.maximum(best, one)
        yield number + 1, count
    return found


def taken_maps(chain: GibbsChain, trained: Trained, picture: Values, wish: MapWish, take: Take) -> Stepwise[int]:
    """Hand each map that is wanted of one chain, which shows `picture`, to `take`; the result is their number."""
    count = trained.model.layers()[0][1] if wish.ids or wish.filters else 0
    total, done = wish.height + count, 0
    if wish.height:
        take(PixelMap("height", sixteen(height_map(picture))))
        done += 1
        yield done, total
    if not count:
        return done

    def maps() -> Iterator[Values]:
        for number, one in enumerate(filter_maps(chain, trained)):
            if wish.filters:
                take(PixelMap(f"filter-{number:04d}", sixteen(one.probability)))
            yield one.strength

    ids = yield from id_map(maps(), count)
    if wish.ids:
        take(PixelMap("ids", ids))
    return wish.height + wish.ids + wish.filters * count


def sixteen(values: Values) -> NDArray[np.uint16]:
    """Return values in 0..1 as 16-bit numbers."""
    return whole_levels(values, 16).astype(np.uint16, copy=False)
