"""The convolutional deep belief network (Lee, Grosse, Ranganath & Ng, ICML 2009, sections 3.4 to 3.6)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from studio.errors import SettingsError
from studio.models.chain import Controls, Size
from studio.models.conv_grid import Wrap
from studio.models.conv_instrument import NO_CONTROLS, NOWHERE, ConvInstrument, Hiddens
from studio.models.conv_rbm import ConvRbm, pooled_maps
from studio.models.field_noise import FieldNoise
from studio.models.kinds import FLOAT_BYTES
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, Shape, Visible

LAYER_BLOCKS = 1 << 20  # of noise, for each layer in each pass
MEAN_FIELD = 5  # iterations
COPIES = 4  # of the maps above the first layer and of what they see, as measured: before and after, in strips and whole
CUTTERS = 2  # of a layer: one of whole strips, one of the last


def nothing() -> None:
    """Do nothing."""


class Cdbn(ConvInstrument):
    """Convolutional RBMs, each over the pooling units p of the one below:

        E(v, h_1, ..., h_L) = E_1(v, h_1) + E_2(p_1, h_2) + ... + E_L(p_{L-1}, h_L).

    A detection unit so gets from above what its pooling unit gets as a visible
    of the next layer, with that layer's own gain:

        T = 1/s2' (sum_l full_conv(h'^l, W'^l) + c').

    A Gibbs sweep draws h_1 given v and h_2, h_2 given p_1 and h_3 and so on up,
    then v given h_1. On a canvas of a `valid_size` the maps of all layers fit.
    """

    def __init__(self, spec: ConvSpec, shape: Shape) -> None:
        super().__init__()
        self.spec = spec
        self.shape = shape
        self.channels = shape[0]
        self.stack = spec.stack
        self.multiple = math.prod(block for _, block in spec.stack)
        self.hidden = spec.hidden
        self.gaussian = spec.visible is Visible.GAUSSIAN
        self.each = [ConvRbm(layer, seen) for layer, seen in spec.each(shape)]
        self.levels = nn.ModuleList(self.each)

    @property
    def deviation(self) -> float:
        """s of the visibles."""
        return self.each[0].deviation

    def constants(self) -> tuple[object, ...]:
        """s of each layer."""
        return tuple(layer.deviation for layer in self.each)

    def workspace(self) -> tuple[object, ...]:
        """The cutters of all layers."""
        return tuple(layer.workspace() for layer in self.each)

    def above_bytes(self, size: Size, chains: int) -> int:
        """About how many bytes a sweep holds at most beyond its canvas: maps, which are whole, and strips."""
        numbers = 0
        for number, layer in enumerate(self.each):
            size = -(-size[0] // layer.block), -(-size[1] // layer.block)
            cells = chains * size[0] * size[1]
            numbers += CUTTERS * layer.geometry.strip_numbers(cells)
            numbers += COPIES * cells * layer.hidden * (layer.block**2 if number else 1)
        return FLOAT_BYTES * numbers

    def lowest(self, count: int) -> Cdbn:
        """Return the network of the lowest layers alone, which are the same as here."""
        found = Cdbn(self.spec.with_layers(self.spec.layers[:count]), self.shape)
        found.each = self.each[:count]
        found.levels = nn.ModuleList(found.each)
        return found

    def initialise(self, noise: Noise) -> None:
        for layer in self.each:
            layer.initialise(noise)

    def top_down(self, number: int, h: Tensor, wrap: Wrap, gain: Tensor | None = None) -> Tensor:
        """T of a layer's hiddens (n, K, H', W') times a gain each on the pooling units below: (n, K below, H, W)."""
        layer = self.each[number]
        if gain is not None:
            h = h * gain.view(-1, 1, 1)
        return (layer.down(h, wrap) + layer.visible_bias.view(-1, 1, 1)).mul_(layer.gain)

    def moved(
        self, v: Tensor, hiddens: Hiddens, controls: Controls, field: FieldNoise
    ) -> tuple[Tensor, Tensor, Hiddens]:
        """Take one Gibbs sweep of all layers; those above the first are drawn upwards first where there are none."""
        own = self.controls_of(controls)
        mean, _, found = self.climbed(v, hiddens, own, field)
        return self.each[0].drawn(mean, v, own[0], field), mean, found

    def climbed(
        self, v: Tensor, hiddens: Hiddens, own: tuple[Controls, ...], field: FieldNoise
    ) -> tuple[Tensor, Tensor, Hiddens]:
        """Draw all hiddens in turn, upwards: the mean of P(v|h), what the highest layer saw, and the hiddens."""
        wrap = own[0].wrap
        if not hiddens:
            hiddens = self.drawn_upwards(v, own, field)
        pooled: list[Tensor] = []
        mean = self.each[0].up_and_down(v, own[0], field, self.top_down(1, hiddens[0], wrap, own[1].gain), pooled)
        below, found = muted(torch.cat(pooled, 2), own[0]), []
        for number in range(1, len(self.each)):
            above = None
            if number < len(hiddens):
                above = self.top_down(number + 1, hiddens[number], wrap, own[number + 1].gain)
            h = self.each[number].maps(below, own[number], field, above, number * LAYER_BLOCKS)
            found.append(h)
            if number < len(hiddens):
                below = pooled_maps(h, self.each[number].block)
        return mean, below, tuple(found)

    def drawn_upwards(self, v: Tensor, own: tuple[Controls, ...], field: FieldNoise) -> Hiddens:
        """Draw each layer above the first given the one below alone."""
        below = muted(self.each[0].pooled_given_visible(v, own[0].wrap, own[0]), own[0])
        found = []
        for number, layer in enumerate(self.each[1:], 1):
            h = layer.maps(below, own[number], field, None, (len(self.each) + number) * LAYER_BLOCKS)
            found.append(h)
            below = pooled_maps(h, layer.block)
        return tuple(found)

    def mean_field(
        self,
        v: Tensor,
        wrap: Wrap = NOWHERE,
        iterations: int = MEAN_FIELD,
        between: Callable[[], None] = nothing,
    ) -> Hiddens:
        """P(h=1|v) of all layers where each is given the means of its neighbours: (n, K, H', W') of each.

        `between` is called before each layer, and ends all by what it raises.
        """
        alone = dataclasses.replace(NO_CONTROLS, wrap=wrap)
        found: list[Tensor] = []
        for iteration in range(iterations + 1):
            below = v
            for number, layer in enumerate(self.each):
                between()
                # The first round goes up alone.
                last = iteration == 0 or number + 1 == len(self.each)
                above = None if last else self.top_down(number + 1, found[number + 1], wrap)
                h = layer.maps(below, alone, top_down=above)
                found[number : number + 1] = [h]
                below = pooled_maps(h, layer.block)
        return tuple(found)

    def generated(self, number: int, h: Tensor, wrap: Wrap = NOWHERE) -> Tensor:
        """The mean of the visibles given a layer's hiddens alone, all below it drawn from above: (n, C, H, W).

        With nothing from below the units of a block are alike:
        P(h_ij=1) = e^I / (1 + B^2 e^I), I = b/s2 + T.
        """
        for above in range(number, 0, -1):
            layer = self.each[above - 1]
            total = self.top_down(above, h, wrap) + layer.hidden_bias.view(-1, 1, 1) * layer.gain
            each = torch.sigmoid(total + 2 * math.log(layer.block)) / layer.block**2
            h = each.repeat_interleave(layer.block, 2).repeat_interleave(layer.block, 3)
        return self.each[0].visible_given_hidden(h, wrap)

    def expected(self, v: Tensor, controls: Controls = NO_CONTROLS, field: FieldNoise | None = None) -> Tensor:
        """Mean of P(v|h) of the first layer, with nothing from above: (n, C, H, W)."""
        return self.each[0].expected(v, self.controls_of(controls)[0], field)

    def below(self, pictures: Tensor, number: int) -> Tensor:
        """What a layer sees of pictures (n, C, H, W), upwards alone: those, or the pooled maps of the one below it."""
        for layer in self.each[:number]:
            pictures = layer.pooled(pictures)[0]
        return pictures

    def pooled(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """P(pool=1) of each layer given the one below, of pictures (n, C, H, W): the features of each layer."""
        found: list[Tensor] = []
        for layer in self.each:
            found += layer.pooled(found[-1] if found else pictures)
        return tuple(found)

    def reconstructed(self, pictures: Tensor, number: int) -> Tensor:
        """What a layer keeps of pictures (n, C, H, W), brought up and down by means: (n, C, H, W)."""
        size = pictures.shape[2:]
        h = self.mean_upwards(pictures, number)
        return self.generated(number, h)[:, :, : size[0], : size[1]]

    def up_and_down(self, pictures: Tensor) -> Tensor:
        """The mean of the visibles after one pass up by means, and one down: (n, C, H, W).

        On the way down each layer is given what it saw and the layer above (Lee et al. 2009, section 3.6).
        """
        alone = dataclasses.replace(NO_CONTROLS, wrap=NOWHERE)
        seen = [self.whole(pictures)]
        for layer in self.each[:-1]:
            seen.append(layer.pooled_given_visible(seen[-1]))
        h = self.each[-1].maps(seen[-1], alone)
        for number in range(len(self.each) - 2, -1, -1):
            h = self.each[number].maps(seen[number], alone, top_down=self.top_down(number + 1, h, NOWHERE))
        return self.each[0].visible_given_hidden(h)[:, :, : pictures.shape[2], : pictures.shape[3]]

    def mean_upwards(self, pictures: Tensor, number: int) -> Tensor:
        """P(h=1) of a layer, of pictures that are brought up to a valid size: (n, K, H', W')."""
        v = self.canvas((pictures.shape[2], pictures.shape[3]), NOWHERE).laid(pictures)
        for layer in self.each[:number]:
            v = layer.pooled_given_visible(v)
        return self.each[number].hidden_given_visible(v)

    def controls_of(self, controls: Controls) -> tuple[Controls, ...]:
        """Return what each layer is played with: the part of the filters that is its own."""
        found, first = [], 0
        for number, layer in enumerate(self.each):
            found.append(controls.of_part(number, slice(first, first + layer.hidden)))
            first += layer.hidden
        return tuple(found)

    def owner(self, index: int) -> tuple[int, int]:
        """Return the layer that has a filter, all of them counted upwards, and which of its own it is."""
        for number, layer in enumerate(self.each):
            if index < layer.hidden:
                return number, index
            index -= layer.hidden
        raise IndexError(index)

    def activity(self, pictures: Tensor) -> Tensor:
        """Mean P(h=1|v) of each filter over all its places in pictures (n, C, H, W): (filters of all layers,)."""
        every = [pictures, *self.pooled(pictures)[:-1]]
        return torch.cat([layer.activity(seen) for layer, seen in zip(self.each, every, strict=True)])

    def responses(self, pictures: Tensor, index: int) -> Tensor:
        """P(h=1|v) of one filter at each of its places in pictures (n, C, H, W): (n, places)."""
        number, own = self.owner(index)
        return self.each[number].responses(self.below(pictures, number), own)

    def place(self, index: int, place: int) -> tuple[int, int, int, int]:
        """Top, left, height and width in a training crop of what a filter saw at one of its places."""
        number, own = self.owner(index)
        top, left, _, _ = self.each[number].place(own, place)
        stride, field = math.prod(block for _, block in self.stack[:number]), self.spec.fields[number]
        height, width = (min(field, side) for side in self.shape[1:])
        return min(top * stride, self.shape[1] - height), min(left * stride, self.shape[2] - width), height, width

    def learned(self) -> dict[str, Tensor]:
        """The parameters, by name."""
        return {
            f"levels.{number}.{name}": tensor
            for number, layer in enumerate(self.each)
            for name, tensor in layer.learned().items()
        }

    def saved(self) -> dict[str, Tensor]:
        """All that a project keeps, by name."""
        return dict(self.named_buffers())

    def layers(self) -> tuple[tuple[str, int], ...]:
        """Name and number of filters of each hidden layer."""
        return tuple((f"layer {number}", layer.hidden) for number, layer in enumerate(self.each, 1))

    def filters(self, layer: int = 0) -> Tensor:
        """A layer's filters drawn down to pixels, as weighted sums of the filters below: (K, C, field, field).

        What a filter wants of a pooling unit is shared out evenly among the units of its block.
        """
        if not 0 <= layer < len(self.each):
            raise SettingsError(f"This model has no layer {layer}.", f"Choose 0 to {len(self.each) - 1}.")
        drawn = self.each[layer].weights
        for below in reversed(self.each[:layer]):
            units = drawn.repeat_interleave(below.block, 2).repeat_interleave(below.block, 3)
            drawn = below.down(units / below.block**2)
        return drawn


def muted(pooled: Tensor, controls: Controls) -> Tensor:
    """Return pooling units (n, K, H, W) with those of muted filters off."""
    return pooled if controls.gain is None else pooled * (controls.gain.view(-1, 1, 1) > 0)
