"""The autoencoder: dense or convolutional, denoising, variational."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, linear, pad

from studio.errors import SettingsError
from studio.models.code_spec import KERNEL, STRIDE, CodeSpec, Loss, Network, Output, Units
from studio.models.kinds import Shape, Visible
from studio.models.noise import Noise

SLOPE = 0.2  # of the leaky rectifier below zero
PLAIN_START = 0.01  # variance, times inputs, of a plain one's weights
COVERED = 0.5  # what stands where a picture is covered


class Autoencoder(nn.Module):
    """z = f(Wx + b), x' = g(W*z + b*), with layers between; tied, W* = W' (Vincent et al. 2008).

    Layers between are normalised over the batch and rectified, or logistic as
    they come; without them it is the plain autoencoder of the papers. A variational one gives mean and log
    variance of its code (Kingma & Welling 2014). Pictures are (n, C, H, W) in
    0..1; where the encoder sees what is covered, known is (n, 1, H, W), 1 where
    a pixel is known.
    """

    def __init__(self, spec: CodeSpec, shape: Shape) -> None:
        super().__init__()
        self.spec = spec
        self.shape = shape
        self.padded = spec.padded_size(shape)
        self.variational = spec.beta > 0
        sizes = spec.sizes(shape)
        self.top = sizes[-1]
        bottom = (shape[0], *self.padded)
        self.dense = spec.network is Network.DENSE
        self.logistic = spec.units is Units.LOGISTIC
        self.up = nn.ModuleList(self._up(below, above) for below, above in pairwise(sizes))
        self.up_norm = nn.ModuleList(self._norm(above) for above in sizes[1:])
        last = math.prod(self.top)
        self.to_code = nn.Linear(last, spec.code * (2 if self.variational else 1))
        near_binary = spec.codes is Visible.BERNOULLI
        normal = spec.normalised and not self.variational
        self.code_norm = nn.BatchNorm1d(spec.code, affine=near_binary) if normal else nn.Identity()
        self.from_code = nn.Linear(spec.code, last if sizes[1:] else math.prod(bottom))
        belows = [bottom, *sizes[1:-1]][: len(spec.widths)]
        self.down = nn.ModuleList(self._down(below, above) for below, above in zip(belows, sizes[1:], strict=True))
        self.down_norm = nn.ModuleList(self._norm(above) for above in sizes[1:])
        if spec.tied:
            self._tie()
        self.eval()
        self.requires_grad_(False)

    def _up(self, below: Shape, above: Shape) -> nn.Module:
        if self.dense:
            return nn.Linear(math.prod(below), above[0])
        return nn.Conv2d(below[0], above[0], KERNEL, STRIDE, 1)

    def _down(self, below: Shape, above: Shape) -> nn.Module:
        if self.dense:
            return nn.Linear(above[0], math.prod(below))
        return nn.ConvTranspose2d(above[0], below[0], KERNEL, STRIDE, 1)

    def _norm(self, above: Shape) -> nn.Module:
        if self.logistic:
            return nn.Identity()
        return nn.BatchNorm1d(above[0]) if self.dense else nn.BatchNorm2d(above[0])

    def _tie(self) -> None:
        """Leave the decoder only its biases."""
        for part in (self.from_code, *self.down):
            bias = part.bias
            del part.weight, part.bias
            part.register_parameter("bias", bias)

    def initialise(self, noise: Noise) -> None:
        """Draw all weights: N(0, 2/inputs) (He et al. 2015), N(0, 1/inputs) where nothing is rectified; biases 0.

        A plain one, without layers between, begins a tenth as large: what is drawn at first stays in its
        filters, and would cover the strokes that they learn.
        """
        last = {id(self.to_code), id(self.down[0] if len(self.down) else self.from_code)}
        for part in self.modules():
            if not isinstance(part, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                continue
            assert part.bias is not None
            part.bias.zero_()
            if "weight" in part._parameters:  # a tied decoder has none
                inputs = part.weight[0].numel()
                if isinstance(part, nn.ConvTranspose2d):
                    inputs = part.weight.shape[0] * (KERNEL // STRIDE) ** 2
                scale = PLAIN_START if not len(self.up) else 1 if id(part) in last or self.logistic else 2
                part.weight.copy_(noise.normal(tuple(part.weight.shape)) * math.sqrt(scale / inputs))

    def code_input(self, pictures: Tensor, known: Tensor | None = None) -> Tensor:
        """Return what the code is made of, before its own function: (n, code), or (n, 2 code)."""
        values = self._entering(pictures, known)
        for layer, normal in zip(self.up, self.up_norm, strict=True):
            values = layer(values.flatten(1) if self.dense else values)
            values = self._answer(normal(values))
        return widened(self.to_code(values.flatten(1)))

    def _entering(self, pictures: Tensor, known: Tensor | None) -> Tensor:
        """Pictures, covered and with their mask beside them where the encoder wants it, padded by their border."""
        if self.spec.masked:
            if known is None:
                known = torch.ones_like(pictures[:, :1])
            known = known.to(pictures.dtype).expand(len(pictures), 1, *self.shape[1:])
            pictures = torch.cat([torch.where(known > 0, pictures, COVERED), known], 1)
        down, across = self.padded[0] - pictures.shape[2], self.padded[1] - pictures.shape[3]
        return pad(pictures, (0, across, 0, down), mode="replicate") if down or across else pictures

    def posterior(self, pictures: Tensor, known: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Mean and log variance of the code of a variational autoencoder: (n, code) each."""
        mean, log_variance = self.code_input(pictures, known).chunk(2, 1)
        return mean, log_variance

    def encode(self, pictures: Tensor, known: Tensor | None = None) -> Tensor:
        """Return the code of pictures (n, C, H, W), a variational one's mean: (n, code)."""
        if self.variational:
            return self.posterior(pictures, known)[0]
        return self.code_of(self.code_input(pictures, known))

    def code_of(self, inputs: Tensor) -> Tensor:
        """f: normalised over the batch where layers are; then a sigmoid where codes are near binary."""
        inputs = self.code_norm(inputs)
        return torch.sigmoid(inputs) if self.spec.codes is Visible.BERNOULLI else inputs

    def decoder_output(self, codes: Tensor) -> Tensor:
        """Return what g is applied to, for codes (n, code): (n, C, H, W)."""
        weight = self.to_code.weight[: self.spec.code].t() if self.spec.tied else self.from_code.weight
        if not len(self.down):
            weight = self._unmasked(weight, 0)
        values = linear(codes, weight, self.from_code.bias)
        for number in reversed(range(len(self.down))):
            values = self._answer(
                self.down_norm[number](values.view(len(values), *self.top) if self._first(number) else values)
            )
            layer = cast(nn.Linear, self.down[number])
            if not self.dense:
                values = layer(values)
            else:
                weight = cast(nn.Linear, self.up[number]).weight.t() if self.spec.tied else layer.weight
                values = linear(values.flatten(1), self._unmasked(weight, number), layer.bias)
        pictures = widened(values).view(len(values), self.shape[0], *self.padded)
        return pictures[:, :, : self.shape[1], : self.shape[2]]

    def _answer(self, inputs: Tensor) -> Tensor:
        """What units of the layers between make of their inputs."""
        return torch.sigmoid(inputs) if self.logistic else leaky(inputs)

    def _first(self, number: int) -> bool:
        return number == len(self.down) - 1 and not self.dense

    def _unmasked(self, weight: Tensor, number: int) -> Tensor:
        """Weights to the picture without those of its mask."""
        return weight[: self.shape[0] * math.prod(self.padded)] if number == 0 else weight

    def decode(self, codes: Tensor) -> Tensor:
        """Return the pictures of codes (n, code): (n, C, H, W)."""
        values = self.decoder_output(codes)
        return torch.sigmoid(values) if self.spec.output is Output.SIGMOID else values

    def error(self, codes: Tensor, pictures: Tensor, weights: Tensor | None = None) -> Tensor:
        """Return how far the codes' pictures are from these, a mean over pixels: squared, or cross-entropy in nats.

        With weights (n, 1, H, W), whose mean is 1, it is a weighted mean.
        """
        if weights is not None:
            weights = weights.expand_as(pictures)
        if self.spec.loss is Loss.CROSS_ENTROPY:
            return binary_cross_entropy_with_logits(self.decoder_output(codes), pictures, weights)
        squares = (self.decode(codes) - pictures) ** 2
        return (squares if weights is None else weights * squares).mean()

    def reconstruct(self, pictures: Tensor, known: Tensor | None = None) -> Tensor:
        """Return what encoding and decoding make of pictures: (n, C, H, W)."""
        return self.decode(self.encode(pictures, known))

    @property
    def seen(self) -> nn.Linear | nn.Conv2d:
        """The layer that sees pixels."""
        first = self.up[0] if len(self.up) else self.to_code
        assert isinstance(first, nn.Linear | nn.Conv2d)
        return first

    @property
    def first_filters(self) -> int:
        return self.spec.widths[0] if self.spec.widths else self.spec.code

    def filters(self) -> Tensor:
        """The weights of the layer that sees pixels, without those of a mask: (filters, C, h, w)."""
        weights = self.seen.weight[: self.first_filters]
        if not isinstance(self.seen, nn.Conv2d):
            weights = weights.view(len(weights), self.spec.inputs(self.shape), *self.padded)
            return weights[:, : self.shape[0], : self.shape[1], : self.shape[2]]
        return weights[:, : self.shape[0]]

    def responses(self, pictures: Tensor) -> Tensor:
        """How strongly each filter of that layer answers, squeezed into 0..1: (n, filters, places)."""
        entering = self._entering(pictures, None)
        if not len(self.up):
            return torch.sigmoid(self.to_code(entering.flatten(1)))[:, : self.spec.code, None]
        values = self.up_norm[0](self.up[0](entering.flatten(1) if self.dense else entering))
        return torch.sigmoid(values.flatten(2) if not self.dense else values[:, :, None])


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL of N(mean, variance) from N(0, 1), in nats (Kingma & Welling 2014, appendix B): (n,)."""
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1)


def leaky(values: Tensor) -> Tensor:
    return torch.nn.functional.leaky_relu(values, SLOPE)


def widened(values: Tensor) -> Tensor:
    """Return what a rounding layer gave in single precision, in which codes, pictures and their loss are computed."""
    return values.float() if values.dtype is torch.bfloat16 else values


def check_dreams(spec: CodeSpec) -> None:
    """Raise SettingsError when there is nothing to draw codes from."""
    if not spec.dreams:
        raise SettingsError(
            "An autoencoder by itself repeats pictures and does not dream.",
            "Set hidden to 1 or more for an RBM over its codes, or beta above 0 for a variational one.",
        )
