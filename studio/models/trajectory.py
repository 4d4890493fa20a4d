"""Sampling along a training: chains of an RBM at many steps of its history, which swap."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from studio.models.noise import Noise
from studio.models.rbm import Rbm


class Trajectory:
    """Parallel trajectory tempering (Bereux, Decelle, Furtlehner, Rosset & Seoane 2024).

    Step t of a history samples p_t(v) ~ exp(-F_t(v)) by Gibbs sweeps of its own. After
    each, neighbours x at t and y at t + 1 swap with probability

        min(1, exp(F_t(x) + F_t+1(y) - F_t(y) - F_t+1(x))),

    pairs (0, 1), (2, 3) ... and (1, 2), (3, 4) ... in turn. The first model, which has learned
    next to nothing, mixes at once, and what it finds travels up to the last. All
    models are of one shape, their hidden units on-off. `visible` is a list of rows
    (chains, visible), `swapped` the share of swaps of each pair of neighbours so far.
    """

    def __init__(self, models: Sequence[Rbm], count: int, noise: Noise) -> None:
        for model in models:
            model.require_on_off("A trajectory")
        self.models, self.noise = tuple(models), noise
        first = self.models[0]
        self.visible = [model.start(count, first.own_size, noise).visible for model in self.models]
        self.mean = self.visible[-1]  # of the last model's visibles
        self._taken = torch.zeros(len(self.models) - 1)
        self._tried = torch.zeros(len(self.models) - 1)
        self.sweeps = 0

    @property
    def swapped(self) -> Tensor:
        return self._taken / self._tried.clamp_min(1)

    def step(self) -> None:
        """Sweep every model's chains, then let neighbours swap."""
        for place, model in enumerate(self.models):
            self.mean = model.visible_given_hidden(model.sample_hidden(self.visible[place], self.noise))
            self.visible[place] = model.sample_visible(self.mean, self.noise)
        for place in range(self.sweeps % 2, len(self.models) - 1, 2):
            self._swap(place)
        self.sweeps += 1

    def _swap(self, place: int) -> None:
        lower, upper = self.models[place], self.models[place + 1]
        x, y = self.visible[place], self.visible[place + 1]
        chance = torch.exp(
            (lower.free_energy(x) + upper.free_energy(y) - lower.free_energy(y) - upper.free_energy(x)).clamp_max(0)
        )
        drawn = self.noise.uniform(tuple(chance.shape)) < chance
        self.visible[place] = torch.where(drawn[:, None], y, x)
        self.visible[place + 1] = torch.where(drawn[:, None], x, y)
        self._taken[place] += float(drawn.float().mean())
        self._tried[place] += 1

    def settle(self) -> None:
        """Take one more sweep of the last model alone, whose mean is then shown: `mean` (chains, visible)."""
        model = self.models[-1]
        self.mean = model.visible_given_hidden(model.sample_hidden(self.visible[-1], self.noise))
