"""What is measured of a convolutional RBM while it learns."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from studio.jobs.feed import Point
from studio.models.conv_rbm import ConvRbm
from studio.training.metrics import DEAD_BELOW

DEAD_SHARE = DEAD_BELOW / 10  # a filter looks at thousands of places, and is meant to fire seldom


class LayerMetrics:
    """The same of one layer of several, over what it sees of pictures (n, C, H, W) while those below stand still.

    What it sees is brought up when it is first asked for: the layers below learn until then.
    """

    def __init__(self, model: ConvRbm, upwards: Callable[[Tensor], Tensor], training: Tensor, held_out: Tensor) -> None:
        self._model = model
        self._upwards = upwards
        self._pictures = training, held_out
        self._metrics: ConvMetrics | None = None

    @torch.no_grad()
    def measure(self, step: int) -> list[Point]:
        """Return all figures at this step."""
        if self._metrics is None:
            training, held_out = (self._upwards(part) if len(part) else part for part in self._pictures)
            self._metrics = ConvMetrics(self._model, training, held_out)
        return self._metrics.measure(step)


class ConvMetrics:
    """Figures over fixed crops of the learned and the unseen pictures, in model space (n, C, H, W)."""

    def __init__(self, model: ConvRbm, training: Tensor, held_out: Tensor) -> None:
        self.model = model
        self.training = training
        self.held_out = held_out

    @torch.no_grad()
    def measure(self, step: int) -> list[Point]:
        """Return all figures at this step."""
        model = self.model
        activity = model.activity(self.training)
        figures: dict[str, Tensor | float] = {
            "reconstruction_error": squared_error(model, self.training),
            "mean_activity": activity.mean(),
            "dead_units": (activity < DEAD_SHARE).float().mean(),
            "weight_norm": torch.linalg.vector_norm(model.weights) / model.hidden**0.5,
        }
        if len(self.held_out):
            figures["reconstruction_error_held_out"] = squared_error(model, self.held_out)
            gap = self.free_energy(self.held_out) - self.free_energy(self.training)
            figures["free_energy_gap"] = gap
        return [(name, step, float(value)) for name, value in figures.items()]

    def free_energy(self, crops: Tensor) -> Tensor:
        """Mean free energy of crops."""
        return self.model.free_energy(self.model.whole(crops)).mean()


def squared_error(model: ConvRbm, crops: Tensor) -> Tensor:
    """Mean squared difference of crops and what one pass up and down makes of them, per visible unit."""
    return ((model.picture(model.upward(crops), "mean") - crops) ** 2).mean()
