"""Fades between two models of one shape: of their weights, or of their energies (Hinton 2002, products of experts)."""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.build import Model, build_alike
from studio.models.cdbn import Cdbn
from studio.models.conv_rbm import ConvRbm
from studio.models.latent_rbm import LatentRbm
from studio.models.rbm import Rbm
from studio.models.spec import ConvSpec, ModelSpec, RbmSpec, TiledSpec
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm


@torch.no_grad()
def fade_weights(model: Model, other: Model, share: float) -> None:
    """Move all that a model keeps towards another of the same shape, in place; variances move as logarithms."""
    theirs = other.saved()
    for name, tensor in model.saved().items():
        tensor.detach().lerp_(theirs[name].detach().to(tensor.device), share)


@torch.no_grad()
def side_by_side(a: Model, b: Model, share: float) -> Model:
    """Return the model of p(v, h_a, h_b) ~ exp(-(1-t) E_a(v, h_a) - t E_b(v, h_b)), which is one of the same family.

    Its hidden units are those of both, with their inputs times 1-t and t, and a
    Gibbs sweep of it is exact. It is no mixture of free energies: softplus of a
    part of an input is not that part of its softplus. At t = 0 and 1 the two agree.
    Raises SettingsError for autoencoders, which have no energy of their own.
    """
    spec, device = joint_spec(a.spec), next(iter(a.saved().values())).device
    joint = build_alike(a, spec).to(device)
    if isinstance(joint, Rbm) and isinstance(a, Rbm) and isinstance(b, Rbm):
        join_rbm(joint, a, b, share)
    elif isinstance(joint, TiledRbm) and isinstance(a, TiledRbm) and isinstance(b, TiledRbm):
        join_tiled(joint, a, b, share, torch.ones_like(a.log_variance))
    elif isinstance(joint, TiledPyramid) and isinstance(a, TiledPyramid) and isinstance(b, TiledPyramid):
        joint.scales.copy_(a.scales)
        for number, level in enumerate(joint.each):
            join_tiled(level, a.each[number], b.each[number], share, a.scales[number] / b.scales[number])
    elif isinstance(joint, Cdbn) and isinstance(a, Cdbn) and isinstance(b, Cdbn):
        for number, layer in enumerate(joint.each):
            join_conv(layer, a.each[number], b.each[number], share, first=number == 0)
    elif isinstance(joint, ConvRbm) and isinstance(a, ConvRbm) and isinstance(b, ConvRbm):
        join_conv(joint, a, b, share, first=True)
    return joint


def joint_spec(spec: ModelSpec) -> ModelSpec:
    """Return the spec of two such models side by side."""
    if isinstance(spec, RbmSpec) and spec.rectified:
        raise SettingsError("Rectified hidden units have no energy to fade.", "Fade between weights instead.")
    if isinstance(spec, RbmSpec):
        return dataclasses.replace(spec, hidden=2 * spec.hidden)
    if isinstance(spec, TiledSpec):
        return dataclasses.replace(spec, filters=2 * spec.filters)
    if isinstance(spec, ConvSpec):
        return spec.with_layers([dataclasses.replace(layer, filters=2 * layer.filters) for layer in spec.layers])
    raise SettingsError("An autoencoder has no energy that could be faded.", "Fade between weights instead.")


def own_units(model: Model) -> list[int]:
    """Return the numbers that the units of the first of two models have side by side, in their order."""
    if isinstance(model, LatentRbm):
        return []
    if isinstance(model, Rbm):
        return list(range(model.hidden))
    if isinstance(model, TiledRbm | TiledPyramid):
        levels = model.each if isinstance(model, TiledPyramid) else [model]
        groups = [level.units[1] for level in levels for _ in range(level.units[0])]
    else:
        groups = [layer.filters for layer in model.spec.layers]
    found: list[int] = []
    first = 0
    for count in groups:
        found += range(first, first + count)
        first += 2 * count
    return found


def join_rbm(joint: Rbm, a: Rbm, b: Rbm, t: float) -> None:
    joint.hidden_bias.copy_(torch.cat([(1 - t) * a.hidden_bias, t * b.hidden_bias]))
    joint.start_mean.copy_(torch.lerp(a.start_mean, b.start_mean, t))
    if not a.gaussian:
        joint.weights.copy_(torch.cat([(1 - t) * a.weights, t * b.weights], 1))
        joint.visible_bias.copy_(torch.lerp(a.visible_bias, b.visible_bias, t))
        return
    mine, theirs = parts_of_precision(a.log_variance, b.log_variance, t)
    joint.log_variance.copy_(-torch.log(precision(a.log_variance, b.log_variance, t)))
    joint.weights.copy_(torch.cat([mine[:, None] * a.weights, theirs[:, None] * b.weights], 1))
    joint.visible_bias.copy_(mine * a.visible_bias + theirs * b.visible_bias)


def join_tiled(joint: TiledRbm, a: TiledRbm, b: TiledRbm, t: float, ratio: Tensor) -> None:
    """Join tiled RBMs; what b sees is `ratio` (C,) times what a sees, as of levels with scales of their own."""
    theirs_variance = b.log_variance - 2 * torch.log(ratio)
    mine, theirs = parts_of_precision(a.log_variance, theirs_variance, t)
    joint.log_variance.copy_(-torch.log(precision(a.log_variance, theirs_variance, t)))
    up_a = joint.per_pixel(joint.deviation / a.deviation)
    up_b = joint.per_pixel(joint.deviation / torch.exp(0.5 * theirs_variance))
    joint.weights.copy_(torch.cat([(1 - t) * a.weights * up_a, t * b.weights * up_b], 1))
    joint.hidden_bias.copy_(torch.cat([(1 - t) * a.hidden_bias, t * b.hidden_bias], 2))
    joint.visible_bias.copy_(mine * a.visible_bias + theirs * (b.visible_bias / ratio))


def join_conv(joint: ConvRbm, a: ConvRbm, b: ConvRbm, t: float, *, first: bool) -> None:
    """Join convolutional RBMs; those above the first each see the pooled maps of their own model alone."""
    mine, theirs = parts_of_precision(a.log_variance, b.log_variance, t)
    joint.log_variance.copy_(-torch.log(precision(a.log_variance, b.log_variance, t)))
    joint.hidden_bias.copy_(torch.cat([mine * a.hidden_bias, theirs * b.hidden_bias]))
    if first:
        joint.weights.copy_(torch.cat([mine * a.weights, theirs * b.weights]))
        joint.visible_bias.copy_(mine * a.visible_bias + theirs * b.visible_bias)
        return
    joint.weights.zero_()
    filters, channels = a.weights.shape[:2]
    joint.weights[:filters, :channels] = mine * a.weights
    joint.weights[filters:, channels:] = theirs * b.weights
    joint.visible_bias.copy_(torch.cat([mine * a.visible_bias, theirs * b.visible_bias]))


def precision(a: Tensor, b: Tensor, t: float) -> Tensor:
    """(1-t)/s_a^2 + t/s_b^2 from logarithms of variances."""
    return (1 - t) * torch.exp(-a) + t * torch.exp(-b)


def parts_of_precision(a: Tensor, b: Tensor, t: float) -> tuple[Tensor, Tensor]:
    """The shares of both in the precision, whose sum is 1."""
    whole = precision(a, b, t)
    return (1 - t) * torch.exp(-a) / whole, t * torch.exp(-b) / whole
