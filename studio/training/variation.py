"""What is done to pictures each time they are learned from, so that a few teach as much as many."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from studio.models.code_spec import CodeSpec
from studio.models.noise import Noise
from studio.models.placing import placed
from studio.training.corruption import zoomed

# At the most, either way.
TURN = math.radians(16)
SHIFT = 0.06  # of a side
SCALE = 0.16
STRETCH = 0.1  # of the width alone
CONTRAST = 0.4
BRIGHTNESS = 0.2
SHADE = 0.2  # from the middle to the right border


def anew(pictures: Tensor, spec: CodeSpec, noise: Noise) -> Tensor:
    """Return pictures (n, C, H, W) in 0..1 as this spec has them varied: random parts, placed and lit otherwise."""
    return varied(zoomed(pictures, spec.zoom, noise), spec.vary, noise)


def varied(pictures: Tensor, much: float, noise: Noise) -> Tensor:
    """Return each picture (n, C, H, W) turned, shifted, scaled and stretched a little, and lit otherwise.

    `much` is a share of the most that is done. Beyond a border lie its own pixels.
    """
    if much == 0:
        return pictures
    turn, scale, stretch, across, down, contrast, brightness, shade = much * (2 * noise.uniform((8, len(pictures))) - 1)
    put = placed(
        pictures,
        across=2 * SHIFT * across,
        down=2 * SHIFT * down,
        turn=TURN * turn,
        scale=1 + SCALE * scale,
        stretch=1 + STRETCH * stretch,
        slant=torch.zeros_like(turn),
    )
    columns = torch.linspace(-1, 1, pictures.shape[3], device=pictures.device)
    light = BRIGHTNESS * brightness[:, None] + SHADE * shade[:, None] * columns
    gain = 1 + CONTRAST * contrast
    lit: Tensor = (put - 0.5) * gain[:, None, None, None] + 0.5 + light[:, None, None, :]
    return lit.clamp(0, 1)
