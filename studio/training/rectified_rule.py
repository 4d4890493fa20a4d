"""Contrastive divergence for rectified hidden units, held where no dream can run away."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import torch
from torch import Tensor

from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import TrainSettings
from studio.training.terms import Term

MOST_GAIN = 0.9  # of the way from visibles up to hiddens and down again; from 1 on there is no distribution
DIRECTIONS = 32


class RectifiedDivergence(ContrastiveDivergence):
    """CD-k whose weights stay below the gain at which visibles and hiddens drive each other up without end.

    With A = W/s and u = v/s a sweep takes u to A max(0, A'u) and noise. It comes to
    rest where g = max |max(0, A'u)|^2 over |u| = 1 is below 1. The maximum is of
    a convex function and is climbed by u <- A max(0, A'u) / |.|, two steps an
    update, from directions that are kept, one of them taken anew from the model's
    own visibles each time. The gradient is not centred: where the gain holds W back
    its direction does not vanish, and centred biases would follow it for ever.
    """

    def __init__(self, model: Rbm, settings: TrainSettings, mean: Tensor, noise: Noise) -> None:
        super().__init__(model, settings, mean, noise)
        self.directions = noise.normal((DIRECTIONS, model.visible))
        self.turn = torch.zeros((), dtype=torch.int64)

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of each parameter for a batch, not centred whatever the settings say."""
        return super().terms(batch, dataclasses.replace(settings, centred=False))

    def _negative(self, data: Tensor, data_hidden: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        visible, mean = super()._negative(data, data_hidden, steps)
        self.directions[int(self.turn) % DIRECTIONS] = visible[0] - self.model.visible_bias
        self.turn += 1
        return visible, mean

    def constrain(self) -> None:
        """Bring deviations into their range, and the gain down to what is allowed."""
        super().constrain()
        model = self.model
        scaled = model.weights * torch.exp(-0.5 * model.log_variance)[:, None]
        for _ in range(2):
            self.directions = unit((unit(self.directions) @ scaled).clamp_min_(0) @ scaled.t())
        gain = float((self.directions @ scaled).clamp_min_(0).square().sum(1).max())
        if gain > MOST_GAIN:
            model.weights.mul_((MOST_GAIN / gain) ** 0.5)

    def _tensors(self) -> dict[str, Tensor]:
        return {**super()._tensors(), "directions": self.directions, "turn": self.turn}


def unit(rows: Tensor) -> Tensor:
    """Return rows of length 1; those of nothing stay nothing."""
    lengths: Tensor = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
    return rows / lengths.clamp_min(1e-12)
