"""What is measured of an autoencoder and of the RBM over its codes while they learn."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from studio.jobs.feed import Point
from studio.models.autoencoder import Autoencoder
from studio.models.rbm import Rbm
from studio.training.metrics import Metrics

ERROR = "reconstruction_error"
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
            ERROR: squared_error(self.model, self.training),
            "mean_activity": codes.abs().mean(),
            "dead_units": (codes.std(0, correction=0) < DEAD_DEVIATION).float().mean(),
            "weight_norm": torch.linalg.vector_norm(self.model.seen.weight) / len(self.model.seen.weight) ** 0.5,
        }
        if len(self.held_out):
            figures[f"{ERROR}_held_out"] = squared_error(self.model, self.held_out)
        return [(name, step, float(value)) for name, value in figures.items()]


class Coded(Protocol):
    """An autoencoder and an RBM over its codes, as far as it is measured."""

    def encode(self, pictures: Tensor) -> Tensor: ...

    def reconstructed(self, pictures: Tensor, layer: int) -> Tensor: ...


class LatentMetrics:
    """Figures of the RBM over codes of fixed pictures, encoded when they are first asked for.

    Until then the autoencoder learns. The errors are those of pictures that
    went through the RBM, so that the curve goes on where the autoencoder's ends.
    """

    def __init__(self, model: Coded, rbm: Rbm, training: Tensor, held_out: Tensor, seed: int) -> None:
        self._model = model
        self._rbm = rbm
        self._pictures = training, held_out
        self._seed = seed
        self._metrics: Metrics | None = None

    @torch.no_grad()
    def measure(self, step: int) -> list[Point]:
        """Return all figures at this step."""
        training, held_out = self._pictures
        if self._metrics is None:
            codes = [self._model.encode(part) if len(part) else part.flatten(1) for part in self._pictures]
            self._metrics = Metrics(self._rbm, codes[0], codes[1], self._seed)
        points = [point for point in self._metrics.measure(step) if not point[0].startswith(ERROR)]
        points.append((ERROR, step, self._error(training)))
        if len(held_out):
            points.append((f"{ERROR}_held_out", step, self._error(held_out)))
        return points

    def _error(self, pictures: Tensor) -> float:
        return float(((self._model.reconstructed(pictures, 1) - pictures) ** 2).mean())


def squared_error(model: Autoencoder, pictures: Tensor) -> Tensor:
    """Mean squared difference of pictures and what encoding and decoding make of them, per pixel."""
    return ((model.reconstruct(pictures) - pictures) ** 2).mean()
