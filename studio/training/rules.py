"""Contrastive divergence and its persistent form, with the centred gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.jobs.feed import Point
from studio.models.noise import Noise
from studio.models.products import products
from studio.models.rbm import Rbm
from studio.training.settings import Rule, TrainSettings
from studio.training.terms import Dense, Product, Term

OFFSET_RATE = 0.01  # nu of Melchior, Fischer & Wiskott (2016)
ACTIVITY_RATE = 0.05
DEVIATION_RATE = 0.1  # Gaussian log-variances learn a tenth as fast (Cho, Ilin & Raiko 2011)
LOG_VARIANCE_RANGE = (-4.605, 0.19)  # sigma within .1 and 1.1


Terms = Mapping[str, Term]


def nothing(_batch: Tensor) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a rule does with each batch: first where the host decides, then on the device alone; and its memory."""

    device: Callable[[Tensor, TrainSettings], Terms]
    host: Callable[[Tensor], None] = nothing
    workspace: Callable[[], tuple[object, ...]] = tuple


class LearningRule(Protocol):
    """From a batch (batch, C, H, W) to the direction each parameter moves in; owns what persists between batches."""

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]: ...

    def rate_of(self, name: str) -> float: ...

    def constrain(self) -> None: ...

    def state(self) -> dict[str, NDArray[Any]]: ...

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None: ...


class ContrastiveDivergence:
    """CD-k (Hinton 2002) or, with chains kept between batches, PCD-k (Tieleman 2008), for an `Rbm`.

    The centred gradient subtracts data means mu and lam from visibles and
    hiddens (Melchior, Fischer & Wiskott, JMLR 17(99), 2016, with data offsets):

        dW = D<(v - mu)(h - lam)'>,  da = D<v> - dW lam,  db = D<h> - dW' mu,   D = data minus model

    Data and model rows are stacked, each less its offset and those of the model
    with the other sign, so that dW is a single product.
    """

    def __init__(self, model: Rbm, settings: TrainSettings, mean: Tensor, noise: Noise) -> None:
        self.model = model
        self.noise = noise
        self.persistent = settings.rule is not Rule.CD
        self.visible_offset = mean.clone()
        self.hidden_offset = model.hidden_mean(model.hidden_bias.clone())
        self.activity = torch.full_like(model.hidden_bias, settings.sparsity_target)
        self.chains: Tensor | None = None
        self.chain_hidden: Tensor | None = None
        if self.persistent:
            self.chains = model.start(settings.chains_in_all, model.own_size, noise).visible
            self.chain_hidden = model.sample_hidden(self.chains, noise)

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of each parameter for a batch of pictures, or of rows (batch, visible)."""
        batch = batch.flatten(1)
        model, rows = self.model, len(batch)
        data_hidden = model.hidden_given_visible(batch)
        visible_mean, hidden_mean = mean_row(batch), mean_row(data_hidden)
        self._follow(visible_mean, hidden_mean)
        model_visible, model_hidden = self._negative(batch, data_hidden, settings.gibbs_steps)
        weight = rows / len(model_visible)

        visible_difference = visible_mean - mean_row(model_visible)
        hidden_difference = hidden_mean - mean_row(model_hidden)

        mu, lam = self.visible_offset, self.hidden_offset
        if not settings.centred:
            mu, lam = torch.zeros_like(mu), torch.zeros_like(lam)
        extra = int(settings.sparsity_cost > 0)
        left = batch.new_empty(rows + len(model_visible) + extra, model.visible)
        right = batch.new_empty(len(left), model.hidden)
        torch.sub(batch, mu, out=left[:rows])
        torch.sub(data_hidden, lam, out=right[:rows])
        torch.sub(model_visible, mu, out=left[rows : rows + len(model_visible)])
        torch.sub(lam, model_hidden, out=right[rows : rows + len(model_visible)])
        if weight != 1:
            right[rows : rows + len(model_visible)] *= weight
        if extra:
            # Cross-entropy form (Hinton 2010, section 11): the weights follow the active pixels.
            push = settings.sparsity_cost * (settings.sparsity_target - self.activity)
            torch.sub(visible_mean, mu, out=left[-1])
            torch.mul(push, rows, out=right[-1])
            hidden_difference = hidden_difference + push
        if model.gaussian:
            left /= model.variance
            visible_difference /= model.variance
        with products(fast=False):  # a matrix times a vector is slower in bfloat16
            # dW lam and dW' mu without forming dW.
            visible_bias = visible_difference - left.t() @ (right @ (lam * (1 / rows)))
            hidden_bias = hidden_difference - right.t() @ (left @ (model.scaled(mu) * (1 / rows)))
        terms: dict[str, Term] = {
            "weights": Product(left, right, 1 / rows),
            "visible_bias": Dense(visible_bias),
            "hidden_bias": Dense(hidden_bias),
        }
        if model.gaussian and model.spec.learn_deviation:
            terms["log_variance"] = Dense(
                self._variance_slope(batch, data_hidden) - self._variance_slope(model_visible, model_hidden)
            )
        return terms

    def recordable(self, _settings: TrainSettings) -> Parts | None:
        """Return all of `terms`: it is computed on the device alone, in memory that stays; not all heirs' are."""
        return Parts(self.terms) if type(self) is ContrastiveDivergence else None

    def _negative(self, data: Tensor, data_hidden: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """Run the chain; returns model visibles and P(h|v) there. The last hidden update keeps probabilities."""
        model, noise = self._dreamer(), self.noise
        hidden = self._drawn(model, data, data_hidden) if self.chain_hidden is None else self.chain_hidden
        for step in range(steps):
            visible = model.sample_visible(model.visible_given_hidden(hidden), noise)
            probability = model.hidden_given_visible(visible)
            if step < steps - 1:
                hidden = self._drawn(model, visible, probability)
        if self.persistent:
            assert self.chains is not None
            assert self.chain_hidden is not None
            # Drawn now, not at the next step: the weights hardly move between, and a product is saved.
            self.chain_hidden.copy_(self._drawn(model, visible, probability))
            self.chains.copy_(visible)
        return visible, probability

    def _drawn(self, model: Rbm, v: Tensor, mean: Tensor) -> Tensor:
        """h ~ P(h|v), whose mean is known already."""
        return self.noise.bernoulli(mean) if model.on_off else model.sample_hidden(v, self.noise)

    def _dreamer(self) -> Rbm:
        """The machine whose chain runs."""
        return self.model

    def _variance_slope(self, v: Tensor, h: Tensor) -> Tensor:
        """<1/2 (v-a)^2/s2 - (v/s2) * (W h)>, the data half of dz for z = log s2: (visible,)."""
        model = self.model
        squares = 0.5 * (v - model.visible_bias) ** 2 - v * (h @ model.weights.t())
        return squares.mean(0) / model.variance

    def _follow(self, visible_mean: Tensor, hidden_mean: Tensor) -> None:
        self.visible_offset.lerp_(visible_mean, OFFSET_RATE)
        self.hidden_offset.lerp_(hidden_mean, OFFSET_RATE)
        self.activity.lerp_(hidden_mean, ACTIVITY_RATE)

    def figures(self, _step: int) -> list[Point]:
        """Return what may be measured of the rule itself."""
        return []

    def rate_of(self, name: str) -> float:
        """Return this parameter's learning rate as a share of the run's."""
        return DEVIATION_RATE if name == "log_variance" else 1.0

    def constrain(self) -> None:
        if self.model.gaussian and self.model.spec.learn_deviation:
            self.model.log_variance.clamp_(*LOG_VARIANCE_RANGE)

    def _tensors(self) -> dict[str, Tensor]:
        named = {
            "visible_offset": self.visible_offset,
            "hidden_offset": self.hidden_offset,
            "activity": self.activity,
        }
        if self.chains is None or self.chain_hidden is None:
            return named
        return {**named, "chains": self.chains, "chain_hidden": self.chain_hidden}

    def state(self) -> dict[str, NDArray[Any]]:
        return {name: tensor.cpu().numpy().copy() for name, tensor in self._tensors().items()}

    def goes_on_with(self, state: Mapping[str, NDArray[Any]]) -> bool:
        """Whether `restore` takes the chains of a state."""
        saved = state.get("chains")
        return self.chains is not None and saved is not None and saved.shape == tuple(self.chains.shape)

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Continue from a state; chains of another number are left as they are."""
        for name, tensor in self._tensors().items():
            saved = state.get(name)
            if saved is not None and saved.shape == tuple(tensor.shape):
                tensor.copy_(torch.from_numpy(np.array(saved)))


def mean_row(rows: Tensor) -> Tensor:
    """Return the mean of rows (n, m): (m,), without the conversions of `Tensor.mean`, which cost as much again."""
    return rows.sum(0).mul_(1 / len(rows))
