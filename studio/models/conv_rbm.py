"""The convolutional RBM with probabilistic max-pooling (Lee, Grosse, Ranganath & Ng, ICML 2009)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from studio.errors import SettingsError
from studio.models.chain import Controls, Kind, Size, State
from studio.models.conv_canvas import Canvas, ConvState, broadcast
from studio.models.conv_grid import Wrap, blocks_of, from_maps, to_maps, to_picture, to_planes, valid_size
from studio.models.conv_strips import Strip, Strips
from studio.models.field_noise import FieldNoise
from studio.models.noise import Noise
from studio.models.pooling import detection_, log_partition, off_input, sample_
from studio.models.spec import ConvSpec, Shape, Visible

OWN_SIDE = 256
NOWHERE: Wrap = (False, False)
NO_CONTROLS = Controls()


class ConvRbm(nn.Module):
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

    any_size = True
    textures = 1

    def __init__(self, spec: ConvSpec, shape: Shape) -> None:
        super().__init__()
        self.spec = spec
        self.shape = shape
        self.channels = shape[0]
        self.side = spec.side
        self.block = self.multiple = spec.block
        self.hidden = spec.filters
        self.gaussian = spec.visible is Visible.GAUSSIAN
        self.geometry = Strips(spec.side, spec.block, shape[0], spec.filters)
        self.register_buffer("weights", torch.zeros(spec.filters, shape[0], spec.side, spec.side))
        self.register_buffer("hidden_bias", torch.zeros(spec.filters))
        self.register_buffer("visible_bias", torch.zeros(shape[0]))
        self.register_buffer("log_variance", torch.tensor([2 * math.log(spec.deviation)]))

    def initialise(self, noise: Noise, scale: float = 0.01, bias: float = -0.1) -> None:
        """Draw W from `scale` N(0, 1), with hidden units that seldom fire, and s as the spec has it."""
        self.log_variance.fill_(2 * math.log(self.spec.deviation))
        self.weights.copy_(noise.normal(tuple(self.weights.shape)) * scale)
        self.hidden_bias.fill_(bias)

    @property
    def deviation(self) -> float:
        """s."""
        return math.exp(0.5 * float(self.log_variance))

    @property
    def gain(self) -> float:
        """1/s2, which multiplies all inputs."""
        return math.exp(-float(self.log_variance))

    def valid_size(self, size: Size, wrap: Wrap = NOWHERE) -> Size:
        """The nearest size whose maps are whole blocks; never smaller where it does not wrap."""
        return valid_size(size, self.side, self.block, wrap)

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
        torch.mm(matrix, hidden.view(matrix.shape[1], -1), out=strip.cutter.patches[:-1])
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
        parts = []
        for strip in self.inputs(v, wrap, controls):
            total = strip.cutter.total
            if top_down is not None:
                total += top_down[:, :, strip.rows].permute(1, 2, 3, 0).reshape(total.shape[1:]) / controls.temperature
            detection = detection_(total, self.off(total, controls))
            if controls.gain is not None:
                detection *= controls.gain.view(-1, 1) > 0
            parts.append(to_maps(detection, strip.cutter.grid).clone())
        return torch.cat(parts, 2)

    def pooled_given_visible(self, v: Tensor, wrap: Wrap = NOWHERE, controls: Controls = NO_CONTROLS) -> Tensor:
        """P(pool=1|v), the sum of P(h=1|v) over each block: (n, K, H'/B, W'/B)."""
        detection = self.hidden_given_visible(v, wrap, controls)
        apart: Tensor = torch.unflatten(torch.unflatten(detection, 3, (-1, self.block)), 2, (-1, self.block))
        return apart.sum((3, 5))

    def visible_given_hidden(self, h: Tensor, wrap: Wrap = NOWHERE, controls: Controls = NO_CONTROLS) -> Tensor:
        """Mean of P(v|h), filters weighted by `controls.gain`: (n, C, H, W)."""
        if controls.gain is not None:
            h = h * controls.gain.view(-1, 1, 1)
        return self.mean_of(self.down(h, wrap), controls)

    def mean_of(self, total: Tensor, controls: Controls = NO_CONTROLS, dimension: int = 1) -> Tensor:
        """The mean of the visibles, from full_conv(h, W), as (n, C, H, W) or with channels in another dimension."""
        total = total + self.visible_bias.view(-1, *(1,) * (total.dim() - dimension - 1))
        return total if self.gaussian else total.mul_(self.gain / controls.temperature).sigmoid_()

    def free_energy(self, v: Tensor, wrap: Wrap = NOWHERE) -> Tensor:
        """F(v) = 1/s2 V(v) - sum over blocks of log(1 + sum e^I): (n,)."""
        visible = -(v * self.visible_bias.view(-1, 1, 1)).sum((1, 2, 3))
        if self.gaussian:
            visible += 0.5 * v.square().sum((1, 2, 3))
        visible *= self.gain
        for strip in self.inputs(v, wrap):
            visible -= log_partition(strip.cutter.total).view(-1, len(v)).sum(0)
        return visible

    @property
    def own_size(self) -> Size:
        """The canvas when none is asked for: whole blocks, at least 256 pixels."""
        side = -(-OWN_SIDE // self.block) * self.block
        return side, side

    def canvas(self, size: Size, wrap: Wrap) -> Canvas:
        return Canvas(size, self.side, self.block, wrap)

    def start(self, count: int, size: Size, noise: Noise, picture: Tensor | None = None) -> ConvState:
        """Return independent noise, or a picture (1 or count, C, H, W): what it does not cover is noise."""
        if min(size) < 1:
            raise SettingsError(f"A canvas of {size[1]} x {size[0]} px cannot be dreamt on.", "Choose at least 1 px.")
        canvas = self.canvas(size, (True, True))
        shape = (count, self.channels, *canvas.whole)
        visible = noise.normal(shape).mul_(self.deviation) if self.gaussian else noise.uniform(shape).round_()
        if picture is not None:
            picture = picture[:, :, : size[0], : size[1]].to(visible.dtype)
            if tuple(picture.shape[2:]) == size:
                visible = canvas.laid(picture).expand(count, -1, -1, -1).clone()
            else:
                height, width = (min(pair) for pair in zip(picture.shape[2:], canvas.whole, strict=True))
                visible[:, :, :height, :width] = picture[:, :, :height, :width]
        return ConvState(visible, visible, size=size)

    @torch.no_grad()
    def sweep(self, state: State, controls: Controls, noise: Noise) -> ConvState:
        """One Gibbs sweep: h ~ P(h|v), v ~ P(v|h), clamped pixels put back exactly."""
        state = self.fitted(state, controls)
        field = FieldNoise.of_sweep(noise)
        before = state.visible
        moved = self.roll_of(controls, noise)
        if any(moved):
            before = before.roll((-moved[0], -moved[1]), (2, 3))
        mean = self.expected(before, controls, field)
        visible = self.drawn(mean, before, controls, field)
        if any(moved):
            mean, visible = (part.roll(moved, (2, 3)) for part in (mean, visible))
        return self.clamped(dataclasses.replace(state, visible=visible, mean=mean), controls)

    def roll_of(self, controls: Controls, noise: Noise) -> tuple[int, int]:
        """How far the pooling grid is moved in this sweep, along sides that wrap."""
        if not controls.roll or self.block == 1:
            return 0, 0
        down, right = noise.integers(self.block, (2,)).tolist()
        return down * controls.wrap[0], right * controls.wrap[1]

    def expected(self, v: Tensor, controls: Controls = NO_CONTROLS, field: FieldNoise | None = None) -> Tensor:
        """Mean of P(v|h) with h drawn from the field's noise, or h = P(h|v) without one: (n, C, H, W)."""
        size, wrap = (v.shape[2], v.shape[3]), controls.wrap
        planes = self.geometry.empty(size, len(v), wrap, self.weights)
        weights = self.weights if controls.gain is None else self.weights * controls.gain.view(-1, 1, 1, 1)
        matrix = self.geometry.downward(weights)
        for strip in self.inputs(v, wrap, controls):
            total = strip.cutter.total
            off = self.off(total, controls)
            if field is None:
                hidden = detection_(total, off)
            else:
                hidden = sample_(total, field.uniform(tuple(total.shape[1:]), strip.index + 1), off)
            self.add_mean(strip, hidden, matrix, planes)
        return self.mean_of(to_picture(planes, size, wrap), controls)

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

    def fitted(self, state: State, controls: Controls) -> ConvState:
        """Return the state on the canvas that `controls.wrap` asks for, what was shown kept."""
        state = convolutional(state)
        if state.wrap == controls.wrap:
            return state
        canvas = self.canvas(state.size, controls.wrap)
        visible, mean = (canvas.laid(self.picture(state, kind)) for kind in ("sample", "mean"))
        return dataclasses.replace(state, visible=visible, mean=mean, wrap=controls.wrap)

    def clamped(self, state: State, controls: Controls) -> ConvState:
        """Return the state with the clamped pixels put in exactly."""
        state = convolutional(state)
        held = self.canvas(state.size, state.wrap).clamps(controls, self.channels)
        if held is None:
            return state if state.mask is None else dataclasses.replace(state, known=None, mask=None)
        known, mask = held
        return dataclasses.replace(
            state,
            visible=torch.where(mask, known, state.visible),
            mean=torch.where(mask, known, state.mean),
            known=controls.known,
            mask=controls.mask,
        )

    @torch.no_grad()
    def upward(self, picture: Tensor) -> ConvState:
        """One bottom-up pass from a picture (n, C, H, W) of any size, and its reconstruction; its sides do not meet."""
        size = (picture.shape[2], picture.shape[3])
        visible = self.canvas(size, NOWHERE).laid(picture)
        return ConvState(visible, self.expected(visible, Controls(wrap=NOWHERE)), size=size, wrap=NOWHERE)

    def picture(self, state: State, kind: Kind) -> Tensor:
        """What the state shows: (n, C, H, W)."""
        state = convolutional(state)
        canvas = self.canvas(state.size, state.wrap)
        picture = canvas.shown(state.mean if kind == "mean" else state.visible)
        if state.known is None or state.mask is None:
            return picture
        known, mask = (broadcast(part, self.channels, state.size) for part in (state.known, state.mask))
        return torch.where(mask, known, picture)

    def whole(self, pictures: Tensor) -> Tensor:
        """Pictures (n, C, H, W) at the next size whose maps are whole blocks, their borders repeated."""
        return self.canvas((pictures.shape[2], pictures.shape[3]), NOWHERE).laid(pictures)

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


def joined(parts: Iterator[Tensor]) -> Tensor:
    """Maps of strips (n, K, rows, W'), each copied before the next is made, as maps of the whole canvas."""
    return torch.cat([part.clone() for part in parts], 2)


def convolutional(state: State) -> ConvState:
    """Return the state as one of this model's; another's is a fault of the caller."""
    if not isinstance(state, ConvState):
        raise TypeError("a convolutional model continues convolutional states only")
    return state
