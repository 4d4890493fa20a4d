"""Rectified linear hidden units with noise (Nair & Hinton, ICML 2010).

Each stands for endlessly many on-off units that share weights and have biases
-.5, -1.5, -2.5 ... Of input x their sum has about the mean log(1 + e^x) and
the variance sigma(x), and is drawn as max(0, x + N(0, sigma(x))). At
temperature T each of them gets its input divided by T, so that there are T
times as many near their threshold: the variance becomes T sigma(x / T).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from studio.models.noise import Noise

LEAST = 1e-6


def spread(total: Tensor, temperature: float = 1.0) -> Tensor:
    """t = sqrt(T sigma(x / T)), the deviation of the noise on an input x; never quite 0."""
    return (torch.sigmoid(total / temperature) * temperature).sqrt_().clamp_min_(LEAST)


def rectified_mean(total: Tensor, temperature: float = 1.0) -> Tensor:
    """E max(0, x + N(0, t^2)) = x Phi(x/t) + t phi(x/t): the shape of `total`, .28 at x = 0."""
    deviation = spread(total, temperature)
    standard = total / deviation
    density = torch.exp(-0.5 * standard**2) / math.sqrt(2 * math.pi)
    mean: Tensor = total * torch.special.ndtr(standard) + deviation * density
    return mean


def rectified_sample(total: Tensor, noise: Noise, temperature: float = 1.0) -> Tensor:
    """max(0, x + N(0, t^2)): the shape of `total`."""
    return torch.addcmul(total, spread(total, temperature), noise.normal(tuple(total.shape))).clamp_min_(0)
