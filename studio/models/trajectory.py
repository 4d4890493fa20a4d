"""Sampling along a training: chains of an RBM at many steps of its history, which swap."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from studio.models.noise import Noise
from studio.models.rbm import Rbm

LEAST, MOST = 0.15, 0.7  # of swaps between neighbours; the paper aims at a quarter to a third


class Trajectory:
    """Parallel trajectory tempering (Bereux, Decelle, Furtlehner, Rosset & Seoane 2024).

    Step t of a history samples p_t(v) ~ exp(-F_t(v)) by Gibbs sweeps of its own. After
    each, neighbours x at t and y at t + 1 swap with probability

        min(1, exp(F_t(x) + F_t+1(y) - F_t(y) - F_t+1(x))),

    pairs (0, 1), (2, 3) ... and (1, 2), (3, 4) ... in turn. The first model, which has learned
    next to nothing, mixes at once, and what it finds travels up to the last. All
    models are of one shape, their hidden units on-off. `visible` has rows
    (chains, visible) of each.
    """

    def __init__(self, models: Sequence[Rbm], count: int, noise: Noise) -> None:
        for model in models:
            model.require_on_off("A trajectory")
        self.models, self.noise = list(models), noise
        first = self.models[0]
        self.visible = [model.start(count, first.own_size, noise).visible for model in self.models]
        self.sweeps = 0
        self.begin_to_count()

    def begin_to_count(self) -> None:
        """Forget how often neighbours have swapped so far."""
        pairs = len(self.models) - 1
        self._taken, self._tried = torch.zeros(pairs), torch.zeros(pairs)

    @property
    def swapped(self) -> Tensor:
        """The share of swaps of each pair of neighbours since one began to count: (models - 1,)."""
        return self._taken / self._tried.clamp_min(1)

    def step(self) -> None:
        """Sweep every model's chains, then let neighbours swap."""
        for place, model in enumerate(self.models):
            mean = model.visible_given_hidden(model.sample_hidden(self.visible[place], self.noise))
            self.visible[place] = model.sample_visible(mean, self.noise)
        for place in range(self.sweeps % 2, len(self.models) - 1, 2):
            self._swap(place)
        self.sweeps += 1

    def _swap(self, place: int) -> None:
        lower, upper = self.models[place], self.models[place + 1]
        x, y = self.visible[place], self.visible[place + 1]
        gain = lower.free_energy(x) + upper.free_energy(y) - lower.free_energy(y) - upper.free_energy(x)
        drawn = self.noise.uniform((len(x),)) < torch.exp(gain.clamp_max(0))
        self.visible[place] = torch.where(drawn[:, None], y, x)
        self.visible[place + 1] = torch.where(drawn[:, None], x, y)
        self._taken[place] += float(drawn.float().mean())
        self._tried[place] += 1

    def space(self) -> bool:
        """Leave out models whose neighbours swap without them, put one halfway between two that hardly do.

        Halfway is the mean of their parameters: any way from one model to the next
        samples both, and a history that was written down now and then has gaps.
        Tells whether nothing had to be put in.
        """
        swapped = self.swapped.tolist()
        models, visible, whole = [self.models[0]], [self.visible[0]], True
        through = 1.0  # share of swaps between the last of `models` and the next one
        for place, share in enumerate(swapped, 1):
            through *= share
            if place < len(swapped) and through * swapped[place] > MOST:
                continue
            if through < LEAST:
                whole = False
                models.append(halfway(models[-1], self.models[place]))
                visible.append(self.visible[place].clone())
            models.append(self.models[place])
            visible.append(self.visible[place])
            through = 1.0
        self.models, self.visible = models, visible
        self.begin_to_count()
        return whole


def halfway(lower: Rbm, upper: Rbm) -> Rbm:
    """Return the RBM whose parameters are the means of those of two."""
    found = Rbm(upper.spec, upper.shape).to(upper.weights.device)
    others = lower.saved(), upper.saved()
    for name, tensor in found.saved().items():
        tensor.copy_(torch.lerp(others[0][name], others[1][name], 0.5))
    return found
