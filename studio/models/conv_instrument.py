"""What the canvas asks of convolutional models, of one layer or several."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from studio.errors import SettingsError
from studio.models.chain import Controls, Kind, Size, State
from studio.models.conv_canvas import Canvas, ConvState, broadcast
from studio.models.conv_grid import Stack, Wrap, valid_size
from studio.models.field_noise import FieldNoise
from studio.models.noise import Noise
from studio.models.spec import Shape

OWN_SIDE = 256
NOWHERE: Wrap = (False, False)
NO_CONTROLS = Controls()

Hiddens = tuple[Tensor, ...]


class ConvInstrument(nn.Module, ABC):
    """A model that is played on canvases of any size; subclasses take the sweeps.

    `stack` has side and block of each layer, `multiple` is the product of the
    blocks. `hiddens` of a state are those of the layers above the first; none
    are there when a canvas is new. A `framed` model has learned whole pictures
    by chains on a canvas of their size, and is at home there.
    """

    stack: Stack
    multiple: int
    channels: int
    gaussian: bool
    shape: Shape

    any_size = True
    textures = 1
    framed = False

    @property
    @abstractmethod
    def deviation(self) -> float:
        """s of the visibles."""

    @abstractmethod
    def moved(
        self, v: Tensor, hiddens: Hiddens, controls: Controls, field: FieldNoise
    ) -> tuple[Tensor, Tensor, Hiddens]:
        """Take one Gibbs sweep of all layers: returns the visibles drawn, their mean and the hiddens."""

    @abstractmethod
    def expected(self, v: Tensor, controls: Controls = NO_CONTROLS, field: FieldNoise | None = None) -> Tensor:
        """Mean of P(v|h) with h drawn from the field's noise, or h = P(h|v) without one: (n, C, H, W)."""

    def valid_size(self, size: Size, wrap: Wrap = NOWHERE) -> Size:
        """The nearest size whose maps are whole blocks; never smaller where it does not wrap."""
        return valid_size(size, self.stack, wrap)

    def above_bytes(self, _size: Size, _chains: int) -> int:
        """About how many bytes a sweep holds at most beyond its canvas, for the layers above the first."""
        return 0

    @property
    def own_size(self) -> Size:
        """The canvas when none is asked for: that of the pictures it learned, or whole blocks, at least 256 pixels."""
        if self.framed:
            return self.shape[1], self.shape[2]
        side = -(-OWN_SIDE // self.multiple) * self.multiple
        return side, side

    @property
    def own_wrap(self) -> Wrap:
        return NOWHERE if self.framed else (True, True)

    def canvas(self, size: Size, wrap: Wrap) -> Canvas:
        return Canvas(size, self.stack, wrap)

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
        """One Gibbs sweep: hiddens given visibles, layer by layer, then v ~ P(v|h), clamped pixels put back exactly."""
        state = self.fitted(state, controls)
        field = FieldNoise.of_sweep(noise)
        before, hiddens = state.visible, state.hiddens
        shift = self.roll_of(controls, noise)
        if any(shift):
            # The layers above stand on the grid as it was, and are drawn anew.
            before, hiddens = before.roll((-shift[0], -shift[1]), (2, 3)), ()
        visible, mean, hiddens = self.moved(before, hiddens, controls, field)
        if any(shift):
            mean, visible, hiddens = mean.roll(shift, (2, 3)), visible.roll(shift, (2, 3)), ()
        return self.clamped(dataclasses.replace(state, visible=visible, mean=mean, hiddens=hiddens), controls)

    def roll_of(self, controls: Controls, noise: Noise) -> tuple[int, int]:
        """How far the pooling grid is moved in this sweep, along sides that wrap."""
        if not controls.roll or self.multiple == 1:
            return 0, 0
        down, right = noise.integers(self.multiple, (2,)).tolist()
        return down * controls.wrap[0], right * controls.wrap[1]

    def fitted(self, state: State, controls: Controls) -> ConvState:
        """Return the state on the canvas that `controls.wrap` asks for, what was shown kept."""
        state = convolutional(state)
        if state.wrap == controls.wrap:
            return state
        canvas = self.canvas(state.size, controls.wrap)
        visible, mean = (canvas.laid(self.picture(state, kind)) for kind in ("sample", "mean"))
        return dataclasses.replace(state, visible=visible, mean=mean, hiddens=(), wrap=controls.wrap)

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


def convolutional(state: State) -> ConvState:
    """Return the state as one of this model's; another's is a fault of the caller."""
    if not isinstance(state, ConvState):
        raise TypeError("a convolutional model continues convolutional states only")
    return state
