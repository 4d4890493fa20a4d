"""Exact answers for an RBM small enough to write out every state, in double precision."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor

from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec, Shape, Visible

FOUR: Shape = (1, 2, 2)


def all_states(units: int) -> Tensor:
    """Return every binary state of this many units: (2**units, units)."""
    return torch.tensor(list(itertools.product((0.0, 1.0), repeat=units)), dtype=torch.float64)


def random_rbm(seed: int, visible: Visible = Visible.BERNOULLI, shape: Shape = FOUR, hidden: int = 3) -> Rbm:
    """Return an RBM with weights and biases large enough to matter, in double precision."""
    model = Rbm(RbmSpec(hidden, visible, learn_deviation=visible is Visible.GAUSSIAN), shape)
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in model.learned().items():
        size = 0.3 if name == "log_variance" else 0.9
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * size)
    return model.double()


def energies(model: Rbm, visibles: Tensor, hiddens: Tensor) -> Tensor:
    """Return E(v, h) of every pair: (visibles, hiddens)."""
    columns = [model.energy(visibles, h.expand(len(visibles), -1)) for h in hiddens]
    return torch.stack(columns, 1)


def joint(model: Rbm, temperature: float = 1.0) -> Tensor:
    """Return P(v, h) of a Bernoulli model over all states: (2**visible, 2**hidden)."""
    weights = -energies(model, all_states(model.visible), all_states(model.hidden)) / temperature
    return torch.softmax(weights.flatten(), 0).reshape(weights.shape)


def log_likelihood(model: Rbm, v: Tensor) -> Tensor:
    """Return the mean log P(v) of a Bernoulli model, in nats."""
    normaliser = torch.logsumexp(-model.free_energy(all_states(model.visible).to(v.dtype)), 0)
    return -model.free_energy(v).mean() - normaliser


def index_of(states: Tensor) -> Tensor:
    """Return where binary rows stand in `all_states`."""
    powers = 2 ** torch.arange(states.shape[1] - 1, -1, -1)
    return (states.long() * powers).sum(1)


def chi_square(counts: Tensor, probabilities: Tensor) -> float:
    """Return Pearson's statistic of observed counts against probabilities."""
    expected = probabilities * counts.sum()
    return float(((counts - expected) ** 2 / expected).sum())
