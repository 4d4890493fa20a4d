"""GibbsChain: the one instrument that canvas, player, fills and lab play, whatever the model."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from studio.models.noise import Noise


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Where a chain stands: the drawn visibles, their mean given the hiddens, and the hiddens of each layer."""

    visible: Tensor  # (n, visible)
    mean: Tensor  # (n, visible)
    hiddens: tuple[Tensor, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Controls:
    """What the player turns; acts at the next sweep.

    Temperature divides the energy. `mask` is true where pixels are clamped to
    `known` (both in model space). `gain` and `hold` have one value a hidden
    unit: gain 0 mutes, hold 1 keeps the unit on.
    """

    temperature: float = 1.0
    rho: float = 0.0
    known: Tensor | None = None
    mask: Tensor | None = None
    gain: Tensor | None = None
    hold: Tensor | None = None


class Instrument(Protocol):
    """What the canvas may ask of any model."""

    any_size: bool
    multiple: int

    def start(self, count: int, noise: Noise, picture: Tensor | None = None) -> State: ...

    def sweep(self, state: State, controls: Controls, noise: Noise) -> State: ...

    def upward(self, picture: Tensor) -> State: ...

    def layers(self) -> tuple[tuple[str, int], ...]: ...

    def filters(self) -> Tensor: ...


class GibbsChain:
    """A model, a state, a generator of its own and controls.

    Its noise is not the training's: looking at a dream never changes what is learned.
    """

    def __init__(self, model: Instrument, count: int, noise: Noise, controls: Controls | None = None) -> None:
        self.model = model
        self.count = count
        self.noise = noise
        self.controls = controls or Controls()
        self.sweeps = 0
        self._state = model.start(count, noise)

    def start(self, picture: Tensor | None = None) -> None:
        """Begin anew from noise, or from a picture in model space."""
        self._state = self._clamped(self.model.start(self.count, self.noise, picture))
        self.sweeps = 0

    def step(self, sweeps: int = 1) -> None:
        """Take that many Gibbs sweeps."""
        for _ in range(sweeps):
            self._state = self.model.sweep(self._state, self.controls, self.noise)
        self.sweeps += sweeps

    def mean(self) -> Tensor:
        """Mean of the visibles given the hiddens, in model space: (n, visible)."""
        return self._state.mean

    def sample(self) -> Tensor:
        """The drawn visibles, in model space: (n, visible)."""
        return self._state.visible

    def clamp(self, known: Tensor | None, mask: Tensor | None) -> None:
        """Hold pixels where `mask` is true at `known`, exactly, from now on; None sets all free."""
        self.controls = dataclasses.replace(self.controls, known=known, mask=mask)
        self._state = self._clamped(self._state)

    def state(self) -> State:
        return self._state

    def restore(self, state: State, sweeps: int = 0) -> None:
        """Continue from a state that `state` returned."""
        self._state = state
        self.sweeps = sweeps

    def _clamped(self, state: State) -> State:
        known, mask = self.controls.known, self.controls.mask
        if known is None or mask is None:
            return state
        return dataclasses.replace(state, visible=known.where(mask, state.visible), mean=known.where(mask, state.mean))
