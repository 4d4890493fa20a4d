"""Adam (Kingma & Ba 2015), by hand: torch's own costs seconds to import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

FIRST = 0.9
SECOND = 0.999
SMALL = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A parameter, by name, that is to go up its gradient at this rate."""

    name: str
    target: Tensor
    gradient: Tensor
    rate: float


class Adam:
    """Running moments of each parameter's gradient; a step goes about the rate, whatever the gradient's scale."""

    def __init__(self) -> None:
        self._moments: dict[str, tuple[Tensor, Tensor, int]] = {}

    def add_to(self, name: str, target: Tensor, gradient: Tensor, rate: float) -> None:
        """Move `target` up its gradient: rate m / (sqrt(v) + eps), both moments corrected for their start at 0."""
        first, second, steps = self._next(name, target)
        first.lerp_(gradient, 1 - FIRST)
        second.mul_(SECOND).addcmul_(gradient, gradient, value=1 - SECOND)
        root = (second / (1 - SECOND**steps)).sqrt_().add_(SMALL)
        target.addcdiv_(first, root, value=rate / (1 - FIRST**steps))

    def add_each(self, moves: Sequence[Move]) -> None:
        """As `add_to` of each; on a GPU all of them together, which would wait longer for launches than for sums."""
        if not moves or moves[0].target.device.type == "cpu":
            for move in moves:
                self.add_to(move.name, move.target, move.gradient, move.rate)
        else:
            self.add_together(moves)

    def add_together(self, moves: Sequence[Move]) -> None:
        """The same numbers by operations that each take all parameters."""
        every = [self._next(move.name, move.target) for move in moves]
        firsts, seconds = [first for first, _, _ in every], [second for _, second, _ in every]
        steps = [count for _, _, count in every]
        gradients = [move.gradient for move in moves]
        torch._foreach_lerp_(firsts, gradients, 1 - FIRST)
        torch._foreach_mul_(seconds, SECOND)
        torch._foreach_addcmul_(seconds, gradients, gradients, 1 - SECOND)
        roots = torch._foreach_div(seconds, [1 - SECOND**count for count in steps])
        torch._foreach_sqrt_(roots)
        torch._foreach_add_(roots, SMALL)
        rates = [move.rate / (1 - FIRST**count) for move, count in zip(moves, steps, strict=True)]
        torch._foreach_addcdiv_([move.target for move in moves], firsts, roots, rates)

    def _next(self, name: str, target: Tensor) -> tuple[Tensor, Tensor, int]:
        """Return both moments of a parameter, and which step this is."""
        first, second, steps = self._moments.get(name) or (torch.zeros_like(target), torch.zeros_like(target), 0)
        self._moments[name] = first, second, steps + 1
        return self._moments[name]

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
