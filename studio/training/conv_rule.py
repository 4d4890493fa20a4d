"""Contrastive divergence for the convolutional RBM, as Lee, Grosse, Ranganath & Ng (ICML 2009) train it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.conv_grid import to_picture, to_planes
from studio.models.conv_instrument import NOWHERE
from studio.models.conv_rbm import ConvRbm
from studio.models.noise import Noise
from studio.models.pooling import detection_, drawn_
from studio.training.ranks import ALONE, Ranks
from studio.training.rules import Parts
from studio.training.settings import TrainSettings
from studio.training.terms import Dense, Term

EPOCH = 100  # crops, after each of which the deviation has fallen by one per cent
FALL = 0.99
SEED_SCALE = 0.1  # times s2: the deviation of weights that begin as pieces of what is seen


class ConvContrastive:
    """CD-k on crops, for a `ConvRbm`; the chain's visibles are means, without noise.

        dW = (corr(v0, P(h|v0)) - corr(v1, P(h|v1))) / N,    db = (sum P(h|v0) - sum P(h|v1)) / N + cost (p - q),

    where N counts the places of a filter in all crops, q is a filter's mean of
    P(h|v0) and p the sparsity target. Crops learned as Gaussians lose their
    mean, and their bias c stays 0; that of on-off visibles learns, dc = <v0> -
    <v1>: without it a dark ground has to be drawn by filters. The model's
    deviation s falls from the first to the last by 1 % with each hundred crops.
    Lee's rule leaves the factor 1/s2 of the energy's slope to the learning rate.
    With `patches` each filter begins as a piece of the first batch, less the mean
    of each channel: gradients of rare units over sparse maps are too weak to
    bring hundreds of taps out of noise.
    """

    ranks: Ranks = ALONE

    def __init__(self, model: ConvRbm, noise: Noise, patches: bool = False) -> None:
        self.model = model
        self.noise = noise
        self.patches = patches
        self.crops = 0
        self.gain = torch.empty_like(model.log_variance)  # 1/s2, where a recording finds it after it has changed
        self.narrow()

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of filters and hidden biases for crops (batch, C, H, W)."""
        if self._to_begin:
            v = self._seen(batch)
            together = v.new_empty((len(v) * self.ranks.size, *v.shape[1:]))
            self.begin_as_patches(self.ranks.gathered(v, together))
        self._count(batch)
        return self._measured(batch, settings)

    @property
    def _to_begin(self) -> bool:
        return self.patches and self.crops == 0

    def recordable(self, _settings: TrainSettings) -> Parts | None:
        """Return both parts of `terms`, once filters have begun."""
        if self._to_begin or not self.ranks.alone:
            return None
        return Parts(self._measured, self._count, self.model.workspace)

    def _count(self, batch: Tensor) -> None:
        """Take the deviation of the crops seen so far, and count those of this batch."""
        self.narrow()
        self.crops += len(batch) * self.ranks.size

    def _seen(self, batch: Tensor) -> Tensor:
        return self.model.whole(centred(batch) if self.model.gaussian else batch)

    def _measured(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        model, geometry, v = self.model, self.model.geometry, self._seen(batch)
        size, places = (v.shape[2], v.shape[3]), len(v) * math.prod(model.up_size(v))
        upward = geometry.upward(model.weights, model.hidden_bias, self.gain)
        downward = geometry.downward(model.weights)
        total = torch.zeros_like(upward)
        field = self.ranks.field(self.noise, len(batch) * self.ranks.size)
        planes = to_planes(v, model.side, model.block, NOWHERE)
        active = torch.zeros_like(model.hidden_bias)
        blocks = 0
        for step in range(settings.gibbs_steps + 1):
            last = step == settings.gibbs_steps
            following = None if last else geometry.empty(size, len(v), NOWHERE, v)
            for strip in geometry.products(planes, size, upward, NOWHERE):
                cutter = strip.cutter
                hidden = detection_(cutter.total)
                if step == 0 or last:
                    total.addmm_(hidden.view(len(upward), -1), cutter.patches.t(), alpha=-1 if last else 1)
                if following is not None:
                    drawn = drawn_(hidden, field.uniform(tuple(hidden.shape[1:]), blocks))
                    blocks += 1
                    model.add_mean(strip, drawn, downward, following)
            if step == 0:
                active = total[:, -1].view(-1, model.hidden).sum(0) / places
            if following is not None:
                planes = model.mean_of(following, dimension=2, gain=self.gain)
        bias = total[:, -1].view(-1, model.hidden).sum(0) / places
        if settings.sparsity_cost > 0:
            bias += settings.sparsity_cost * (settings.sparsity_target - active)
        directions = {"weights": geometry.gathered(total[:, :-1]).div_(places), "hidden_bias": bias}
        if not model.gaussian:
            after = to_picture(planes, size, NOWHERE)
            directions["visible_bias"] = v.mean((0, 2, 3)) - after.mean((0, 2, 3))
        every = self.ranks.mean(list(directions.values()))
        return {name: Dense(value) for name, value in zip(directions, every, strict=True)}

    def begin_as_patches(self, v: Tensor) -> None:
        """Let each filter be a piece of what is seen (n, C, H, W); one where all is alike stays noise."""
        side = self.model.side
        ends = torch.tensor([len(v), v.shape[2] - side + 1, v.shape[3] - side + 1])
        places = (self.noise.uniform((self.model.hidden, 3)).cpu() * ends).to(torch.int64).tolist()
        fresh = v - v.mean((0, 2, 3), keepdim=True)
        for weights, (picture, top, left) in zip(self.model.weights, places, strict=True):
            piece = fresh[picture, :, top : top + side, left : left + side]
            deviation = piece.std(correction=0)
            if deviation > 0:
                weights.copy_(piece * (SEED_SCALE / (self.model.gain * deviation)))

    def narrow(self) -> None:
        """Set the deviation that belongs to the crops seen so far."""
        spec = self.model.spec
        deviation = max(spec.deviation, spec.first_deviation * FALL ** (self.crops / EPOCH))
        log_variance = float(np.float32(2 * math.log(deviation)))
        if self.model.read_log_variance() != log_variance:
            self.model.set_log_variance(log_variance)
        self.gain.fill_(self.model.gain)

    def rate_of(self, _name: str) -> float:
        """Return this parameter's learning rate as a share of the run's."""
        return 1.0

    def constrain(self) -> None:
        """Every filter and bias is allowed; the deviation follows its schedule."""

    def state(self) -> dict[str, NDArray[Any]]:
        return {"crops": np.array(self.crops)}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Continue from a state."""
        self.crops = int(state.get("crops", self.crops))
        self.narrow()


def centred(crops: Tensor) -> Tensor:
    """Return crops (n, C, H, W) without the mean of each channel."""
    return crops - crops.mean((2, 3), keepdim=True)
