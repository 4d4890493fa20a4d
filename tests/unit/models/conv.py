"""Small convolutional RBMs, and what they are held against."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

from studio.models.conv_grid import Wrap
from studio.models.conv_rbm import ConvRbm
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, Visible

WRAPS: tuple[Wrap, ...] = ((False, False), (True, True), (True, False), (False, True))


def random_conv(
    spec: ConvSpec | None = None, channels: int = 1, scale: float = 0.6, side: int = 9, seed: int = 3
) -> ConvRbm:
    """Return a model with weights and biases large enough to matter."""
    model = ConvRbm(spec or small(), (channels, side, side))
    noise = Noise(seed)
    model.initialise(noise, scale, bias=-0.4)
    model.hidden_bias += 0.2 * noise.normal(tuple(model.hidden_bias.shape))
    model.visible_bias.copy_(0.3 * noise.normal((channels,)))
    return model


def small(
    filters: int = 3, side: int = 3, block: int = 2, visible: Visible = Visible.GAUSSIAN, deviation: float = 0.8
) -> ConvSpec:
    return ConvSpec(filters, side, block, visible, deviation, first_deviation=2.0)


def plain_up(v: Tensor, weights: Tensor, wrap: Wrap) -> Tensor:
    """corr(v, W) by the library's convolution of a picture continued by hand."""
    further = weights.shape[2] - 1
    if wrap[0]:
        v = pad(v, (0, 0, 0, further), mode="circular")
    if wrap[1]:
        v = pad(v, (0, further, 0, 0), mode="circular")
    return conv2d(v, weights)


def all_places(size: tuple[int, int], model: ConvRbm, wrap: Wrap) -> Tensor:
    """The same machine without sharing: weights (C H W, K H' W'), laid out by hand."""
    height, width = size
    rows, columns = (length if meets else length - model.side + 1 for length, meets in zip(size, wrap, strict=True))
    dense = torch.zeros(model.channels, height, width, model.hidden, rows, columns)
    for row in range(rows):
        for column in range(columns):
            for y in range(model.side):
                for x in range(model.side):
                    at = (row + y) % height, (column + x) % width
                    dense[:, at[0], at[1], :, row, column] += model.weights[:, :, y, x].t()
    return dense.reshape(model.channels * height * width, model.hidden * rows * columns)
