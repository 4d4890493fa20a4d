"""Contrastive divergence whose batch and chains are divided among several processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.noise import Noise
from studio.models.products import products
from studio.training.ranks import Ranks
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import TrainSettings
from studio.training.terms import Dense, Term

CHAINS = ("chains", "chain_hidden")


class SharedDivergence(ContrastiveDivergence):
    """The rule of one process: sums over its part of the batch, added up over all, give everyone the same gradient.

    The formulas are those of `ContrastiveDivergence`; one sum a step is exchanged, of the size of the weights.
    """

    def __init__(self, whole: ContrastiveDivergence, ranks: Ranks, noise: Noise) -> None:
        self.model = whole.model
        self.noise = noise
        self.ranks = ranks
        self.persistent = whole.persistent
        self.visible_offset = whole.visible_offset
        self.hidden_offset = whole.hidden_offset
        self.activity = whole.activity
        self.chains = None if whole.chains is None else ranks.own(whole.chains).clone()
        self.chain_hidden = None if whole.chain_hidden is None else ranks.own(whole.chain_hidden).clone()

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of each parameter, the same in every process, for its rows (rows, ...)."""
        v = batch.flatten(1)
        model = self.model
        h = model.hidden_given_visible(v)
        model_v, model_h = self._negative(v, h, settings.gibbs_steps)
        rows, chains = len(v) * self.ranks.size, len(model_v) * self.ranks.size
        parts = [
            (v.t() @ h / rows).addmm_(model_v.t(), model_h, alpha=-1 / chains),
            v.sum(0) / rows,
            h.sum(0) / rows,
            model_v.sum(0) / chains,
            model_h.sum(0) / chains,
        ]
        if model.gaussian and model.spec.learn_deviation:
            parts.append((self._variance_slope(v, h) - self._variance_slope(model_v, model_h)) / self.ranks.size)
        weights, visible, hidden, model_visible, model_hidden, *slope = self.ranks.total(parts)
        self._follow(visible, hidden)
        directions = self._centred(weights, visible, visible - model_visible, hidden - model_hidden, settings)
        return {**directions, **({"log_variance": Dense(slope[0])} if slope else {})}

    def _centred(
        self, weights: Tensor, visible: Tensor, down: Tensor, up: Tensor, settings: TrainSettings
    ) -> dict[str, Term]:
        """Centre D<vh'>, given D<v> (`down`) and D<h> (`up`)."""
        model, mu, lam = self.model, self.visible_offset, self.hidden_offset
        if not settings.centred:
            mu, lam = torch.zeros_like(mu), torch.zeros_like(lam)
        weights = weights - torch.outer(mu, up) - torch.outer(down, lam)
        if settings.sparsity_cost > 0:
            push = settings.sparsity_cost * (settings.sparsity_target - self.activity)
            weights += torch.outer(visible - mu, push)
            up = up + push
        if model.gaussian:
            weights /= model.variance[:, None]
            down = down / model.variance
        with products(fast=False):  # of the weights' direction as it is, or they would drift against the biases
            visible_bias, hidden_bias = down - weights @ lam, up - weights.t() @ model.scaled(mu)
        return {"weights": Dense(weights), "visible_bias": Dense(visible_bias), "hidden_bias": Dense(hidden_bias)}

    def state(self) -> dict[str, NDArray[Any]]:
        """Return the state of all processes as one has it, so that any number of them can go on from it."""
        state = super().state()
        for name, own in zip(CHAINS, (self.chains, self.chain_hidden), strict=True):
            if own is not None:
                whole = own.new_empty((len(own) * self.ranks.size, *own.shape[1:]))
                state[name] = self.ranks.gathered(own, whole).cpu().numpy()
        return state

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        own = {
            name: np.array_split(array, self.ranks.size)[self.ranks.rank] if name in CHAINS else array
            for name, array in state.items()
        }
        super().restore(own)
