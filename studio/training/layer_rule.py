"""How a layer of a dense autoencoder learns before the whole does: as an RBM over what those below make of pictures."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from studio.jobs.feed import Point
from studio.models.layer_rbms import LayerRbms, LinearRbm
from studio.models.noise import Noise
from studio.training.above import Above
from studio.training.metrics import DEAD_BELOW, squared_error
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import TrainSettings


class LayerRule(Above):
    """CD for one of the RBMs, whose weights are put into the autoencoder's layer after every step."""

    def __init__(self, layers: LayerRbms, number: int, settings: TrainSettings, mean: Tensor, noise: Noise) -> None:
        rule = ContrastiveDivergence(layers.each[number], settings, mean, noise)
        super().__init__(rule, partial(layers.below, number=number))
        self._layers = layers
        self._number = number

    def constrain(self) -> None:
        super().constrain()
        self._layers.give(self._number)


class LayerMetrics:
    """Figures of one of the RBMs over fixed learned and unseen pictures (n, C, H, W).

    What it sees of them is brought up when it is first asked for: the layers below learn until then.
    """

    def __init__(self, layers: LayerRbms, number: int, training: Tensor, held_out: Tensor) -> None:
        self._layers = layers
        self._number = number
        self._pictures = training, held_out
        self._seen: tuple[Tensor, Tensor] | None = None

    @torch.no_grad()
    def measure(self, step: int) -> list[Point]:
        """Return all figures at this step; errors are of what this RBM sees, per visible unit."""
        rbm = self._layers.each[self._number]
        if self._seen is None:
            learned, unseen = (self._layers.below(part, self._number) for part in self._pictures)
            self._seen = learned, unseen
        learned, unseen = self._seen
        hidden = rbm.hidden_given_visible(learned)
        figures: dict[str, Tensor | float] = {
            "reconstruction_error": squared_error(rbm, learned),
            "mean_activity": hidden.abs().mean(),
            "weight_norm": torch.linalg.vector_norm(rbm.weights) / rbm.hidden**0.5,
        }
        if not isinstance(rbm, LinearRbm):
            figures["dead_units"] = (hidden.mean(0) < DEAD_BELOW).float().mean()
        if len(unseen):
            figures["reconstruction_error_held_out"] = squared_error(rbm, unseen)
        return [(name, step, float(value)) for name, value in figures.items()]
