"""Synthetic textures with known properties: (H, W, C) in 0..1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


def weave(height: int, width: int, period: float = 11.3) -> Values:
    """A regular texture of two crossed waves; its period is no whole number, so a crop does not tile."""
    down, across = np.mgrid[:height, :width].astype(np.float64)
    wave = np.sin(2 * np.pi * down / period) * np.sin(2 * np.pi * across / (0.8 * period))
    return np.asarray(0.5 + 0.4 * np.sign(wave)[..., None] * np.abs(wave[..., None]) ** 0.3, np.float32)


def noise(height: int, width: int, seed: int = 0, channels: int = 1) -> Values:
    return np.random.default_rng(seed).random((height, width, channels), np.float32)


def pebbles(height: int, width: int, seed: int = 0) -> Values:
    """A stochastic texture of soft discs on a torus."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[:height, :width]
    picture = np.zeros((height, width))
    for y, x in rng.integers(0, (height, width), (height * width // 60, 2)):
        dy = np.abs(down - y)
        dx = np.abs(across - x)
        distance = np.minimum(dy, height - dy) ** 2 + np.minimum(dx, width - dx) ** 2
        picture = np.maximum(picture, np.exp(-distance / 18) * rng.uniform(0.5, 1))
    return picture[..., None].astype(np.float32)
