"""How an autoencoder learns in several processes: DistributedDataParallel, means over the whole batch in its layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from studio.models.autoencoder import Autoencoder, widened
from studio.training.code_rule import Denoising
from studio.training.ranks import Ranks, SharedNoise, explained

Norm = nn.BatchNorm1d | nn.BatchNorm2d


class SharedDenoising(Denoising):
    """The rule of one process: all vary the whole batch alike, each learns from its rows, and slopes are averaged."""

    def __init__(self, whole: Denoising, ranks: Ranks) -> None:
        super().__init__(whole.model, whole.noise, whole.rounded)
        self.ranks = ranks
        share_norms(self.model, ranks)
        self.model.requires_grad_(True)
        try:
            with explained():
                loss = _Loss(self.model, self, SharedNoise(whole.noise, ranks))
                self._together = DistributedDataParallel(loss)
        finally:
            self.model.requires_grad_(False)

    def slopes(self, batch: Tensor, cost: float, parameters: Sequence[Tensor]) -> Sequence[Tensor]:
        """Return the mean of the slopes of all processes, each of its rows of the batch."""
        for values in parameters:
            values.grad = None
        clean, shown, *beside = self.varied(batch)
        own = self.ranks.own
        known, weights = (None if part is None else own(part) for part in beside)
        with explained():
            with torch.autocast(batch.device.type, torch.bfloat16, enabled=self.rounded):
                loss = self._together(own(clean), own(shown), known, weights, cost)
            loss.backward()
        self.ranks.total([])  # wishes go round with it
        slopes = []
        for values in parameters:
            assert values.grad is not None
            slopes.append(values.grad.detach().clone())
            values.grad = None
        return slopes


class _Loss(nn.Module):
    """The loss as the module that DistributedDataParallel wants."""

    def __init__(self, model: Autoencoder, rule: Denoising, noise: SharedNoise) -> None:
        super().__init__()
        self.model = model
        self._rule, self._noise = rule, noise

    def forward(
        self, clean: Tensor, shown: Tensor, known: Tensor | None, weights: Tensor | None, cost: float
    ) -> Tensor:
        return self._rule.loss_of(clean, shown, known, weights, cost, self._noise)


class SharedNorm(nn.Module):
    """Batch normalisation by mean and variance over the rows of all processes (Ioffe & Szegedy 2015).

    It keeps the parameters and running means of the layer it stands for, under the same names.
    torch's own SyncBatchNorm runs on graphics cards alone.
    """

    def __init__(self, layer: Norm, ranks: Ranks) -> None:
        super().__init__()
        self.weight, self.bias = layer.weight, layer.bias
        for name, buffer in layer.named_buffers():
            self.register_buffer(name, buffer)
        self._layer = [layer]  # in a list, so that it is no part with names of its own
        self._ranks = ranks
        self.train(layer.training)

    def forward(self, values: Tensor) -> Tensor:
        (layer,) = self._layer
        if not self.training:
            found: Tensor = layer.eval()(values)
            return found
        values = widened(values)
        axes = [0, *range(2, values.dim())]
        shape = (1, -1, *(1,) * (values.dim() - 2))
        mean = mean_of_all(values.mean(axes), self._ranks)
        centred = values - mean.view(shape)
        variance = mean_of_all(centred.square().mean(axes), self._ranks)
        self._follow(layer, mean, variance, values.numel() // values.shape[1] * self._ranks.size)
        values = centred * torch.rsqrt(variance + layer.eps).view(shape)
        return values if layer.weight is None else values * layer.weight.view(shape) + layer.bias.view(shape)

    @torch.no_grad()
    def _follow(self, layer: Norm, mean: Tensor, variance: Tensor, count: int) -> None:
        assert layer.running_mean is not None
        assert layer.running_var is not None
        assert layer.num_batches_tracked is not None
        assert layer.momentum is not None
        layer.num_batches_tracked.add_(1)
        layer.running_mean.lerp_(mean, layer.momentum)
        layer.running_var.lerp_(variance * (count / (count - 1)), layer.momentum)


class _Mean(torch.autograd.Function):
    """The mean over all processes, which each of their losses depends on."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, ranks: Ranks) -> Tensor:
        ctx.ranks = ranks
        return ranks.mean([values])[0]

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, None]:
        ranks: Ranks = ctx.ranks
        return ranks.mean([slopes[0]])[0], None


def mean_of_all(values: Tensor, ranks: Ranks) -> Tensor:
    """Return the mean of values over all processes, with slopes."""
    found: Tensor = _Mean.apply(values, ranks)  # type: ignore[no-untyped-call]  # torch gives `apply` no types
    return found


def share_norms(model: nn.Module, ranks: Ranks) -> None:
    """Have every layer that is normalised over the batch see the batch of all processes."""
    for name, part in model.named_children():
        if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            setattr(model, name, SharedNorm(part, ranks))
        else:
            share_norms(part, ranks)
