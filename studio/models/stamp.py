"""A filter as a picture to stamp with: put on a canvas, it is what its hidden units answer to most."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.build import Model
from studio.models.chain import Size
from studio.models.latent_rbm import LatentRbm
from studio.models.spec import Visible
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm

STRONG = 2.0  # deviations of the pictures at a filter's strongest pixel


def stamped(model: Model, unit: int, size: Size, at: tuple[int, int]) -> Tensor:
    """Return a canvas full of copies of one filter, (C, H, W) in model space.

    One that sees the whole picture is laid over it; others lie side by side, one of them
    centred on `at` (row, column) or, of tiled models, where its units are. `unit`
    counts the filters of all layers. Raises SettingsError where there are not so many.
    """
    drawn, corner = filter_of(model, unit)
    drawn = drawn / drawn.abs().max().clamp_min(1e-12)
    height, width = drawn.shape[1:]
    if corner is None:
        whole = (height, width) == size
        corner = (0, 0) if whole else (at[0] - height // 2, at[1] - width // 2)
    rows = (torch.arange(size[0], device=drawn.device) - corner[0]) % height
    columns = (torch.arange(size[1], device=drawn.device) - corner[1]) % width
    laid = drawn[:, rows][:, :, columns]
    return 0.5 + 0.5 * laid if bounded(model) else STRONG * laid


def filter_of(model: Model, unit: int) -> tuple[Tensor, tuple[int, int] | None]:
    """Return a filter (C, h, w) and, of tiled models, the row and column that its copies begin at."""
    if isinstance(model, TiledRbm):
        return model.filters()[checked(model, unit)], model.offsets[unit // model.spec.filters]
    if isinstance(model, TiledPyramid):
        below = checked(model, unit)
        for number, level in enumerate(model.each):
            if below < level.hidden:
                drawn, (row, column) = level.filters()[below], level.offsets[below // level.spec.filters]
                times = 2**number
                return drawn.repeat_interleave(times, 1).repeat_interleave(times, 2), (row * times, column * times)
            below -= level.hidden
    below = checked(model, unit)
    for layer, (_, count) in enumerate(model.layers()):
        if below < count:
            return model.filters(layer)[below], None
        below -= count
    raise AssertionError("a filter that was counted belongs to a layer")


def checked(model: Model, unit: int) -> int:
    count = sum(count for _, count in model.layers())
    if not 0 <= unit < count:
        raise SettingsError("That filter is none of this model's.", "Choose another one among the filters.")
    return unit


def bounded(model: Model) -> bool:
    """Tell whether pictures of the model lie in 0..1, not about 0."""
    if isinstance(model, TiledRbm | TiledPyramid):
        return False
    return isinstance(model, LatentRbm) or model.spec.visible is Visible.BERNOULLI
