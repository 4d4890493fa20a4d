"""What is measured of a model while it learns. Looking draws on noise of its own, never on the training's."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from studio.jobs.feed import Point
from studio.models.noise import Noise

DEAD_BELOW = 0.001  # a hidden unit firing for fewer than one picture in a thousand is dead
FLIPS_A_PICTURE = 4


class Measured(Protocol):
    """What the metrics ask of an energy model."""

    gaussian: bool
    rectified: bool
    weights: Tensor

    def reconstruct(self, v: Tensor) -> Tensor: ...

    def free_energy(self, v: Tensor) -> Tensor: ...

    def hidden_given_visible(self, v: Tensor) -> Tensor: ...


class Metrics:
    """Figures over fixed subsets of training and held-out pictures, in model space (n, visible)."""

    def __init__(self, model: Measured, training: Tensor, held_out: Tensor, seed: int) -> None:
        self.model = model
        self.training = training
        self.held_out = held_out
        self._noise = Noise(seed, training.device)

    @torch.no_grad()
    def measure(self, step: int) -> list[Point]:
        """Return all figures at this step."""
        model, training, held_out = self.model, self.training, self.held_out
        activity = model.hidden_given_visible(training).mean(0)
        figures: dict[str, Tensor | float] = {
            "reconstruction_error": squared_error(model, training),
            "mean_activity": activity.mean(),
            "dead_units": (activity < DEAD_BELOW).float().mean(),
            "weight_norm": torch.linalg.vector_norm(model.weights) / model.weights.shape[1] ** 0.5,
        }
        if len(held_out):
            figures["reconstruction_error_held_out"] = squared_error(model, held_out)
        if len(held_out) and not model.rectified:
            figures["free_energy_gap"] = model.free_energy(held_out).mean() - model.free_energy(training).mean()
        if not model.gaussian:
            figures["pseudo_likelihood"] = pseudo_likelihood(model, training, self._noise)
        return [(name, step, float(value)) for name, value in figures.items()]


def squared_error(model: Measured, v: Tensor) -> Tensor:
    """Mean squared difference of v and its reconstruction, per visible unit."""
    return ((model.reconstruct(v) - v) ** 2).mean()


def pseudo_likelihood(model: Measured, v: Tensor, noise: Noise) -> Tensor:
    """Estimate log prod_i P(v_i | v_-i) per picture, in nats (Besag 1975).

    For each picture a few visibles are flipped at random:
    log P(v_i|v_-i) = -softplus(F(v) - F(v with i flipped)), times the number of
    visibles. Grey levels are binarised at .5 first, since the flip is of a binary unit.
    """
    binary = (v > 0.5).to(v.dtype)
    before = model.free_energy(binary)
    total = torch.zeros_like(before)
    rows = torch.arange(len(binary), device=v.device)
    for _ in range(FLIPS_A_PICTURE):
        index = noise.integers(binary.shape[1], (len(binary),))
        flipped = binary.clone()
        flipped[rows, index] = 1 - flipped[rows, index]
        total -= torch.nn.functional.softplus(before - model.free_energy(flipped))
    return total.mean() / FLIPS_A_PICTURE * binary.shape[1]
