"""The one source of randomness of a run or a canvas: explicit, seeded, restorable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

if TYPE_CHECKING:
    from studio.models.streams import Streams

WORDS = 2**64 - 1
KEYS = 2**62


class Noise:
    """Random bits for Gibbs sampling on one device.

    On the CPU Bernoulli draws compare 16-bit uniforms cut from SFC64's raw words
    with the probability rounded to 1/65536, at about a fifth of the cost of
    `torch.rand`. A unit whose probability is below 7.6e-6 therefore never fires,
    one within 7.6e-6 of 1 always does; at 784 pixels that is less than .006
    pixels a picture. Elsewhere `torch.rand` is compared in full precision. A
    probability that is not a number never fires. The same seed gives the same
    draws on a device.
    """

    def __init__(self, seed: int, device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)
        self._words = np.random.Generator(np.random.SFC64(seed))
        self._generator = torch.Generator(device=self.device)
        self._generator.manual_seed(seed)
        self._shift = torch.tensor(-32768.5)
        self.streams: Streams | None = None  # what fields of noise draw from while a sweep is recorded

    @property
    def generator(self) -> torch.Generator:
        """Where all but the host's words comes from."""
        return self._generator

    def renew(self, state: Tensor) -> None:
        """Draw from a new generator in this state, where the old one is not to be used any more."""
        self._generator = torch.Generator(device=self.device)
        self._generator.set_state(state)

    def key(self) -> int:
        """Return what stands for seed and sweep of a field of noise; no GPU is waited for."""
        if self.device.type != "cpu":
            return int(self._words.integers(KEYS))
        return int(self.integers(KEYS, (1,)))

    def draw_with(self, other: Noise) -> None:
        """Draw from the other's stream from now on: each goes on where the other stands."""
        self._words, self._generator = other._words, other._generator

    def bernoulli(self, probability: Tensor) -> Tensor:
        """Return a float tensor of zeros and ones, one with the given probability."""
        if self.device.type != "cpu":
            return (self.uniform(probability.shape) < probability).to(probability.dtype)
        count = probability.numel()
        words = self._words.integers(0, WORDS, size=(count + 3) // 4, dtype=np.uint64, endpoint=True)
        uniform = torch.from_numpy(words.view(np.int16)[:count]).view(probability.shape)
        # The half between two whole numbers rounds; as floats, so that 0 never fires and 1 always does.
        return torch.add(self._shift, probability, alpha=65536).gt_(uniform.to(probability.dtype))

    def uniform(self, shape: tuple[int, ...]) -> Tensor:
        """Return float32 uniforms on [0, 1)."""
        return torch.rand(shape, generator=self._generator, device=self.device)

    def normal(self, shape: tuple[int, ...]) -> Tensor:
        """Return float32 standard normals."""
        return torch.randn(shape, generator=self._generator, device=self.device)

    def poisson(self, mean: float) -> int:
        """Return one whole number from a Poisson distribution."""
        return int(self._words.poisson(mean))

    def gamma(self, shape: float, scale: float) -> float:
        """Return one number from a Gamma distribution of mean shape times scale."""
        return float(self._words.gamma(shape, scale))

    def integers(self, high: int, shape: tuple[int, ...]) -> Tensor:
        """Return int64 uniforms on 0..high-1."""
        return torch.randint(high, shape, generator=self._generator, device=self.device)

    def state(self) -> dict[str, NDArray[np.uint8]]:
        """Return the state of both generators as bytes."""
        words = self._words.bit_generator.state
        numbers = np.concatenate(
            [words["state"]["state"], np.array([words["has_uint32"], words["uinteger"]], np.uint64)]
        )
        return {
            "words": numbers.view(np.uint8).copy(),
            "generator": self._generator.get_state().cpu().numpy().copy(),
        }

    def restore(self, state: Mapping[str, NDArray[np.uint8]]) -> None:
        """Continue from a state that `state` returned."""
        numbers = np.ascontiguousarray(state["words"]).view(np.uint64)
        self._words.bit_generator.state = {
            "bit_generator": "SFC64",
            "state": {"state": numbers[:-2].copy()},
            "has_uint32": int(numbers[-2]),
            "uinteger": int(numbers[-1]),
        }
        self._generator.set_state(torch.from_numpy(np.array(state["generator"], np.uint8)))
