"""How an autoencoder learns: the slope of its loss, by automatic differentiation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.autoencoder import Autoencoder, divergence
from studio.models.code_spec import CodeSpec
from studio.models.kinds import Visible
from studio.models.noise import Noise
from studio.training.corruption import corrupted
from studio.training.rules import Parts
from studio.training.settings import TrainSettings
from studio.training.terms import Dense, Term
from studio.training.variation import anew

PREFIX = "autoencoder."
LEAST_WEIGHT = 1e-12


class Denoising:
    """Minus the slope of the loss of an `Autoencoder` at a corrupted batch, with noise on its codes.

    loss = error(g(f(corrupted x)), x) + cost mean|z| + beta KL / pixels + decay/2 |W|^2

    Near-binary codes that an RBM is to take are drawn, and the slope passes
    straight through the draw (Bengio, Leonard & Courville 2013); standardised
    ones get Gaussian noise of deviation `code_noise`; a variational code is
    drawn from its posterior (Kingma & Welling 2014). Where it is `rounded`, what layers
    take and give is in bfloat16, and weights, the loss and its slope in float32.
    """

    def __init__(self, model: Autoencoder, noise: Noise, rounded: bool = False) -> None:
        self.model = model
        self.noise = noise
        self.rounded = rounded

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of each parameter for a batch (n, C, H, W)."""
        named = dict(self.model.named_parameters())
        self.model.train()
        self.model.requires_grad_(True)
        try:
            with torch.enable_grad():
                slopes = self.slopes(batch, settings.sparsity_cost, list(named.values()))
        finally:
            self.model.requires_grad_(False)
            self.model.eval()
        decay = settings.weight_decay
        return {
            PREFIX + name: Dense(-slope - decay * values if values.dim() > 1 else -slope)
            for (name, values), slope in zip(named.items(), slopes, strict=True)
        }

    def recordable(self, _settings: TrainSettings) -> Parts | None:
        """Return all of `terms`: it is computed on the device alone; not all heirs' are."""
        return Parts(self.terms) if type(self) is Denoising else None

    def slopes(self, batch: Tensor, cost: float, parameters: Sequence[Tensor]) -> Sequence[Tensor]:
        """Return the slope of the loss of a batch along each parameter."""
        with torch.autocast(batch.device.type, torch.bfloat16, enabled=self.rounded):
            loss = self.loss(batch, cost)
        return torch.autograd.grad(loss, parameters)

    def loss(self, batch: Tensor, cost: float = 0.0) -> Tensor:
        """Return the loss of a batch of clean pictures (n, C, H, W), a mean; `cost` weighs the mean |z|."""
        return self.loss_of(*self.varied(batch), cost, self.noise)

    def varied(self, batch: Tensor) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
        """Return clean pictures, varied anew, what is shown of them, what is known, and what each pixel counts."""
        spec = self.model.spec
        clean = anew(batch, spec, self.noise)
        shown, known = corrupted(clean, spec.corruption, spec.level, self.noise)
        return clean, shown, known, counted(known, spec)

    def loss_of(
        self,
        clean: Tensor,
        shown: Tensor,
        known: Tensor | None,
        weights: Tensor | None,
        cost: float,
        noise: Noise,
    ) -> Tensor:
        """Return the loss of pictures of which a part is shown, with noise on their codes."""
        model, spec = self.model, self.model.spec
        if model.variational:
            mean, log_variance = model.posterior(shown, known)
            codes = mean + torch.exp(0.5 * log_variance) * noise.normal(tuple(mean.shape))
            extra = spec.beta * divergence(mean, log_variance).mean() / clean[0].numel()
        else:
            mean = model.encode(shown, known)
            codes = noisy(mean, spec, noise)
            extra = torch.zeros(())
        if cost > 0:
            extra = extra + cost * mean.abs().mean()
        return model.error(codes, clean, weights) + extra

    def rate_of(self, _name: str) -> float:
        """Return this parameter's learning rate as a share of the run's."""
        return 1.0

    def constrain(self) -> None:
        """Every weight is allowed."""

    def state(self) -> dict[str, NDArray[Any]]:
        """Nothing persists between batches: means over batches are saved with the weights."""
        return {}

    def restore(self, _state: Mapping[str, NDArray[Any]]) -> None:
        """There is nothing to restore."""


def counted(known: Tensor | None, spec: CodeSpec) -> Tensor | None:
    """Return what each pixel counts in the loss, (n, 1, H, W), 1 in the mean; None where all count alike.

    Where the known counts for nothing and nothing is covered, all is 0.
    """
    if known is None or spec.known_weight == 1:
        return None
    weights = 1 - (1 - spec.known_weight) * known
    return weights / weights.mean().clamp_min(LEAST_WEIGHT)


def noisy(codes: Tensor, spec: CodeSpec, noise: Noise) -> Tensor:
    """Return codes (n, code) as the decoder meets them while it learns."""
    if spec.codes is Visible.BERNOULLI:
        if spec.hidden == 0:
            return codes
        return codes + (noise.bernoulli(codes.detach()) - codes.detach())
    return codes + spec.code_noise * noise.normal(tuple(codes.shape)) if spec.code_noise > 0 else codes
