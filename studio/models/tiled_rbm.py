"""The tiled-convolution RBM: textures of any size (Kivinen & Williams 2012; Luo et al. 2013)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from studio.errors import SettingsError
from studio.models.chain import Controls, Kind, Size, State
from studio.models.cutter import Cutter
from studio.models.field_noise import FieldNoise, fired
from studio.models.mixture import Biases, EvenBiases, MappedBiases, mixed
from studio.models.noise import Noise
from studio.models.spec import Offsets, Shape, TiledSpec
from studio.models.tiled_canvas import TiledState, broadcast, canvas_size, clamps, laid, shown
from studio.models.tiles import TileGrid, crops, from_torus, to_planes, torus

STRIP_NUMBERS = 1 << 21  # of the tiles at one offset of a strip
GPU_NUMBERS = 1 << 27
MOST_CUTTERS = 32
OWN_SIDE = 256
NO_CONTROLS = Controls()


class TiledRbm(nn.Module):
    """Filters laid side by side like tiles, one set of them for each offset of the first tile.

    E(v, h) = 1/2 |v - c|^2 / s^2 - sum h (b + (t/s) U), over all tiles t of n x n pixels:

        P(h=1|v) = sigma(b + (t/s) U),    v|h ~ N(c + s sum U h, s^2),

    with the sum over the tiles that cover a pixel; b and c are those of one
    texture, or mixed from several. Shapes: U (offsets, filters, n n C), b
    (textures, offsets, filters), c (textures, C), s (C,); tiles (offsets,
    n n C, cells), h (offsets, filters, cells), see `TileGrid`. Offsets are
    worked in the parts of a `Cutter`, canvases in strips.
    """

    weights: Tensor
    hidden_bias: Tensor
    visible_bias: Tensor
    log_variance: Tensor

    any_size = True
    gaussian = True

    def __init__(self, spec: TiledSpec, shape: Shape) -> None:
        super().__init__()
        self.spec = spec
        self.shape = shape
        self.tile = self.multiple = spec.tile
        self.channels = shape[0]
        n = spec.tile
        steps = range(n)
        self.offsets = (
            [(d, d) for d in steps] if spec.offsets is Offsets.DIAGONAL else [(y, x) for y in steps for x in steps]
        )
        self.hidden = spec.hidden
        self.textures = spec.textures
        self.units = (len(self.offsets), spec.filters)
        self.register_buffer("weights", torch.zeros(*self.units, n * n * shape[0]))
        self.register_buffer("hidden_bias", torch.zeros(spec.textures, *self.units))
        self.register_buffer("visible_bias", torch.zeros(spec.textures, shape[0]))
        self.register_buffer("log_variance", torch.full((shape[0],), 2 * math.log(spec.deviation)))
        self._cutters: dict[tuple[TileGrid, torch.device, bool], Cutter] = {}

    def initialise(self, noise: Noise, scale: float = 0.02, bias: float = -1.0) -> None:
        """Draw U from `scale` N(0, 1), with hidden units that seldom fire."""
        self.weights.copy_(noise.normal(tuple(self.weights.shape)) * scale)
        self.hidden_bias.fill_(bias)

    @property
    def deviation(self) -> Tensor:
        """s of each channel: (C,)."""
        return torch.exp(0.5 * self.log_variance)

    def per_pixel(self, channels: Tensor) -> Tensor:
        """A value a channel as one for each number of a tile: (n n C,)."""
        return channels.expand(self.tile * self.tile, -1).flatten()

    def cutter(self, grid: TileGrid, rounded: bool = False) -> Cutter:
        """The memory in which pictures of this grid are cut; overwritten by whoever asks next."""
        key = (grid, self.weights.device, rounded)
        if key not in self._cutters:
            if len(self._cutters) >= MOST_CUTTERS:
                self._cutters.clear()
            self._cutters[key] = Cutter(grid, self.offsets, self.spec.filters, self.weights, rounded)
        return self._cutters[key]

    def upward_weights(self, rounded: bool = False) -> Tensor:
        """U / s, for tiles that are rounded to bfloat16 or not: (offsets, filters, n n C)."""
        weights = self.weights / self.per_pixel(self.deviation)
        return weights.to(torch.bfloat16) if rounded else weights

    def downward_weights(self) -> Tensor:
        """s U': (offsets, n n C, filters)."""
        return (self.weights * self.per_pixel(self.deviation)).transpose(1, 2).contiguous()

    def biases(self, rows: int = 1, columns: int = 1, controls: Controls = NO_CONTROLS) -> Biases:
        """The biases on a canvas of this many tiles: those of the first texture, or mixed as the controls lean."""
        lean = controls.lean
        if lean is None:
            return EvenBiases(self.hidden_bias[0, :, :, None], self.visible_bias[0, :, None])
        if lean.dim() not in (1, 3) or len(lean) != self.textures:
            raise SettingsError(
                f"A lean over {len(lean)} textures does not fit a model of {self.textures}.",
                "Give one share for each of its textures.",
            )
        if lean.dim() == 1:
            hidden, visible = mixed(lean, self.hidden_bias), mixed(lean, self.visible_bias)
            return EvenBiases(hidden[..., None], visible[..., None])
        return MappedBiases(
            self.hidden_bias, self.visible_bias, lean, self.offsets, self.tile, rows, columns, controls.wrap
        )

    def biases_of(self, labels: Tensor | None) -> Biases:
        """The biases of a batch of pictures, each of the texture its label (batch,) says; without labels, the first."""
        if labels is None:
            return self.biases()
        return EvenBiases(self.hidden_bias[labels].permute(1, 2, 0), self.visible_bias[labels].t())

    def hidden_input(
        self, cutter: Cutter, part: int, weights: Tensor, biases: Biases | None = None, first: int = 0
    ) -> Tensor:
        """b + (t/s) U at some of the offsets, of all tiles in the cutter's planes: (offsets, filters, cells).

        The planes begin at row `first` of the canvas that the biases are of; without any, b is the first texture's.
        Weights are rounded where the cutter is.
        """
        of, hidden, grid = cutter.parts[part], cutter.hidden(part), cutter.grid
        bias = (biases or self.biases()).hidden_at(of, first, grid.rows)
        tiles = cutter.gather(part)
        if cutter.rounded:
            hidden.copy_(torch.bmm(weights[of], tiles, out=cutter.factor(part)))
            hidden.view(*hidden.shape[:2], grid.rows, grid.columns, grid.batch).add_(bias)
            return hidden
        if bias.shape[2:].numel() == 1:
            return torch.baddbmm(bias[..., 0, 0], weights[of], tiles, out=hidden)
        hidden.view(*hidden.shape[:2], grid.rows, grid.columns, grid.batch).copy_(bias)
        return hidden.baddbmm_(weights[of], tiles)

    def probabilities(
        self,
        cutter: Cutter,
        part: int,
        weights: Tensor,
        controls: Controls = NO_CONTROLS,
        biases: Biases | None = None,
        first: int = 0,
    ) -> Tensor:
        """P(h=1|v) at some of the offsets, 0 where the filter is muted, 1 where it is held; overwritten by the next."""
        of, total = cutter.parts[part], self.hidden_input(cutter, part, weights, biases, first)
        if controls.temperature != 1:
            total /= controls.temperature
        probability = total.sigmoid_()
        if controls.hold is not None:
            torch.maximum(probability, controls.hold.view(*self.units, 1)[of], out=probability)
        if controls.gain is not None:
            probability *= controls.gain.view(*self.units, 1)[of] > 0
        return probability

    def add_mean(self, cutter: Cutter, part: int, weights: Tensor, hidden: Tensor) -> None:
        """Add s sum U h of some offsets to the cutter's sums: the exact adjoint of `hidden_input` less its bias."""
        torch.bmm(weights[cutter.parts[part]], hidden, out=cutter.tiles(part))
        cutter.scatter(part)

    def grid_of(self, canvas: Tensor) -> TileGrid:
        """The grid of planes (n, n, C, rows, columns, batch)."""
        return TileGrid(self.tile, self.channels, *canvas.shape[3:])

    def strips(self, canvas: Tensor) -> Iterator[tuple[int, int, TileGrid]]:
        """Yield number, first row and grid of the strips a canvas is sampled in.

        They depend on its size alone and own their random numbers.
        """
        rows, columns, batch = canvas.shape[3:]
        most = GPU_NUMBERS if canvas.device.type != "cpu" else STRIP_NUMBERS
        grid = self.grid_of(canvas)
        height = -(-rows // -(-grid.pixels * grid.cells // most))
        for index, first in enumerate(range(0, rows, height)):
            yield index, first, TileGrid(self.tile, self.channels, min(height, rows - first), columns, batch)

    def expected(self, canvas: Tensor, controls: Controls = NO_CONTROLS, field: FieldNoise | None = None) -> Tensor:
        """Mean of P(v|h) with h drawn from the field's noise, or h = P(h|v) without one; planes as the canvas."""
        mean, below = torch.empty_like(canvas), dict[int, Tensor]()  # what each strip adds to the row after it
        up, down = self.upward_weights(), self.downward_weights()
        biases = self.biases(canvas.shape[3], canvas.shape[4], controls)
        for index, first, grid in self.strips(canvas):
            cutter = self.cutter(grid)
            torus(grid, canvas, first, cutter.planes)
            cutter.sums.zero_()
            levels = None
            if field is not None:
                levels = field.levels((*self.units, grid.cells), 2 * index)
            for part, of in enumerate(cutter.parts):
                hidden = self.probabilities(cutter, part, up, controls, biases, first)
                if levels is not None:
                    hidden = fired(hidden, levels[of], cutter.drawn(part))
                if controls.gain is not None:
                    hidden *= controls.gain.view(*self.units, 1)[of]
                self.add_mean(cutter, part, down, hidden)
            last, bias = first + grid.rows, biases.visible_at(first, grid.rows)
            below[last % canvas.shape[3]] = from_torus(grid, cutter.sums, bias, mean[:, :, :, first:last]).clone()
        for row, edge in below.items():
            mean[:, :, :, row] += edge
        return mean

    def drawn(self, mean: Tensor, before: Tensor, controls: Controls, field: FieldNoise) -> Tensor:
        """v ~ N(mean, T s^2), or a smooth step towards it from `before`, which leaves P(v|h) invariant."""
        visible = torch.empty_like(mean)
        deviation = (self.deviation * (controls.temperature * (1 - controls.rho**2)) ** 0.5).view(1, 1, -1, 1, 1, 1)
        for index, first, grid in self.strips(mean):
            rows = slice(first, first + grid.rows)
            centre, out = mean[:, :, :, rows], visible[:, :, :, rows]
            torch.addcmul(centre, field.normal(tuple(centre.shape), 2 * index + 1), deviation, out=out)
        if controls.rho > 0:
            visible.add_(before, alpha=controls.rho).sub_(mean, alpha=controls.rho)
        return visible

    def free_energy(self, picture: Tensor, controls: Controls = NO_CONTROLS) -> Tensor:
        """F(v) on the torus, of (n, C, H, W) with sides that are multiples of the tile, as the controls lean: (n,)."""
        canvas = to_planes(picture, self.tile)
        grid = self.grid_of(canvas)
        cutter = self.cutter(grid)
        torus(grid, canvas, 0, cutter.planes)
        weights, biases = self.upward_weights(), self.biases(grid.rows, grid.columns, controls)
        hidden = picture.new_zeros(len(picture))
        for part in range(len(cutter.parts)):
            total = self.hidden_input(cutter, part, weights, biases)
            hidden += softplus(total).sum((0, 1)).view(-1, len(picture)).sum(0)
        variance = torch.exp(self.log_variance).view(1, 1, -1, 1, 1, 1)
        squares = (canvas - biases.visible_at(0, grid.rows)) ** 2 / variance
        return 0.5 * squares.sum((0, 1, 2, 3, 4)) - hidden

    def learned(self) -> dict[str, Tensor]:
        """The parameters, by name."""
        return {
            name: tensor for name, tensor in self.named_buffers() if name != "log_variance" or self.spec.learn_deviation
        }

    def saved(self) -> dict[str, Tensor]:
        """All that a project keeps, by name."""
        return dict(self.named_buffers())

    own_wrap = (True, True)

    @property
    def own_size(self) -> Size:
        """The canvas when none is asked for: whole tiles, at least 256 pixels."""
        side = -(-OWN_SIDE // self.tile) * self.tile
        return side, side

    def start(self, count: int, size: Size, noise: Noise, picture: Tensor | None = None) -> TiledState:
        """Return independent noise, or a picture (1 or count, C, H, W): what it does not cover is noise."""
        if min(size) < 1:
            raise SettingsError(f"A canvas of {size[1]} x {size[0]} px cannot be dreamt on.", "Choose at least 1 px.")
        whole = canvas_size(size, self.tile, (True, True))
        canvas = noise.normal((count, self.channels, *whole))
        if picture is not None:
            picture = picture[:, :, : size[0], : size[1]].to(canvas.dtype)
            if tuple(picture.shape[2:]) == size:
                planes = laid(picture, size, self.tile, (True, True)).expand(-1, -1, -1, -1, -1, count).clone()
                return TiledState(planes, planes, size=size)
            canvas[:, :, : picture.shape[2], : picture.shape[3]] = picture[:, :, : whole[0], : whole[1]]
        planes = to_planes(canvas, self.tile)
        return TiledState(planes, planes, size=size)

    @torch.no_grad()
    def sweep(self, state: State, controls: Controls, noise: Noise) -> TiledState:
        """One Gibbs sweep: h ~ P(h|v), v ~ P(v|h), clamped pixels put back exactly."""
        state = self.fitted(state, controls)
        field = FieldNoise.of_sweep(noise)
        mean = self.expected(state.visible, controls, field)
        visible = self.drawn(mean, state.visible, controls, field)
        return self.clamped(dataclasses.replace(state, visible=visible, mean=mean), controls)

    def constants(self) -> tuple[object, ...]:
        """Nothing of a sweep is computed on the host."""
        return ()

    def workspace(self) -> tuple[object, ...]:
        """The cutters."""
        return tuple(self._cutters.values())

    def fitted(self, state: State, controls: Controls) -> TiledState:
        """Return the state on the canvas that `controls.wrap` asks for, what was shown kept."""
        state = tiled(state)
        if state.wrap == controls.wrap:
            return state
        visible, mean = (
            laid(self.picture(state, kind), state.size, self.tile, controls.wrap) for kind in ("sample", "mean")
        )
        return dataclasses.replace(state, visible=visible, mean=mean, wrap=controls.wrap)

    def clamped(self, state: State, controls: Controls) -> TiledState:
        """Return the state with the clamped pixels put in exactly."""
        state = tiled(state)
        held = clamps(controls, state.size, self.channels, self.tile, state.wrap)
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
    def upward(self, picture: Tensor, lean: Tensor | None = None) -> TiledState:
        """One bottom-up pass from a picture (n, C, H, W) of any size, and its reconstruction, as controls lean."""
        size = (picture.shape[2], picture.shape[3])
        canvas = laid(picture, size, self.tile, (True, True))
        return TiledState(canvas, self.expected(canvas, Controls(lean=lean)), size=size)

    def picture(self, state: State, kind: Kind) -> Tensor:
        """What the state shows: (n, C, H, W)."""
        state = tiled(state)
        picture = shown(state.mean if kind == "mean" else state.visible, state.size, state.wrap)
        if state.known is None or state.mask is None:
            return picture
        known, mask = (broadcast(part, self.channels, state.size) for part in (state.known, state.mask))
        return torch.where(mask, known, picture)

    def crop_grid(self, pictures: Tensor) -> TileGrid:
        """The whole tiles that pictures (n, C, H, W) hold at every offset, nothing beyond their borders."""
        rows, columns = ((side - self.tile + 1) // self.tile for side in pictures.shape[2:])
        if min(rows, columns) < 1:
            raise SettingsError(
                f"{pictures.shape[3]} x {pictures.shape[2]} px hold no tile of {self.tile} px at every offset.",
                f"Choose at least {2 * self.tile - 1} px, or smaller tiles.",
            )
        return TileGrid(self.tile, self.channels, rows, columns, len(pictures))

    def within(self, pictures: Tensor, rounded: bool = False) -> Cutter:
        """The cutter that holds the planes of the whole tiles in pictures (n, C, H, W)."""
        cutter = self.cutter(self.crop_grid(pictures), rounded)
        crops(cutter.grid, pictures, cutter.planes)
        return cutter

    def reconstructed(self, pictures: Tensor, labels: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The visibles of pictures (n, C, H, W) where tiles of every offset cover them, and their mean given P(h|v)."""
        cutter, biases = self.within(pictures), self.biases_of(labels)
        cutter.sums.zero_()
        up, down = self.upward_weights(), self.downward_weights()
        for part in range(len(cutter.parts)):
            self.add_mean(cutter, part, down, self.probabilities(cutter, part, up, biases=biases))
        # All but the first row and column of tiles, and all after the last.
        inner = (..., slice(1, cutter.grid.rows), slice(1, cutter.grid.columns), slice(None))
        visible, mean = (cutter.grid.laid_out(planes)[inner].clone() for planes in (cutter.planes, cutter.sums))
        return visible, mean.add_(biases.visible_at(0, cutter.grid.rows))

    def activity(self, pictures: Tensor, labels: Tensor | None = None) -> Tensor:
        """Mean P(h=1|v) of each filter over the whole tiles in pictures (n, C, H, W): (offsets * filters,)."""
        cutter, weights, biases = self.within(pictures), self.upward_weights(), self.biases_of(labels)
        every = range(len(cutter.parts))
        return torch.cat([self.probabilities(cutter, part, weights, biases=biases).mean(2) for part in every]).flatten()

    def responses(self, pictures: Tensor, index: int, labels: Tensor | None = None) -> Tensor:
        """P(h=1|v) of one filter at each of its places in pictures (n, C, H, W): (n, places)."""
        cutter, (offset, filter_) = self.within(pictures), divmod(index, self.spec.filters)
        part = next(number for number, of in enumerate(cutter.parts) if offset < of.stop)
        probability = self.probabilities(cutter, part, self.upward_weights(), biases=self.biases_of(labels))
        return probability[offset - cutter.parts[part].start, filter_].view(-1, len(pictures)).t().contiguous()

    def place(self, index: int, place: int) -> tuple[int, int, int, int]:
        """Top, left, height and width in a training crop of what a filter saw at one of its places."""
        (dy, dx), n = self.offsets[index // self.spec.filters], self.tile
        columns = (self.shape[2] - n + 1) // n
        return dy + place // columns * n, dx + place % columns * n, n, n

    def layers(self) -> tuple[tuple[str, int], ...]:
        """Name and number of filters of each hidden layer."""
        return (("tiles", self.hidden),)

    def filters(self, layer: int = 0) -> Tensor:
        """The weights of each filter as a picture: (offsets * filters, C, n, n)."""
        if layer != 0:
            raise SettingsError(f"This model has no layer {layer}.", "It has one hidden layer, number 0.")
        return self.weights.view(self.hidden, self.tile, self.tile, self.channels).permute(0, 3, 1, 2)


def tiled(state: State) -> TiledState:
    """Return the state as one of this model's; another's is a fault of the caller."""
    if not isinstance(state, TiledState):
        raise TypeError("a tiled model continues tiled states only")
    return state
