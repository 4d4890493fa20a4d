"""The convolutional RBM with probabilistic max-pooling (Lee, Grosse, Ranganath & Ng, ICML 2009)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.chain import Controls, Size
from studio.models.conv_grid import Wrap, blocks_of, from_maps, to_maps, to_picture, to_planes
from studio.models.conv_instrument import NO_CONTROLS, NOWHERE, ConvInstrument, Hiddens
from studio.models.conv_strips import Strip, Strips
from studio.models.field_noise import FieldNoise
from studio.models.noise import Noise
from studio.models.pooling import detection_, log_partition, off_input, sample_
from studio.models.spec import ConvSpec, Shape, Visible


class ConvRbm(ConvInstrument):
    """Filters shared by all places of a picture, their detection units pooled by blocks of B x B.

    E(v, h) = 1/s2 (V(v) - sum_k sum_ij h^k_ij (corr(v, W^k)_ij + b_k)), at most one unit of a block on,
    V(v) = 1/2 |v|^2 - c . v for Gaussian visibles, -c . v for Bernoulli ones:

        I = 1/s2 (corr(v, W^k) + b_k),    P(h_ij=1|v) = e^I_ij / (1 + sum_block e^I),
        v|h ~ N(m, s2)  or  P(v=1|h) = sigma(m/s2),    m = sum_k full_conv(h^k, W^k) + c.

    Shapes: v (n, C, H, W), W (K, C, k, k), b (K,), c (C,), s2 (1,), h (n, K, H', W').
    `wrap` says along which sides (rows, columns) the picture meets itself; there
    H' = H, elsewhere H' = H - k + 1. H' and W' are multiples of B, see `valid_size`.
    """

    weights: Tensor
    hidden_bias: Tensor
    visible_bias: Tensor
    log_variance: Tensor

    def __init__(self, spec: ConvSpec, shape: Shape) -> None:
        super().__init__()
        self.spec = spec
        self.shape = shape
        self.channels = shape[0]
        self.side = spec.side
        self.block = self.multiple = spec.block
        self.stack = spec.stack
        self.hidden = spec.filters
        self.gaussian = spec.visible is Visible.GAUSSIAN
        self.geometry = Strips(spec.side, spec.block, shape[0], spec.filters)
        self.register_buffer("weights", torch.zeros(spec.filters, shape[0], spec.side, spec.side))
        self.register_buffer("hidden_bias", torch.zeros(spec.filters))
        self.register_buffer("visible_bias", torch.zeros(shape[0]))
        self.register_buffer("log_variance", torch.tensor([2 * math.log(spec.deviation)]))
        self._read: tuple[Tensor, int, float] | None = None

    def initialise(self, noise: Noise, scale: float = 0.01, bias: float = -0.1) -> None:
        """Draw W from `scale` N(0, 1), with hidden units that seldom fire, and s as the spec has it."""
        self.log_variance.fill_(2 * math.log(self.spec.deviation))
        self.weights.copy_(noise.normal(tuple(self.weights.shape)) * scale)
        self.hidden_bias.fill_(bias)

    @property
    def deviation(self) -> float:
        """s."""
        return math.exp(0.5 * self.read_log_variance())

    @property
    def gain(self) -> float:
        """1/s2, which multiplies all inputs."""
        return math.exp(-self.read_log_variance())

    def read_log_variance(self) -> float:
        """log s2 on the host; a GPU is waited for only when it has changed."""
        tensor = self.log_variance
        if self._read is None or self._read[0] is not tensor or self._read[1] != tensor._version:
            self._read = tensor, tensor._version, float(tensor)
        return self._read[2]

    def set_log_variance(self, value: float) -> None:
        """Let log s2 be a number that float32 holds; a GPU is not waited for to read it."""
        self.log_variance.fill_(value)
        self._read = self.log_variance, self.log_variance._version, value

    def constants(self) -> tuple[object, ...]:
        """s."""
        return (self.deviation,)

    def workspace(self) -> tuple[object, ...]:
        """The cutters."""
        return self.geometry.workspace()

    def up_size(self, v: Tensor, wrap: Wrap = NOWHERE) -> Size:
        """H' and W' of the maps of pictures (n, C, H, W)."""
        rows, columns = blocks_of((v.shape[2], v.shape[3]), self.side, self.block, wrap)
        return rows * self.block, columns * self.block

    def up(self, v: Tensor, wrap: Wrap = NOWHERE) -> Tensor:
        """corr(v, W): (n, K, H', W')."""
        matrix = self.geometry.upward(self.weights, torch.zeros_like(self.hidden_bias), 1.0)
        return joined(to_maps(strip.cutter.total, strip.cutter.grid) for strip in self.products(v, matrix, wrap))

    def down(self, h: Tensor, wrap: Wrap = NOWHERE) -> Tensor:
        """sum_k full_conv(h^k, W^k), the exact adjoint of `up`: (n, C, H, W)."""
        height, width = (
            length if meets else length + self.side - 1 for length, meets in zip(h.shape[2:], wrap, strict=True)
        )
        matrix = self.geometry.downward(self.weights)
        planes = self.geometry.empty((height, width), len(h), wrap, self.weights)
        for strip in self.geometry.over((height, width), len(h), wrap, self.weights):
            self.add_mean(strip, from_maps(h[:, :, strip.units], strip.cutter.grid), matrix, planes)
        return to_picture(planes, (height, width), wrap)

    def products(self, v: Tensor, matrix: Tensor, wrap: Wrap) -> Iterator[Strip]:
        """Yield the strips of pictures, each with the matrix times its patches in the cutter's `total`."""
        planes = to_planes(v, self.side, self.block, wrap)
        return self.geometry.products(planes, (v.shape[2], v.shape[3]), matrix, wrap)

    def inputs(self, v: Tensor, wrap: Wrap, controls: Controls = NO_CONTROLS) -> Iterator[Strip]:
        """Yield the strips of pictures, each with I/T in the cutter's `total`: (B B, K, cells)."""
        matrix = self.geometry.upward(self.weights, self.hidden_bias, self.gain / controls.temperature)
        return self.products(v, matrix, wrap)

    def add_mean(self, strip: Strip, hidden: Tensor, matrix: Tensor, planes: Tensor) -> None:
        """Add full_conv(h, W) of a strip's hiddens (B B, K, cells) to the planes; overwrites its patches."""
        torch.mm(matrix, hidden.reshape(matrix.shape[1], -1), out=strip.cutter.patches[:-1])
        strip.cutter.scatter(planes, strip.first)

    def off(self, total: Tensor, controls: Controls) -> Tensor | None:
        """The input of "no unit of the block", raised by held filters: (K, cells), None where all is free."""
        return None if controls.hold is None else off_input(total, controls.hold.view(-1, 1))

    def hidden_input(self, v: Tensor, wrap: Wrap = NOWHERE) -> Tensor:
        """I = 1/s2 (corr(v, W) + b): (n, K, H', W')."""
        return joined(to_maps(strip.cutter.total, strip.cutter.grid) for strip in self.inputs(v, wrap))

    def hidden_given_visible(
        self,
        v: Tensor,
        wrap: Wrap = NOWHERE,
        controls: Controls = NO_CONTROLS,
        top_down: Tensor | None = None,
    ) -> Tensor:
        """P(h=1|v), with what a layer above adds to the input of each pooling unit (n, K, H'/B, W'/B): (n, K, H', W').

        A muted filter is 0; a held one has a unit on in every block.
        """
        return self.maps(v, dataclasses.replace(controls, wrap=wrap), top_down=top_down)

    def maps(
        self,
        v: Tensor,
        controls: Controls,
        field: FieldNoise | None = None,
        top_down: Tensor | None = None,
        first: int = 0,
    ) -> Tensor:
        """The hiddens of pictures as `hiddens` yields them, muted filters at 0: (n, K, H', W')."""
        every = self.hiddens(v, controls, field, top_down, first)
        maps = joined(to_maps(hidden, strip.cutter.grid) for strip, hidden in every)
        return maps if controls.gain is None else maps.mul_(controls.gain.view(-1, 1, 1) > 0)

    def hiddens(
        self,
        v: Tensor,
        controls: Controls,
        field: FieldNoise | None = None,
        top_down: Tensor | None = None,
        first: int = 0,
    ) -> Iterator[tuple[Strip, Tensor]]:
        """Yield the strips of pictures with their hiddens (B B, K, cells): drawn from the field's noise, or P(h=1|v).

        The noise is that of the blocks after `first`.
        """
        for strip in self.inputs(v, controls.wrap, controls):
            total = strip.cutter.total
            if top_down is not None:
                total += top_down[:, :, strip.rows].permute(1, 2, 3, 0).reshape(total.shape[1:]) / controls.temperature
            off = self.off(total, controls)
            if field is None:
                yield strip, detection_(total, off)
            else:
                yield strip, sample_(total, field.uniform(tuple(total.shape[1:]), first + strip.index + 1), off)

    def pooled_given_visible(self, v: Tensor, wrap: Wrap = NOWHERE, controls: Controls = NO_CONTROLS) -> Tensor:
        """P(pool=1|v), the sum of P(h=1|v) over each block: (n, K, H'/B, W'/B)."""
        return pooled_maps(self.hidden_given_visible(v, wrap, controls), self.block)

    def visible_given_hidden(self, h: Tensor, wrap: Wrap = NOWHERE, controls: Controls = NO_CONTROLS) -> Tensor:
        """Mean of P(v|h), filters weighted by `controls.gain`: (n, C, H, W)."""
        if controls.gain is not None:
            h = h * controls.gain.view(-1, 1, 1)
        return self.mean_of(self.down(h, wrap), controls)

    def mean_of(
        self, total: Tensor, controls: Controls = NO_CONTROLS, dimension: int = 1, gain: Tensor | None = None
    ) -> Tensor:
        """The mean of the visibles, from full_conv(h, W), as (n, C, H, W) or with channels in another dimension.

        A gain (1,) that the device is to read stands in for the one that the host knows.
        """
        total = total + self.visible_bias.view(-1, *(1,) * (total.dim() - dimension - 1))
        own = self.gain if gain is None else gain
        return total if self.gaussian else total.mul_(own / controls.temperature).sigmoid_()

    def free_energy(self, v: Tensor, wrap: Wrap = NOWHERE) -> Tensor:
        """F(v) = 1/s2 V(v) - sum over blocks of log(1 + sum e^I): (n,)."""
        visible = -(v * self.visible_bias.view(-1, 1, 1)).sum((1, 2, 3))
        if self.gaussian:
            visible += 0.5 * v.square().sum((1, 2, 3))
        visible *= self.gain
        for strip in self.inputs(v, wrap):
            visible -= log_partition(strip.cutter.total).view(-1, len(v)).sum(0)
        return visible

    def expected(self, v: Tensor, controls: Controls = NO_CONTROLS, field: FieldNoise | None = None) -> Tensor:
        """Mean of P(v|h) with h drawn from the field's noise, or h = P(h|v) without one: (n, C, H, W)."""
        return self.up_and_down(v, controls, field)

    def up_and_down(
        self,
        v: Tensor,
        controls: Controls,
        field: FieldNoise | None = None,
        top_down: Tensor | None = None,
        pooled: list[Tensor] | None = None,
    ) -> Tensor:
        """As `expected`, under a layer above; pooling units (n, K, rows, W'/B) of each strip go into `pooled`."""
        size, wrap = (v.shape[2], v.shape[3]), controls.wrap
        planes = self.geometry.empty(size, len(v), wrap, self.weights)
        weights = self.weights if controls.gain is None else self.weights * controls.gain.view(-1, 1, 1, 1)
        matrix = self.geometry.downward(weights)
        for strip, hidden in self.hiddens(v, controls, field, top_down):
            if pooled is not None:
                grid = strip.cutter.grid
                pooled.append(hidden.sum(0).view(-1, grid.rows, grid.columns, grid.batch).permute(3, 0, 1, 2))
            self.add_mean(strip, hidden, matrix, planes)
        return self.mean_of(to_picture(planes, size, wrap), controls)

    def moved(
        self, v: Tensor, hiddens: Hiddens, controls: Controls, field: FieldNoise
    ) -> tuple[Tensor, Tensor, Hiddens]:
        """Take one Gibbs sweep: returns the visibles drawn and their mean."""
        mean = self.expected(v, controls, field)
        return self.drawn(mean, v, controls, field), mean, hiddens

    def drawn(self, mean: Tensor, before: Tensor, controls: Controls, field: FieldNoise) -> Tensor:
        """v ~ P(v|h) around its mean; Gaussian visibles have variance T s2, and may move there smoothly.

        A smooth step from `before` leaves P(v|h) invariant.
        """
        if not self.gaussian:
            return field.bernoulli(mean, 0)
        fresh = field.normal(tuple(mean.shape), 0).mul_(self.deviation * controls.temperature**0.5)
        if controls.rho > 0:
            fresh.mul_((1 - controls.rho**2) ** 0.5).add_(before - mean, alpha=controls.rho)
        return fresh.add_(mean)

    def pooled(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """P(pool=1|v) of pictures (n, C, H, W), which are brought up to whole blocks: the features of each layer."""
        return (self.pooled_given_visible(self.whole(pictures)),)

    def activity(self, pictures: Tensor) -> Tensor:
        """Mean P(h=1|v) of each filter over all its places in pictures (n, C, H, W): (K,)."""
        total = torch.zeros_like(self.hidden_bias)
        places = 0
        for strip in self.inputs(self.whole(pictures), NOWHERE):
            detection = detection_(strip.cutter.total)
            total += detection.sum((0, 2))
            places += detection.shape[0] * detection.shape[2]
        return total / places

    def responses(self, pictures: Tensor, index: int) -> Tensor:
        """P(h=1|v) of one filter at each of its places in pictures (n, C, H, W): (n, places)."""
        alone = Strips(self.side, self.block, self.channels, 1)
        matrix = alone.upward(self.weights[index : index + 1], self.hidden_bias[index : index + 1], self.gain)
        v = self.whole(pictures)
        strips = alone.products(to_planes(v, self.side, self.block, NOWHERE), (v.shape[2], v.shape[3]), matrix, NOWHERE)
        return joined(to_maps(detection_(strip.cutter.total), strip.cutter.grid) for strip in strips).flatten(1)

    def place(self, _index: int, place: int) -> tuple[int, int, int, int]:
        """Top, left, height and width in a training crop of what a filter saw at one of its places."""
        width = self.valid_size((self.shape[1], self.shape[2]))[1]
        top, left = divmod(place, width - self.side + 1)
        return min(top, self.shape[1] - self.side), min(left, self.shape[2] - self.side), self.side, self.side

    def learned(self) -> dict[str, Tensor]:
        """The parameters, by name."""
        return {"weights": self.weights, "hidden_bias": self.hidden_bias, "visible_bias": self.visible_bias}

    def saved(self) -> dict[str, Tensor]:
        """All that a project keeps, by name."""
        return dict(self.named_buffers())

    def layers(self) -> tuple[tuple[str, int], ...]:
        """Name and number of filters of each hidden layer."""
        return (("maps", self.hidden),)

    def filters(self, layer: int = 0) -> Tensor:
        """The weights of each filter as a picture: (K, C, k, k)."""
        if layer != 0:
            raise SettingsError(f"This model has no layer {layer}.", "It has one hidden layer, number 0.")
        return self.weights


def pooled_maps(detection: Tensor, block: int) -> Tensor:
    """Pooling units of detection units (n, K, H', W'), on where one of their block is: (n, K, H'/B, W'/B)."""
    apart: Tensor = torch.unflatten(torch.unflatten(detection, 3, (-1, block)), 2, (-1, block))
    return apart.sum((3, 5))


def joined(parts: Iterator[Tensor]) -> Tensor:
    """Maps of strips (n, K, rows, W'), each copied before the next is made, as maps of the whole canvas."""
    return torch.cat([part.clone() for part in parts], 2)
