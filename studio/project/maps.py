"""What each filter of a convolutional model sees at each place of a picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.fit import upright
from studio.data.imageset import ImageSet
from studio.errors import Cancelled, DataError, DeviceError, SettingsError
from studio.jobs.frames import LayerMaps, MapsFrame, publish
from studio.models.cdbn import Cdbn
from studio.models.conv_rbm import ConvRbm, pooled_maps
from studio.models.kinds import FLOAT_BYTES
from studio.project.looks import seen_by
from studio.project.taking import taken
from studio.project.trained import Trained

Values = NDArray[np.float32]

LARGEST_SHOWN = 1024  # pixels of the longer side of a picture that is looked at
MOST_SHOWN = 1 << 22  # units of a layer's maps that are
COPIES = 3  # of all maps at once: those of the round before, those of this one, and what is published


def never() -> bool:
    """Return that nobody has cancelled."""
    return False


def maps_of(trained: Trained, picture: Values, layer: int = 0) -> Values:
    """Return P(pool=1) of each filter of a layer over a picture (H, W, C) in 0..1: (K, rows, columns).

    With several layers each is given its neighbours', by mean field. Raises
    SettingsError where the model has no such layer, or no maps.
    """
    model = with_maps(trained)
    if layer >= len(model.layers()):
        raise SettingsError(f"This model has no layer {layer + 1}.", f"Choose 1 to {len(model.layers())}.")
    return every_map(trained, in_model_space(trained, picture))[layer]


@torch.no_grad()
def every_map(trained: Trained, seen: Tensor, cancelled: Callable[[], bool] = never) -> tuple[Values, ...]:
    """Return P(pool=1) of each filter over one picture (1, C, H, W) in model space: (K, rows, columns) of each layer.

    Raises SettingsError where the model has no maps, and Cancelled as soon as
    `cancelled`, asked now and then, says so.
    """

    def between() -> None:
        if cancelled():
            raise Cancelled

    model = with_maps(trained)
    v = model.whole(seen)
    between()
    every = model.mean_field(v, between=between) if isinstance(model, Cdbn) else (model.hidden_given_visible(v),)
    pooled = (pooled_maps(maps, block)[0] for maps, (_, block) in zip(every, model.stack, strict=True))
    return tuple(maps.cpu().numpy() for maps in pooled)


def with_maps(trained: Trained) -> ConvRbm | Cdbn:
    """Return the model, which has maps; raises SettingsError where it has none."""
    if not isinstance(trained.model, ConvRbm | Cdbn):
        raise SettingsError(
            "This model has no maps: its filters see whole pictures or tiles.", "Only convolutional models have."
        )
    return trained.model


def in_model_space(trained: Trained, picture: Values) -> Tensor:
    """Return a picture (H, W, C) in 0..1 as the model takes it, (1, C, H, W)."""
    return trained.to_model(np.ascontiguousarray(np.moveaxis(picture, 2, 0))[None])


def picture_at(path: Path, trained: Trained) -> Values:
    """Return a picture file as the model takes it, (H, W, C) in 0..1: materials at their size, others at its own."""
    return upright(taken(path, trained.model, trained.recipe.preprocess, transparency=False).pixels)


def maps_sheet(maps: Values) -> Values:
    """Return maps (K, rows, columns) as pictures (K, rows, columns, 1), the strongest answer of all white."""
    largest = float(maps.max())
    return (maps / largest if largest > 0 else maps)[..., None]


def maps_in_file(
    trained: Trained, path: Path, memory: int | None = None, cancelled: Callable[[], bool] = never
) -> MapsFrame:
    """Return the maps of every layer over a picture file; raises StudioError where it cannot be looked at."""
    with_maps(trained)
    picture = picture_at(path, trained)
    check_room(trained, picture, memory)
    maps = every_map(trained, in_model_space(trained, picture), cancelled)
    return framed(trained, path.name, picture, maps)


def maps_in_training(
    trained: Trained,
    images: ImageSet | None,
    index: int,
    memory: int | None = None,
    cancelled: Callable[[], bool] = never,
) -> MapsFrame:
    """Return the maps of every layer over one of the pictures that are learned from, counted round and round.

    Of large pictures, which crops are learned from, the whole is seen.
    """
    model = with_maps(trained)
    if images is None or not len(images) or images.shape != model.shape:
        raise DataError("The pictures at hand are not the model's.", "Drop the model's pictures on the window.")
    count = len(images.exemplars) or len(images)
    index %= count
    if images.exemplars:
        used = [verdict.name for verdict in images.verdicts if verdict.used]
        name = used[index] if len(used) == count else f"picture {index + 1}"  # one file may hold many
        picture = upright(images.exemplars[index])
        check_room(trained, picture, memory)
        seen = in_model_space(trained, picture)
    else:
        name, picture = images.names[index], upright(images.pixels[index])
        seen = seen_by(trained, images, np.array([index]))
    return framed(trained, name, picture, every_map(trained, seen, cancelled), index, count)


def framed(
    trained: Trained, name: str, picture: Values, every: tuple[Values, ...], index: int = -1, count: int = 0
) -> MapsFrame:
    model = with_maps(trained)
    layers, stride = [], 1
    for (layer, _), maps, spec, field in zip(model.layers(), every, model.spec.layers, model.spec.fields, strict=True):
        pooled = field + (spec.block - 1) * stride
        stride *= spec.block
        times = math.ceil(math.sqrt(maps.size / MOST_SHOWN))
        most, mean = (publish(value) for value in (maps.max(axis=(1, 2)), maps.mean(axis=(1, 2))))
        seen = pooled + (times - 1) * stride
        layers.append(LayerMaps(layer, publish(strongest(maps, times)), most, mean, seen, times * stride))
    reduction = math.ceil(max(picture.shape[:2]) / LARGEST_SHOWN)
    return MapsFrame(name, publish(means(picture, reduction)), reduction, tuple(layers), index, count)


def strongest(maps: Values, times: int) -> Values:
    """Return maps (K, rows, columns) by the strongest unit of each block of `times` x `times`."""
    if times == 1:
        return maps
    count, *sides = maps.shape
    beyond = [(0, 0), *((0, -side % times) for side in sides)]
    blocks = np.pad(maps, beyond).reshape(count, -(-sides[0] // times), times, -1, times)
    found: Values = blocks.max(axis=(2, 4))
    return found


def means(picture: Values, times: int) -> Values:
    """Return a picture (H, W, C) by the means of blocks of `times` x `times`, its border repeated to whole ones."""
    if times == 1:
        return picture
    height, width, channels = picture.shape
    padded = np.pad(picture, [(0, -height % times), (0, -width % times), (0, 0)], mode="edge")
    blocks = padded.reshape(-(-height // times), times, -1, times, channels)
    found: Values = blocks.mean(axis=(1, 3), dtype=np.float32)
    return found


def check_room(trained: Trained, picture: Values, memory: int | None) -> None:
    """Raise DeviceError when so many bytes are too few for the maps of a picture; None is unknown, and enough."""
    height, width, channels = picture.shape
    each = with_maps(trained).spec.each((channels, height, width))
    needed = COPIES * FLOAT_BYTES * sum(spec.filters * math.prod(spec.map_size(shape)) for spec, shape in each)
    if memory is not None and needed > memory:
        raise DeviceError(
            f"The maps of a picture of {width} x {height} px need about {needed / 1e9:.1f} GB of memory, "
            f"{memory / 1e9:.1f} GB are free.",
            "Choose a smaller picture.",
        )
