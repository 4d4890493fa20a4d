"""Glitches of weights and transplants of filters, on a copy of a model that nobody else holds."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.altered import EVERYWHERE, Glitch, GlitchKind, Transplant, alterable
from studio.models.autoencoder import Autoencoder
from studio.models.build import Model
from studio.models.cdbn import Cdbn
from studio.models.conv_rbm import ConvRbm
from studio.models.latent_rbm import LatentRbm
from studio.models.rbm import Rbm
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm

COARSEST = 3.0  # deviations of the weights: the step of a full quantisation, which leaves few weights but 0
FINEST = 127  # times finer is the step of the least
BYTE = 127  # what the largest weight is as a signed byte


@torch.no_grad()
def glitch(model: Model, one: Glitch) -> None:
    """Apply a glitch in place; the same glitch of the same weights gives the same bits on the CPU.

    Raises SettingsError where the model has no such part or unit.
    """
    parts = alterable(model.spec)
    if one.part != EVERYWHERE and not 0 <= one.part < len(parts):
        raise SettingsError(f"This model has no part {one.part}.", f"It has {len(parts)}, counted from 0.")
    check_within(model, one.units)
    generator = torch.Generator().manual_seed(one.seed)
    for number, part in enumerate(parts):
        for rows in rows_of(model, number):
            changed = KINDS[one.kind](rows.detach().cpu(), one.amount, generator)  # drawn for all, whatever is chosen
            if one.part not in (EVERYWHERE, number):
                continue
            chosen = torch.ones(len(rows), dtype=torch.bool)
            if one.units:
                chosen = torch.tensor([unit in one.units for unit in part.units])
            rows[chosen] = changed[chosen].to(rows.device)


@torch.no_grad()
def transplant(model: Model, other: Model, one: Transplant) -> None:
    """Copy weights and hidden biases of filters of another model of the same shape in place.

    Raises SettingsError where a filter is not there, or lies in another part than the one it replaces.
    """
    check_within(model, (*one.units, *one.taken))
    for unit, source in zip(one.units, one.taken, strict=True):
        (mine, place), (theirs, other_place) = located(model, unit), located(other, source)
        if mine != theirs:
            raise SettingsError(
                f"Filter {source} cannot stand in for filter {unit}, which is of another layer.",
                "Take filters of the same layer.",
            )
        rows_of(model, mine)[0][place] = rows_of(other, theirs)[0][other_place]
        biases_of(model, mine)[:, place] = biases_of(other, theirs)[:, other_place]


def check_within(model: Model, units: tuple[int, ...]) -> None:
    """Raise SettingsError where a unit is not there, or is one of an encoder."""
    parts = alterable(model.spec)
    count = parts[-1].first + parts[-1].count
    for unit in units:
        if unit >= count:
            raise SettingsError(f"This model has no filter {unit}.", f"It has {count:,}, counted from 0.")
        if isinstance(model, LatentRbm) and unit in parts[0].units:
            raise SettingsError(
                f"Filter {unit} is one of the encoder, which only looks.", "Choose hidden units, or the whole decoder."
            )


def located(model: Model, unit: int) -> tuple[int, int]:
    """Return the number of the part a unit is in, and its place there."""
    for number, part in enumerate(alterable(model.spec)):
        if unit in part.units:
            return number, unit - part.first
    raise SettingsError(f"This model has no filter {unit}.", "Count them from 0.")


def rows_of(model: Model, number: int) -> tuple[Tensor, ...]:
    """Return views of the weights of a part, a row for each of its units; of a decoder, of each of its layers."""
    if isinstance(model, LatentRbm):
        return decoder_rows(model.autoencoder) if number == 0 else rows_of_rbm(model)
    if isinstance(model, Rbm):
        return (model.weights.t(),)
    if isinstance(model, TiledRbm):
        return (model.weights.flatten(0, 1),)
    if isinstance(model, TiledPyramid):
        return (model.each[number].weights.flatten(0, 1),)
    layer = model.each[number] if isinstance(model, Cdbn) else model
    assert isinstance(layer, ConvRbm)
    return (layer.weights.flatten(1),)


def rows_of_rbm(model: LatentRbm) -> tuple[Tensor, ...]:
    assert model.rbm is not None
    return (model.rbm.weights.t(),)


def decoder_rows(autoencoder: Autoencoder) -> tuple[Tensor, ...]:
    """Return views of the weights that draw; tied ones are the encoder's own."""
    drawing = [autoencoder.from_code, *autoencoder.down]
    if any("weight" not in part._parameters for part in drawing):
        drawing = [autoencoder.to_code, *autoencoder.up]
    return tuple(part.weight.detach().flatten(1) for part in drawing if isinstance(part.weight, Tensor))


def biases_of(model: Model, number: int) -> Tensor:
    """Return a view of the hidden biases of a part: (textures or 1, units)."""
    if isinstance(model, LatentRbm):
        assert model.rbm is not None
        return model.rbm.hidden_bias[None]
    if isinstance(model, TiledRbm):
        return model.hidden_bias.flatten(1)
    if isinstance(model, TiledPyramid):
        return model.each[number].hidden_bias.flatten(1)
    if isinstance(model, Cdbn):
        return model.each[number].hidden_bias[None]
    return model.hidden_bias[None]


def quantise(rows: Tensor, amount: float, _generator: torch.Generator) -> Tensor:
    """Round weights (units, numbers) to steps of COARSEST deviations where the amount is 1, far finer at 0."""
    step = COARSEST * float(rows.std()) * FINEST ** (amount - 1)
    return torch.round(rows / step) * step if amount > 0 and step > 0 else rows


def shuffle(rows: Tensor, amount: float, generator: torch.Generator) -> Tensor:
    """Pass this share of a unit's weights on in a random circle: (units, numbers)."""
    order = torch.rand(rows.shape, generator=generator).argsort(1)
    places = order[:, : round(amount * rows.shape[1])]
    return rows.scatter(1, places, rows.gather(1, places.roll(1, 1)))


def flips(rows: Tensor, amount: float, generator: torch.Generator) -> Tensor:
    """Turn over one of the eight bits of this share of the weights, written as signed bytes: (units, numbers).

    In floating point a bit of the exponent would make a weight larger than all others together.
    """
    hit = torch.rand(rows.shape, generator=generator) < amount
    bits = torch.randint(0, 8, rows.shape, generator=generator)
    step = float(rows.abs().max()) / BYTE
    if step == 0:
        return rows
    # Two's complement in 0..255, so that the highest bit is the sign.
    written = torch.round(rows / step).to(torch.int64) & 255
    turned = written ^ (1 << bits)
    turned = torch.where(turned > BYTE, turned - 256, turned)
    return torch.where(hit, turned * step, rows)


def gain(rows: Tensor, amount: float, generator: torch.Generator) -> Tensor:
    """Multiply each unit's weights (units, numbers) by exp(amount N(0, 1))."""
    return rows * torch.exp(amount * torch.randn(len(rows), 1, generator=generator))


KINDS: dict[GlitchKind, Callable[[Tensor, float, torch.Generator], Tensor]] = {
    GlitchKind.QUANTISE: quantise,
    GlitchKind.SHUFFLE: shuffle,
    GlitchKind.FLIPS: flips,
    GlitchKind.GAIN: gain,
}
