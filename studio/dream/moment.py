"""All that a chain goes on from, put aside and brought back: state, generator, controls, canvas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.chain import Controls, GibbsChain, Size, State
from studio.models.recorded_sweep import rebuilt, tensors_of

Kept = TypeVar("Kept", State, Controls)


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Where a chain stood; its tensors are the chain's own, which no sweep changes, or copies in main memory."""

    state: State
    controls: Controls
    noise: Mapping[str, NDArray[np.uint8]]
    size: Size
    count: int
    sweeps: int
    beta: float = 1.0

    def on(self, device: torch.device | str) -> State:
        """Return the state on a device."""
        return moved(self.state, device, {})

    def tensors(self) -> Iterator[Tensor]:
        yield from tensors_of(self.state)
        yield from tensors_of(self.controls)


def moment_of(chain: GibbsChain) -> Moment:
    """Return where a chain stands now."""
    moves: dict[int, Tensor] = {}
    return Moment(
        moved(chain.state(), "cpu", moves),
        moved(chain.controls, "cpu", moves),
        chain.noise.state(),
        chain.size,
        chain.count,
        chain.sweeps,
        chain.beta,
    )


def go_back(chain: GibbsChain, moment: Moment) -> None:
    """Go on from a moment of this chain, or of another of the same model."""
    moves: dict[int, Tensor] = {}
    device = chain.noise.device
    state = moved(moment.state, device, moves)
    chain.controls = moved(moment.controls, device, moves)
    chain.size, chain.count = moment.size, moment.count
    chain.noise.restore(moment.noise)
    chain.restore(state, moment.sweeps, moment.beta)


def moved(kept: Kept, device: torch.device | str, moves: dict[int, Tensor]) -> Kept:
    """Return a state or controls on a device; what was one tensor there is one here.

    Models tell by this whether a clamp is still the same.
    """

    found: Kept = rebuilt(kept, lambda tensor: moves.setdefault(id(tensor), tensor.to(device)))
    return found


def bytes_of(tensors: Iterable[Tensor]) -> dict[int, int]:
    """Return the bytes of all memory that tensors look into, by its address: what is shared counts once."""
    storages = (tensor.untyped_storage() for tensor in tensors)
    return {storage.data_ptr(): storage.nbytes() for storage in storages}
