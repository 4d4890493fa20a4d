"""Contrastive divergence whose chains are kept at several temperatures, and swap."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.jobs.feed import Point
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import TrainSettings

SWAP_RATE = 0.05  # weight of the latest update in the running share of swaps


class Tempered(ContrastiveDivergence):
    """Parallel tempering (Desjardins et al. 2010; Cho, Raiko & Ilin 2010) for an `Rbm`.

    Chains sample p_b(v, h) ~ exp(-b E(v, h)) at inverse temperatures b from 1
    evenly down to 1/hottest, coldest first. After every Gibbs sweep neighbours x
    at b and x' at b' swap with probability

        min(1, exp((b - b') (E(x) - E(x')))),

    first pairs (0, 1), (2, 3) ..., then (1, 2), (3, 4) ... Only the chains at b = 1
    are counted. Shapes: chains (temperatures * chains, visible).
    """

    def __init__(self, model: Rbm, settings: TrainSettings, mean: Tensor, noise: Noise) -> None:
        super().__init__(model, settings, mean, noise)
        self.inverse = torch.linspace(1, 1 / settings.hottest, settings.temperatures, device=noise.device)
        self.swap_rate = torch.ones((), device=noise.device)

    def figures(self, step: int) -> list[Point]:
        """Return the running share of neighbours that swap."""
        return [("swap_rate", step, float(self.swap_rate))]

    def _negative(self, _data: Tensor, _data_hidden: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """Sweep and swap all chains; returns those at b = 1 and P(h|v) there."""
        assert self.chains is not None
        assert self.chain_hidden is not None
        v, h, swapped = self.chains, self.chain_hidden, self.swap_rate
        for _ in range(steps):
            v, h, energy = self.sweep(h)
            v, h, swapped = self.swap(v, h, energy)
        self.chains, self.chain_hidden = v, h
        self.swap_rate.lerp_(swapped, SWAP_RATE)
        cold = v[: len(v) // len(self.inverse)]
        return cold, self.model.hidden_given_visible(cold)

    def sweep(self, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Draw v ~ p_b(v|h), then h ~ p_b(h|v), each row at its own b; returns both and E(v, h) of each row."""
        model, noise = self.model, self.noise
        b = self.inverse.repeat_interleave(len(h) // len(self.inverse))[:, None]
        total = model.visible_input(h)
        if model.gaussian:
            deviation = torch.exp(0.5 * model.log_variance) / b.sqrt()
            v = torch.addcmul(total, noise.normal(tuple(total.shape)), deviation)
        else:
            v = noise.bernoulli(total.mul_(b).sigmoid_())
        up = model.hidden_input(v)
        h = noise.bernoulli(torch.sigmoid(up * b))
        return v, h, model.visible_energy(v) - (up * h).sum(1)

    def swap(self, v: Tensor, h: Tensor, energy: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Let neighbours swap; returns the rows as they then stand, and the share of pairs that swapped."""
        count, chains = len(self.inverse), len(v) // len(self.inverse)
        order = torch.arange(len(v), device=v.device).view(count, chains)
        energies = energy.view(count, chains).clone()
        swapped, pairs = torch.zeros((), device=v.device), 0
        for first in (0, 1):
            colder = torch.arange(first, count - 1, 2, device=v.device)
            if not len(colder):
                continue
            warmer = colder + 1
            chance = swap_probability(
                self.inverse[colder, None], self.inverse[warmer, None], energies[colder], energies[warmer]
            )
            drawn = self.noise.uniform(tuple(chance.shape)) < chance
            for rows in (order, energies):
                cold, warm = rows[colder], rows[warmer]
                rows[colder], rows[warmer] = torch.where(drawn, warm, cold), torch.where(drawn, cold, warm)
            swapped, pairs = swapped + drawn.sum(), pairs + drawn.numel()
        order = order.flatten()
        return v[order], h[order], swapped / pairs

    def _tensors(self) -> dict[str, Tensor]:
        return {**super()._tensors(), "swap_rate": self.swap_rate}


def swap_probability(colder: Tensor, warmer: Tensor, energy: Tensor, other: Tensor) -> Tensor:
    """min(1, exp((b - b') (E - E'))) of states with these energies at inverse temperatures b and b'."""
    return torch.exp(((colder - warmer) * (energy - other)).clamp_max(0))
