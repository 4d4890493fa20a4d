"""What is measured of an autoencoder and of the RBM over its codes while they learn."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from studio.jobs.feed import Point
from studio.models.autoencoder import Autoencoder
from studio.models.rbm import Rbm
from studio.training.metrics import Metrics

DEAD_DEVIATION = 0.01  # a code number that differs less between pictures tells nothing of them


class AutoencoderMetrics:
    """Figures over fixed training and held-out pictures (n, C, H, W), uncorrupted."""

    def __init__(self, model: Autoencoder, training: Tensor, held_out: Tensor) -> None:
        self.model = model
        self.training = training
        self.held_out = held_out

    @torch.no_grad()
    def measure(self, step: int) -> list[Point]:
        """Return all figures at this step."""
        codes = self.model.encode(self.training)
        figures = {
            "reconstruction_error": squared_error(self.model, self.training),
            "mean_activity": codes.abs().mean(),
            "dead_units": (codes.std(0, correction=0) < DEAD_DEVIATION).float().mean(),
            "weight_norm": torch.linalg.vector_norm(self.model.seen.weight) / len(self.model.seen.weight) ** 0.5,
        }
        if len(self.held_out):
            figures["reconstruction_error_held_out"] = squared_error(self.model, self.held_out)
        return [(name, step, float(value)) for name, value in figures.items()]


class LatentMetrics:
    """Figures of the RBM over codes of fixed pictures, encoded when they are first asked for.

    Until then the autoencoder learns; the errors are of pictures, so that they go on where its own end.
    """

    def __init__(
        self, rbm: Rbm, encode: Callable[[Tensor], Tensor], training: Tensor, held_out: Tensor, seed: int
    ) -> None:
        self._rbm = rbm
        self._encode = encode
        self._pictures = training, held_out
        self._seed = seed
        self._metrics: Metrics | None = None

    @torch.no_grad()
    def measure(self, step: int) -> list[Point]:
        """Return all figures at this step."""
        if self._metrics is None:
            training, held_out = (self._encode(part) if len(part) else part.flatten(1) for part in self._pictures)
            self._metrics = Metrics(self._rbm, training, held_out, self._seed)
        return self._metrics.measure(step)


def squared_error(model: Autoencoder, pictures: Tensor) -> Tensor:
    """Mean squared difference of pictures and what encoding and decoding make of them, per pixel."""
    return ((model.reconstruct(pictures) - pictures) ** 2).mean()
