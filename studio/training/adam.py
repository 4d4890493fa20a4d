"""Adam (Kingma & Ba 2015), by hand: torch's own costs seconds to import."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

FIRST = 0.9
SECOND = 0.999
SMALL = 1e-8


class Adam:
    """Running moments of each parameter's gradient; a step goes about the rate, whatever the gradient's scale."""

    def __init__(self) -> None:
        self._moments: dict[str, tuple[Tensor, Tensor, int]] = {}

    def add_to(self, name: str, target: Tensor, gradient: Tensor, rate: float) -> None:
        """Move `target` up its gradient: rate m / (sqrt(v) + eps), both moments corrected for their start at 0."""
        first, second, steps = self._moments.get(name) or (torch.zeros_like(target), torch.zeros_like(target), 0)
        steps += 1
        first.lerp_(gradient, 1 - FIRST)
        second.mul_(SECOND).addcmul_(gradient, gradient, value=1 - SECOND)
        root = (second / (1 - SECOND**steps)).sqrt_().add_(SMALL)
        target.addcdiv_(first, root, value=rate / (1 - FIRST**steps))
        self._moments[name] = (first, second, steps)

    def clear(self) -> None:
        self._moments.clear()

    def state(self) -> dict[str, Tensor]:
        """Return the moments and the number of steps of each parameter, by name."""
        state: dict[str, Tensor] = {}
        for name, (first, second, steps) in self._moments.items():
            state |= {f"first.{name}": first, f"second.{name}": second, f"steps.{name}": torch.tensor(steps)}
        return state

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a state that `state` returned."""
        names = [name.removeprefix("first.") for name in state if name.startswith("first.")]
        self._moments = {
            name: (state[f"first.{name}"], state[f"second.{name}"], int(state[f"steps.{name}"])) for name in names
        }
