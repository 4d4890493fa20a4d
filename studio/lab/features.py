"""What a model makes of pictures, as rows of numbers that a classifier can learn from."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import avg_pool2d

from studio.errors import SettingsError
from studio.models.filling import Tell, silent
from studio.models.rbm import Rbm

Values = NDArray[np.float32]
Indices = NDArray[np.int64]
Read = Callable[[Indices], Tensor]  # which pictures -> the pictures (n, C, H, W) in model space
Maps = Callable[[Tensor], tuple[Tensor, ...]]  # pictures -> (n, K, h, w) of each layer

MOST_BYTES = 1 << 29  # of all features together; a classifier needs several times as much
PIXELS_AT_ONCE = 1 << 18
AROUND, EVERY, SMALL = 3, 2, 4  # places averaged over, how far apart, and maps too small for it


@runtime_checkable
class Pooling(Protocol):
    """A model whose layers are maps of pooling units."""

    def pooled(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """P(pool=1|v) of each layer, (n, K, h, w), of pictures (n, C, H, W)."""
        ...


def maps_of(model: object) -> Maps:
    """Return what gives the activations of each layer: pooling units, or an RBM's hidden units as maps of one place.

    Raises
    ------
    SettingsError
        For a model whose hidden units are no features of a whole picture.
    """
    if isinstance(model, Pooling):
        return model.pooled
    if isinstance(model, Rbm):
        return lambda pictures: (model.hidden_given_visible(pictures.flatten(1))[:, :, None, None],)
    raise SettingsError("This model has no features to tell pictures by.", "Judge a convolutional model, or an RBM.")


def gathered(maps: Maps) -> Maps:
    """Return what averages the maps of each layer over 3 x 3 places, every second one; small maps stay.

    What is a little beside its place in another picture is the same to a classifier.
    """
    return lambda pictures: tuple(
        avg_pool2d(layer, AROUND, EVERY, ceil_mode=True) if min(layer.shape[2:]) > SMALL else layer
        for layer in maps(pictures)
    )


def in_batches(chosen: Indices, read: Read, maps: Maps, tell: Tell) -> Iterator[tuple[slice, tuple[Tensor, ...]]]:
    """Yield the maps of some pictures after another, and which rows of `chosen` they are; memory stays bounded."""
    first = read(chosen[:1])
    many = max(1, PIXELS_AT_ONCE // first.numel())
    for start in range(0, len(chosen), many):
        rows = slice(start, min(start + many, len(chosen)))
        yield rows, maps(read(chosen[rows]))
        tell(rows.stop, len(chosen))


def features(chosen: Indices, read: Read, maps: Maps, factor: int = 1, tell: Tell = silent) -> Values:
    """Return the maps of all layers in one row a picture: (n, features), averaged by squares of `factor` places."""
    found: Values | None = None
    for rows, layers in in_batches(chosen, read, maps, tell):
        flat = torch.cat([coarser(layer, factor).flatten(1) for layer in layers], 1).cpu().numpy()
        if found is None:
            found = np.empty((len(chosen), flat.shape[1]), np.float32)
        found[rows] = flat
    return found if found is not None else np.empty((0, 0), np.float32)


def sizes_of(layers: tuple[Tensor, ...], factor: int = 1) -> tuple[int, ...]:
    """Return how many features of a row are of each layer, whose maps are (1, K, h, w)."""
    return tuple(coarser(layer, factor).numel() for layer in layers)


def strongest(chosen: Indices, read: Read, maps: Maps, tell: Tell = silent) -> list[Values]:
    """Return how strongly each filter of each layer answers where it answers most: (n, K) a layer."""
    parts = [
        [layer.amax((2, 3)).cpu().numpy() for layer in layers] for _, layers in in_batches(chosen, read, maps, tell)
    ]
    return [np.concatenate(layer) for layer in zip(*parts, strict=True)]


def factor_for(count: int, layers: tuple[Tensor, ...], most: int = MOST_BYTES) -> int:
    """Return 1, 2, 4 ...: how much coarser maps (1, K, h, w) are made so that `count` rows fit in `most` bytes."""
    largest = max(max(layer.shape[2:]) for layer in layers)
    for power in itertools.count():
        size = sum(layer.shape[1] * math.prod(-(-side // 2**power) for side in layer.shape[2:]) for layer in layers)
        if size * count * 4 <= most or 2**power >= largest:
            return int(2**power)
    raise AssertionError("counting has no end")


def coarser(layer: Tensor, factor: int) -> Tensor:
    """Return maps (n, K, h, w) averaged over squares of `factor`, those at the edge over what there is of them."""
    return layer if factor == 1 else avg_pool2d(layer, factor, ceil_mode=True)
