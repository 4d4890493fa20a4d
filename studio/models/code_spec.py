"""What to build: an autoencoder, and an RBM over its codes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import cast

from studio.errors import SettingsError
from studio.models.kinds import FLOAT_BYTES, Family, Shape, Visible

MOST_WIDTHS = 8
AUTOENCODER, OVER_CODES = "Autoencoder", "RBM over codes"  # the stages in which they learn
KERNEL = 4  # side of the convolutions' kernels, each of which halves the picture
STRIDE = 2


class Network(StrEnum):
    """DENSE joins every unit to every pixel; CONVOLUTIONAL halves the picture by each of its layers of filters."""

    DENSE = "dense"
    CONVOLUTIONAL = "convolutional"


class Units(StrEnum):
    """Layers between picture and code: RECTIFIED units, normalised over the batch, or LOGISTIC ones as in an RBM."""

    RECTIFIED = "rectified"
    LOGISTIC = "logistic"


class Loss(StrEnum):
    SQUARED = "squared"
    CROSS_ENTROPY = "cross_entropy"


class Output(StrEnum):
    """How pictures leave the decoder: squeezed into 0..1, or as they come."""

    SIGMOID = "sigmoid"
    LINEAR = "linear"


class Corruption(StrEnum):
    """What is done to a picture before it is encoded, while the whole one is asked for (Vincent et al. 2008).

    With BLOCKS, halves and rectangles are covered, and the encoder is told which pixels it may trust.
    """

    NONE = "none"
    MASKING = "masking"
    SALT_PEPPER = "salt_pepper"
    GAUSSIAN = "gaussian"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class CodeSpec:
    """An autoencoder, and an RBM of `hidden` units over its codes; with 0 of them the autoencoder stands alone.

    Between the picture and its `code` numbers stand layers of these `widths`:
    units, or filters each of which halves the picture. `codes` says whether
    codes are near binary (sigmoid) or standardised, and so the RBM's visibles.
    `beta` > 0 weighs the divergence of a variational autoencoder, whose codes
    are drawn. `zoom` lets each
    training picture be a random part, up to this share smaller; `vary` turns, shifts,
    stretches and lights it otherwise, by this share of the most. Where parts are covered,
    `known_weight` is what a pixel that is not counts in the loss. `rbm_rate` is
    the RBM's learning rate, and `rbm_share` its share of the run. `units` are those
    of the layers; `pretrain` is the share of the run in which logistic ones learn one
    layer after another, each as an RBM, before the whole does; with 0 it begins from noise.
    """

    network: Network = Network.CONVOLUTIONAL
    widths: tuple[int, ...] = (24, 48, 64, 64)
    code: int = 128
    codes: Visible = Visible.GAUSSIAN
    hidden: int = 64
    deviation: float = 0.6
    tied: bool = False
    output: Output = Output.SIGMOID
    loss: Loss = Loss.SQUARED
    corruption: Corruption = Corruption.NONE
    level: float = 0.25
    code_noise: float = 0.15
    beta: float = 0.0
    zoom: float = 0.0
    vary: float = 0.0
    known_weight: float = 1.0
    rbm_rate: float = 0.005
    rbm_share: float = 0.15
    units: Units = Units.RECTIFIED
    pretrain: float = 0.0

    family = Family.CODES
    any_size = False

    def __post_init__(self) -> None:
        for name, kind in (
            ("network", Network),
            ("units", Units),
            ("codes", Visible),
            ("output", Output),
            ("loss", Loss),
            ("corruption", Corruption),
        ):
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, kind(value))
            except ValueError:
                raise SettingsError(f"{name} cannot be {value!r}.", f"Choose one of {', '.join(kind)}.") from None
        object.__setattr__(self, "widths", widths_of(self.widths))
        for name, low, high in CODE_LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"{name} cannot be {value}.", f"Choose {low:g} to {high:g}.")
        if self.tied and self.network is Network.CONVOLUTIONAL:
            raise SettingsError("Filters of convolutions are not tied here.", "Set tied to false, or network to dense.")
        if self.loss is Loss.CROSS_ENTROPY and self.output is Output.LINEAR:
            raise SettingsError("Cross-entropy needs pictures within 0..1.", "Set output to sigmoid.")
        if self.beta > 0 and self.codes is Visible.BERNOULLI:
            raise SettingsError(
                "The codes of a variational autoencoder are Gaussian.", "Set codes to gaussian, or beta to 0."
            )

    @property
    def dreams(self) -> bool:
        """Whether there is anything to draw codes from."""
        return self.hidden > 0 or self.beta > 0

    @property
    def normalised(self) -> bool:
        """Whether layers between picture and code are normalised over the batch."""
        return bool(self.widths) and self.units is Units.RECTIFIED

    @property
    def masked(self) -> bool:
        """Whether the encoder sees, beside the picture, which pixels are known."""
        return self.corruption is Corruption.BLOCKS

    def inputs(self, shape: Shape) -> int:
        """Channels that the encoder sees."""
        return shape[0] + self.masked

    def padded_size(self, shape: Shape) -> tuple[int, int]:
        """Return height and width of a picture brought up to what can be halved by every layer."""
        step = STRIDE ** len(self.widths) if self.network is Network.CONVOLUTIONAL else 1
        return -(-shape[1] // step) * step, -(-shape[2] // step) * step

    def sizes(self, shape: Shape) -> tuple[tuple[int, int, int], ...]:
        """Return channels, height and width after each layer, the padded picture first; a dense unit is a channel."""
        height, width = self.padded_size(shape)
        found = [(self.inputs(shape), height, width)]
        for count in self.widths:
            dense = self.network is Network.DENSE
            height, width = (1, 1) if dense else (height // STRIDE, width // STRIDE)
            found.append((count, height, width))
        return tuple(found)

    def parameter_count(self, shape: Shape) -> int:
        """Count the weights and biases of encoder, decoder and RBM, and the factors and offsets of normalisations."""
        sizes, dense = self.sizes(shape), self.network is Network.DENSE
        bottom, last = (shape[0], *self.padded_size(shape)), math.prod(sizes[-1])
        mean_and_variance = 2 if self.beta > 0 else 1
        total = (last + 1) * self.code * mean_and_variance
        normal = 4 if self.normalised else 0  # factors and offsets, on the way up and down
        if normal and self.codes is Visible.BERNOULLI:
            total += 2 * self.code
        start = last if self.widths else math.prod(bottom)
        total += start + (0 if self.tied else start * self.code)
        for below, above in pairwise(sizes):
            seen = math.prod(below) if dense else below[0] * KERNEL**2
            given = bottom if below is sizes[0] else below
            drawn = math.prod(given) if dense else given[0] * KERNEL**2
            total += (seen + 1 + normal) * above[0]
            total += (0 if self.tied else drawn * above[0]) + (drawn if dense else given[0])
        visible = self.code * (2 if self.codes is Visible.GAUSSIAN else 1)
        return total + (self.hidden * (self.code + 1) + visible if self.hidden else 0)

    def memory_bytes(self, shape: Shape, batch: int, chains: int) -> int:
        """Return bytes held while training: parameters, gradient and two moments, and one batch's activations."""
        units = 3 * sum(math.prod(size) for size in self.sizes(shape))
        return FLOAT_BYTES * (5 * self.parameter_count(shape) + 4 * batch * units + 2 * chains * self.code)

    def flops_per_picture(self, shape: Shape, steps: int) -> int:
        """Return floating-point operations of an update of the autoencoder and one of the RBM, per picture."""
        sizes = self.sizes(shape)
        total = math.prod(sizes[-1]) * self.code
        for below, above in pairwise(sizes):
            seen = below[0] * KERNEL**2 if self.network is Network.CONVOLUTIONAL else math.prod(below)
            total += seen * math.prod(above)
        rbm = self.code * self.hidden * (1 + 2 * steps + 2)
        return 2 * (2 * 3 * total + rbm)


def widths_of(values: Iterable[object]) -> tuple[int, ...]:
    """Return the layers' widths as whole numbers; raises SettingsError on anything else."""
    try:
        widths = tuple(int(cast(str, value)) for value in values)
    except ValueError:
        raise SettingsError(
            f"{','.join(map(str, values))} are no widths of layers.",
            "Write them like 24,48,64, nearest the picture first.",
        ) from None
    if len(widths) > MOST_WIDTHS or any(not 1 <= width <= 16_384 for width in widths):
        raise SettingsError(
            f"Layers of {', '.join(map(str, widths))} cannot be built.",
            f"Choose at most {MOST_WIDTHS} layers of 1 to 16,384.",
        )
    return widths


CODE_LIMITS: tuple[tuple[str, float, float], ...] = (
    ("code", 1, 16_384),
    ("hidden", 0, 65_536),
    ("deviation", 0.05, 2),
    ("level", 0, 1),
    ("code_noise", 0, 2),
    ("beta", 0, 100),
    ("zoom", 0, 0.5),
    ("vary", 0, 1),
    ("known_weight", 0, 1),
    ("rbm_rate", 0, 10),
    ("rbm_share", 0.01, 0.9),
    ("pretrain", 0, 0.9),
)
