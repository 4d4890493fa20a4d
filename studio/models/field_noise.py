"""Random numbers that belong to places on a canvas, so that the order and size of the work never change a picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.noise import Noise

LEVELS = 65_536


class FieldNoise:
    """The noise of one sweep over a canvas: a generator of its own for each block of it.

    `key` is drawn from the chain's noise, so it stands for seed and sweep. On
    the CPU Bernoulli draws compare 16 random bits with the probability, and
    normals are the 65,536 quantiles of the normal distribution, drawn evenly:
    no value beyond 4.3, moments right to one part in 30,000.
    """

    def __init__(
        self, key: int, device: torch.device | str, stream: Callable[[int], torch.Generator] | None = None
    ) -> None:
        self.key = key
        self.device = torch.device(device)
        self._stream = stream  # of a block, where the sweep is recorded

    @classmethod
    def of_sweep(cls, noise: Noise) -> FieldNoise:
        """Return the field of the next sweep of a chain; draws one number from its noise."""
        if noise.streams is not None:
            return cls(*noise.streams.field())
        return cls(noise.key(), noise.device)

    def bernoulli(self, probability: Tensor, block: int) -> Tensor:
        """Return zeros and ones, one with the given probability."""
        return fired(probability, self.levels(tuple(probability.shape), block), torch.empty_like(probability))

    def levels(self, shape: tuple[int, ...], block: int) -> Tensor:
        """Return what `fired` compares probabilities with, evenly spread: 16-bit words, on a GPU float32 in 0..1."""
        if self.device.type != "cpu":
            return torch.rand(shape, generator=self._generator(block), device=self.device)
        return self._words(math.prod(shape), block).view(shape)

    def uniform(self, shape: tuple[int, ...], block: int) -> Tensor:
        """Return float32 uniforms in [0, 1), of 24 random bits."""
        if self.device.type != "cpu":
            return torch.rand(shape, generator=self._generator(block), device=self.device)
        count = math.prod(shape)
        words = self._raw((count + 1) // 2, block).view(np.int32)[:count]
        return torch.from_numpy(words >> 8).to(torch.float32).mul_(2.0**-24).add_(0.5).view(shape)

    def normal(self, shape: tuple[int, ...], block: int) -> Tensor:
        """Return float32 standard normals."""
        if self.device.type != "cpu":
            return torch.randn(shape, generator=self._generator(block), device=self.device)
        place = self._words(math.prod(shape), block).to(torch.int32).add_(LEVELS // 2)
        return torch.index_select(quantiles(), 0, place).view(shape)

    def _words(self, count: int, block: int) -> Tensor:
        """Return 16-bit words as int16."""
        return torch.from_numpy(self._raw((count + 3) // 4, block).view(np.int16)[:count])

    def _raw(self, count: int, block: int) -> NDArray[np.uint64]:
        """Return 64-bit words."""
        words: NDArray[np.uint64] = np.random.SFC64(np.random.SeedSequence((self.key, block))).random_raw(count)
        return words

    def _generator(self, block: int) -> torch.Generator:
        if self._stream is not None:
            return self._stream(block)
        return torch.Generator(device=self.device).manual_seed(seed_of(self.key, block))


def seed_of(key: int, block: int) -> int:
    """Return the seed of a block's generator."""
    return int(np.random.SeedSequence((key, block)).generate_state(1, np.uint64)[0] >> np.uint64(1))


def fired(probability: Tensor, levels: Tensor, out: Tensor) -> Tensor:
    """Return one where a probability is above its level, else zero, in the memory of `out`."""
    if levels.is_floating_point():
        return torch.lt(levels, probability, out=out)
    # One for as many of the 65,536 words as the probability is worth, rounded.
    return torch.add(probability, out.copy_(levels), alpha=-1 / LEVELS, out=out).gt_(0.5 + 0.5 / LEVELS)


@cache
def quantiles() -> Tensor:
    """The normal quantiles of (i + 1/2) / 65,536, scaled to a deviation of exactly 1."""
    values: Tensor = torch.special.ndtri((torch.arange(LEVELS, dtype=torch.float64) + 0.5) / LEVELS)
    return (values / values.square().mean().sqrt()).to(torch.float32)
