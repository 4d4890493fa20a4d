"""Persistent contrastive divergence whose chains are driven by fast weights."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.training.rules import ContrastiveDivergence, Parts
from studio.training.settings import TrainSettings
from studio.training.terms import Term

KEEP = 0.95  # 19/20 of the fast weights are left after each update (Tieleman & Hinton 2009)


class FastPersistent(ContrastiveDivergence):
    """FPCD-k (Tieleman & Hinton, ICML 2009) for an `Rbm`.

    Chains run in a machine of weights W + F, and so do the hidden probabilities
    of the negative statistics; those of the data are the model's own. W and F
    learn along the same direction: W as the trainer has it, F at the run's first
    rate throughout, whatever the schedule does to W's,

        F <- 19/20 F + rate direction,

    so that the ground gives way below chains that stand still. F belongs to the
    rule and never enters the model.
    """

    def __init__(self, model: Rbm, settings: TrainSettings, mean: Tensor, noise: Noise) -> None:
        super().__init__(model, settings, mean, noise)
        self.fast = {
            name: torch.zeros_like(tensor) for name, tensor in model.learned().items() if name != "log_variance"
        }
        self._driven = Rbm(model.spec, model.shape).to(noise.device)

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of each parameter for a batch, and let the fast weights follow it."""
        found = super().terms(batch, settings)
        rate = settings.learning_rate * within(found["weights"], settings.gradient_limit)
        for name, fast in self.fast.items():
            found[name].add_to(fast, KEEP, rate)
        return found

    def recordable(self, settings: TrainSettings) -> Parts | None:
        """Return all of `terms`, unless the host has to know how long a direction is."""
        return Parts(self.terms) if settings.gradient_limit <= 0 else None

    def _dreamer(self) -> Rbm:
        driven = self._driven.learned()
        for name, tensor in self.model.learned().items():
            driven[name].copy_(tensor)
            if name in self.fast:
                driven[name].add_(self.fast[name])
        return self._driven

    def _tensors(self) -> dict[str, Tensor]:
        return {**super()._tensors(), **{f"fast.{name}": tensor for name, tensor in self.fast.items()}}


def within(direction: Term, limit: float) -> float:
    """Return the factor that brings a direction's norm down to the limit, 1 where there is none."""
    if limit <= 0:
        return 1.0
    norm = float(direction.norm())
    return min(1.0, limit / norm) if norm > 0 else 1.0
