"""Textures at several sizes at once: a tiled RBM of the smallest picture, and of each larger one given the smaller."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from studio.errors import SettingsError
from studio.models.blocks import block_means, wholly_known, with_means
from studio.models.chain import Controls, Kind, Size, State
from studio.models.noise import Noise
from studio.models.spec import Shape, TiledSpec
from studio.models.tiled_canvas import TiledState, Wrap, broadcast, canvas_size, cut_to, framed
from studio.models.tiled_rbm import OWN_SIDE, TiledRbm
from studio.models.tiles import to_picture, to_planes

TORUS: Wrap = (True, True)
LEAST_DETAIL = 0.3
NEWEST = 0.2  # weight of the newest mean in what a level hands down


@dataclass(frozen=True, slots=True, eq=False)
class PyramidState(State):
    """`visible` and `mean` are the planes of the largest level, `levels` the states of all, that one first.

    `size`, `wrap`, `known` and `mask` are as in a `TiledState`.
    """

    levels: tuple[TiledState, ...] = ()
    size: Size = (0, 0)
    wrap: Wrap = TORUS
    known: Tensor | None = None
    mask: Tensor | None = None


class TiledPyramid(nn.Module):
    """A picture x_0, the means x_1 of its 2 x 2 blocks, those of x_1, and so on, each with a `TiledRbm` of its own:

        p(x_0) = p(x_L) p(x_{L-1} | its block means are x_L) ... p(x_0 | its block means are x_1).

    Tiles of one size so hold structure of any: what is long is drawn small.
    Level k sees x_k divided by `scales[k]`, the deviation of the block means in
    the pictures learned from: (levels, C), 1 for k = 0. Since the visibles of a
    level are independent given its hiddens, with one deviation a channel, a
    Gibbs sweep given the block means is a free sweep followed by
    `with_means`. What is handed down is a running average of a level's means:
    neither the noise of its visibles nor the flicker of its hiddens is in any
    picture, and the larger levels would make details of both.
    """

    scales: Tensor

    any_size = True
    gaussian = True

    def __init__(self, spec: TiledSpec, shape: Shape) -> None:
        super().__init__()
        self.spec = spec
        self.shape = shape
        self.tile = spec.tile
        self.channels = shape[0]
        self.multiple = spec.multiple
        self.textures = spec.textures
        one = dataclasses.replace(spec, levels=1)
        shapes = [(shape[0], shape[1] >> level, shape[2] >> level) for level in range(spec.levels)]
        self.each = [TiledRbm(one, part) for part in shapes]
        self.levels = nn.ModuleList(self.each)
        self.hidden = sum(level.hidden for level in self.each)
        self.register_buffer("scales", torch.ones(spec.levels, shape[0]))

    def initialise(self, noise: Noise) -> None:
        for level in reversed(self.each):
            level.initialise(noise)

    def measure(self, scales: Tensor, details: Tensor) -> None:
        """Take the scales of the levels, and from them how far the visibles of each may deviate.

        `details` is the deviation of x_k less its block means, in units of
        level k: (levels - 1, C). What is left to a level given its block means
        is that much smaller, and so is its deviation.
        """
        self.scales.copy_(scales)
        for level, detail in zip(self.each, details, strict=False):
            level.log_variance.add_(2 * torch.log(detail.clamp(LEAST_DETAIL, 1)))

    def pictures(self, picture: Tensor) -> list[Tensor]:
        """Return (n, C, H, W) as each level sees it, the largest first."""
        found = [picture]
        for level in range(1, len(self.each)):
            found.append(block_means(found[-1]) * self.ratio(level - 1))
        return found

    def ratio(self, level: int) -> Tensor:
        """What block means of a level are times this in units of the next: (C, 1, 1)."""
        return (self.scales[level] / self.scales[level + 1])[:, None, None]

    def learned(self) -> dict[str, Tensor]:
        """The parameters, by name."""
        return {
            f"levels.{number}.{name}": tensor
            for number, level in enumerate(self.each)
            for name, tensor in level.learned().items()
        }

    def saved(self) -> dict[str, Tensor]:
        """All that a project keeps, by name."""
        return dict(self.named_buffers())

    own_wrap = (True, True)

    @property
    def own_size(self) -> Size:
        """The canvas when none is asked for: at least 256 pixels that all levels divide."""
        side = -(-OWN_SIDE // self.multiple) * self.multiple
        return side, side

    def start(self, count: int, size: Size, noise: Noise, picture: Tensor | None = None) -> PyramidState:
        """Return independent noise, or a picture (1 or count, C, H, W): what it does not cover is noise."""
        if min(size) < 1:
            raise SettingsError(f"A canvas of {size[1]} x {size[0]} px cannot be dreamt on.", "Choose at least 1 px.")
        whole = canvas_size(size, self.multiple, TORUS)
        sizes = [(whole[0] >> level, whole[1] >> level) for level in range(len(self.each))]
        canvases = [noise.normal((count, self.channels, *side)) for side in sizes]
        if picture is not None:
            picture = picture[:, :, : size[0], : size[1]].to(torch.float32)
            covered = torch.ones_like(picture[:1, :1])
            if tuple(picture.shape[2:]) != size:
                # Nothing is stretched: the canvas has become larger or smaller round the same picture.
                covered, picture = (on_canvas(part, whole) for part in (covered, picture))
            else:
                covered, picture = (framed(part, size, self.multiple, TORUS) for part in (covered, picture))
            known = covered > 0.5
            for level, seen in enumerate(self.pictures(picture)):
                canvases[level] = torch.where(known, seen, canvases[level])
                known = wholly_known(known) if level + 1 < len(self.each) else known
        return self.state_of(canvases, size, TORUS)

    def state_of(self, canvases: list[Tensor], size: Size, wrap: Wrap) -> PyramidState:
        """Return the state whose levels show these pictures (n, C, H, W), the largest first."""
        planes = [to_planes(canvas, self.tile) for canvas in canvases]
        levels = tuple(
            TiledState(part, part, size=(canvas.shape[2], canvas.shape[3]))
            for part, canvas in zip(planes, canvases, strict=True)
        )
        return PyramidState(planes[0], planes[0], levels=levels, size=size, wrap=wrap)

    @torch.no_grad()
    def sweep(self, state: State, controls: Controls, noise: Noise) -> PyramidState:
        """One Gibbs sweep of every level, the smallest first, each given the block means that the one before shows."""
        state = self.fitted(state, controls)
        held = self.held(controls, state)
        levels = list(state.levels)
        leaning = dataclasses.replace(controls, lean=self.lean_on(state, controls.lean))
        for number in reversed(range(len(levels))):
            swept = self.each[number].sweep(levels[number], self.controls_of(number, leaning), noise)
            if number > 0:
                calm = torch.lerp(levels[number].mean, swept.mean, NEWEST)
                swept = dataclasses.replace(swept, mean=calm)
            if number + 1 < len(levels):
                swept = self.given(swept, levels[number + 1], number)
            levels[number] = swept if held is None else put_in(swept, *held[number])
        return with_levels(state, tuple(levels), controls)

    def constants(self) -> tuple[object, ...]:
        """Nothing of a sweep is computed on the host."""
        return ()

    def workspace(self) -> tuple[object, ...]:
        """The cutters of all levels."""
        return tuple(level.workspace() for level in self.each)

    def given(self, state: TiledState, smaller: TiledState, number: int) -> TiledState:
        """Return a level's state given the block means that the next smaller level shows."""
        means = to_picture(smaller.mean) / self.ratio(number)
        visible, mean = (
            to_planes(with_means(to_picture(part), means), self.tile) for part in (state.visible, state.mean)
        )
        return dataclasses.replace(state, visible=visible, mean=mean)

    def controls_of(self, number: int, controls: Controls) -> Controls:
        """Return what one level is played with: the part of the filters that is its own, no clamp, a torus."""
        first = sum(level.hidden for level in self.each[:number])
        own = slice(first, first + self.each[number].hidden)
        return dataclasses.replace(controls.of_part(number, own), wrap=TORUS)

    def lean_on(self, state: PyramidState, lean: Tensor | None) -> Tensor | None:
        """Return a map of shares continued over the margins of sides that do not meet; every level takes it whole."""
        if lean is None or lean.dim() != 3 or state.wrap == TORUS:
            return lean
        whole = canvas_size(state.size, self.multiple, state.wrap)
        down, across = (
            0 if meets else side - shown for side, shown, meets in zip(whole, lean.shape[1:], state.wrap, strict=True)
        )
        return pad(lean[None], (0, across, 0, down), mode="replicate")[0]

    def fitted(self, state: State, controls: Controls) -> PyramidState:
        """Return the state on the canvas that `controls.wrap` asks for, what was shown kept."""
        state = pyramid(state)
        if state.wrap == controls.wrap:
            return state
        picture = framed(self.picture(state, "sample"), state.size, self.multiple, controls.wrap)
        return self.state_of(self.pictures(picture), state.size, controls.wrap)

    def held(self, controls: Controls, state: PyramidState) -> list[tuple[Tensor, Tensor]] | None:
        """Return the clamped values and where they are, as planes of each level; None when all is free.

        A block of a smaller level is held where all four of its pixels are.
        """
        if controls.known is None or controls.mask is None:
            return None
        known, mask = (
            framed(broadcast(part, self.channels, state.size), state.size, self.multiple, state.wrap)
            for part in (controls.known, controls.mask)
        )
        sure, found = mask > 0.5, []
        for number, picture in enumerate(self.pictures(known)):
            found.append((to_planes(picture, self.tile), to_planes(sure, self.tile)))
            sure = wholly_known(sure) if number + 1 < len(self.each) else sure
        return found

    def clamped(self, state: State, controls: Controls) -> PyramidState:
        """Return the state with the clamped pixels put in exactly."""
        state = pyramid(state)
        held = self.held(controls, state)
        if held is None:
            return state if state.mask is None else dataclasses.replace(state, known=None, mask=None)
        levels = tuple(put_in(level, *part) for level, part in zip(state.levels, held, strict=True))
        return with_levels(state, levels, controls)

    @torch.no_grad()
    def upward(self, picture: Tensor, lean: Tensor | None = None) -> PyramidState:
        """One bottom-up pass from a picture (n, C, H, W) of any size, and its reconstruction by the largest level."""
        size = (picture.shape[2], picture.shape[3])
        state = self.state_of(self.pictures(framed(picture, size, self.multiple, TORUS)), size, TORUS)
        return dataclasses.replace(state, mean=self.each[0].expected(state.visible, Controls(lean=lean)))

    def picture(self, state: State, kind: Kind) -> Tensor:
        """What the state shows: (n, C, H, W)."""
        state = pyramid(state)
        picture = cut_to(to_picture(state.mean if kind == "mean" else state.visible), state.size, state.wrap)
        if state.known is None or state.mask is None:
            return picture
        known, mask = (broadcast(part, self.channels, state.size) for part in (state.known, state.mask))
        return torch.where(mask, known, picture)

    def reconstructed(self, pictures: Tensor, labels: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """As `TiledRbm.reconstructed`, by the largest level."""
        return self.each[0].reconstructed(pictures, labels)

    def activity(self, pictures: Tensor, labels: Tensor | None = None) -> Tensor:
        """Mean P(h=1|v) of each filter over the whole tiles in pictures (n, C, H, W): (filters,)."""
        seen = zip(self.each, self.pictures(pictures), strict=True)
        return torch.cat([level.activity(part, labels) for level, part in seen])

    def responses(self, pictures: Tensor, index: int, labels: Tensor | None = None) -> Tensor:
        """P(h=1|v) of one filter at each of its places in pictures (n, C, H, W): (n, places)."""
        number, own = self.owner(index)
        return self.each[number].responses(self.pictures(pictures)[number], own, labels)

    def place(self, index: int, place: int) -> tuple[int, int, int, int]:
        """Top, left, height and width in a training crop of what a filter saw at one of its places."""
        number, own = self.owner(index)
        top, left, height, width = (part << number for part in self.each[number].place(own, place))
        return top, left, height, width

    def owner(self, index: int) -> tuple[int, int]:
        """Return the level that has a filter, and which of its own it is."""
        for number, level in enumerate(self.each):
            if index < level.hidden:
                return number, index
            index -= level.hidden
        raise IndexError(index)

    def layers(self) -> tuple[tuple[str, int], ...]:
        """Name and number of all filters: they are of one size, whatever the level."""
        return (("tiles", self.hidden),)

    def filters(self, layer: int = 0) -> Tensor:
        """The weights of each filter as a picture, those of the largest level first: (filters, C, n, n)."""
        return torch.cat([level.filters(layer) for level in self.each])


def put_in(state: TiledState, known: Tensor, mask: Tensor) -> TiledState:
    """Return a level's state with clamped planes put in."""
    visible, mean = (torch.where(mask, known, part) for part in (state.visible, state.mean))
    return dataclasses.replace(state, visible=visible, mean=mean)


def with_levels(state: PyramidState, levels: tuple[TiledState, ...], controls: Controls) -> PyramidState:
    """Return the state with other levels, under this clamp."""
    held = controls.known is not None and controls.mask is not None
    return dataclasses.replace(
        state,
        visible=levels[0].visible,
        mean=levels[0].mean,
        levels=levels,
        known=controls.known if held else None,
        mask=controls.mask if held else None,
    )


def on_canvas(picture: Tensor, whole: Size) -> Tensor:
    """Return a picture in the upper left corner of a canvas (n, C, *whole), cut off at its edges."""
    part = picture[:, :, : whole[0], : whole[1]]
    return pad(part, (0, whole[1] - part.shape[3], 0, whole[0] - part.shape[2]))


def pyramid(state: State) -> PyramidState:
    """Return the state as one of this model's; another's is a fault of the caller."""
    if not isinstance(state, PyramidState):
        raise TypeError("a pyramid continues states of pyramids only")
    return state
