"""GibbsChain: the one instrument that canvas, player, fills and lab play, whatever the model."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from studio.models.coarse import Size as Size
from studio.models.coarse import size_at
from studio.models.drive import wandered
from studio.models.noise import Noise
from studio.models.recorded_sweep import RecordedSweeps
from studio.models.torus import resampled

Kind = Literal["mean", "sample"]


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Where a chain stands, in the layout of its model: the drawn visibles, their mean, the hiddens by layer."""

    visible: Tensor
    mean: Tensor
    hiddens: tuple[Tensor, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Controls:
    """What the player turns; acts at the next sweep.

    Temperature divides the energy. `mask` is true where pixels are clamped to
    `known`, both in model space and broadcast to (n, C, H, W). `gain` and `hold`
    have one value a hidden unit or filter of all that the model counts: gain
    multiplies what it draws and 0 mutes it, hold 1 keeps it on. `part_temperatures`
    has a factor of the temperature for each of the model's `parts_of`, none for 1.
    `wrap` says, for models of any size, whether the picture meets itself from
    bottom to top and from right to left. `lean` mixes the textures of a model
    that has several: a share of each (T,), or a map of shares (T, H, W) of the
    shown size, none negative and their sum 1; None is the first texture. `roll` moves
    the pooling grid of convolutional models at random before each sweep, so
    that it never shows; a chain that rolls is no longer exact. `drive` is how far
    the inverse temperature wanders about that of `temperature`, see `wandered`.
    `coarse` is how many sweeps a chain takes at each of the smaller sizes that it
    begins with.
    """

    temperature: float = 1.0
    rho: float = 0.0
    known: Tensor | None = None
    mask: Tensor | None = None
    gain: Tensor | None = None
    hold: Tensor | None = None
    part_temperatures: tuple[float, ...] = ()
    wrap: tuple[bool, bool] = (True, True)
    lean: Tensor | None = None
    roll: bool = False
    drive: float = 0.0
    coarse: int = 0

    def of_part(self, number: int, own: slice) -> Controls:
        """Return what one part is played with: the gains of its `own` filters, its temperature, no clamp."""
        factor = self.part_temperatures[number] if self.part_temperatures else 1.0
        gain, hold = (None if values is None else values.flatten()[own] for values in (self.gain, self.hold))
        return dataclasses.replace(
            self,
            temperature=self.temperature * factor,
            gain=gain,
            hold=hold,
            part_temperatures=(),
            known=None,
            mask=None,
        )


class Instrument(Protocol):
    """What the canvas may ask of any model; pictures are (n, C, H, W) in model space."""

    any_size: bool
    multiple: int
    textures: int

    @property
    def own_size(self) -> Size:
        """The size it was trained at: the only one, unless `any_size`."""

    @property
    def own_wrap(self) -> tuple[bool, bool]:
        """Which sides of its canvas meet where nothing else is asked for: bottom and top, right and left."""

    def start(self, count: int, size: Size, noise: Noise, picture: Tensor | None = None) -> State:
        """Return a fresh state: independent noise, or a picture (1 or count, C, H, W)."""

    def sweep(self, state: State, controls: Controls, noise: Noise) -> State:
        """Return the state after one Gibbs sweep of all layers."""

    def clamped(self, state: State, controls: Controls) -> State:
        """Return the state with the clamped pixels put in exactly."""

    def upward(self, picture: Tensor) -> State:
        """Return the state after one bottom-up pass from a picture."""

    def picture(self, state: State, kind: Kind) -> Tensor:
        """Return what the state shows: (n, C, H, W)."""

    def layers(self) -> tuple[tuple[str, int], ...]:
        """Return the name and number of filters of each hidden layer."""

    def filters(self, layer: int = 0) -> Tensor:
        """Return a layer's filters as pictures: (filters, C, h, w)."""


class GibbsChain:
    """A model, a state, a generator of its own and controls.

    Its noise is not the training's: looking at a dream never changes what is learned.
    While a coarse start lasts, its state is smaller than `size`, and what it
    shows is enlarged; a clamp, another canvas or new noise ends it.
    """

    def __init__(
        self,
        model: Instrument,
        count: int,
        noise: Noise,
        controls: Controls | None = None,
        size: Size | None = None,
        sweeps: RecordedSweeps | None = None,
    ) -> None:
        self.model = model
        self.count = count
        self.size = size or model.own_size
        self.noise = noise
        self.controls = controls or Controls()
        self._sweeps = sweeps or RecordedSweeps()
        self.sweeps = 0
        self.beta = 1.0  # the inverse temperature that is driven
        self._lean: tuple[Tensor, Size, Tensor] | None = None  # as asked for, and reduced to a smaller size
        self._state = model.clamped(model.start(count, self._swept_size, noise), self.controls)

    def start(self, picture: Tensor | None = None) -> None:
        """Begin anew from noise, or from a picture (1 or count, C, H, W)."""
        self.sweeps, self.beta = 0, 1.0
        if picture is not None:
            self.controls = dataclasses.replace(self.controls, coarse=0)
        fresh = self.model.start(self.count, self._swept_size, self.noise, picture)
        self._state = self.model.clamped(fresh, self.controls)

    def resize(self, size: Size, shift: Size = (0, 0)) -> None:
        """Go on with a canvas of another size: what is there stays, moved down and right by `shift`, the rest is noise.

        A clamp does not move along: let go of it before, and set it anew after.
        """
        if size == self.size and shift == (0, 0):
            return
        self._end_coarse()
        picture = self.sample()
        if shift != (0, 0):
            fresh = self.model.picture(self.model.start(self.count, size, self.noise), "sample")
            picture = pasted(fresh.clone(), picture, shift)
        self._state = self.model.start(self.count, size, self.noise, picture)
        self.size = size

    def take(self, model: Instrument) -> None:
        """Go on with another model over the same pictures; hidden units are drawn anew, since it may have others."""
        self.model = model
        self._state = dataclasses.replace(self._state, hiddens=())

    def step(self, sweeps: int = 1) -> None:
        """Take that many Gibbs sweeps."""
        for _ in range(sweeps):
            size, controls = self.size, self.controls
            if controls.coarse:
                size = size_at(size, self.sweeps, controls.coarse)
                if size != self._swept_size:
                    self._enlarge(size)
                controls = dataclasses.replace(controls, lean=self._lean_at(size))
            self._state = self._sweeps.sweep(self.model, self._state, self._driven(controls), self.noise)
            self.sweeps += 1

    @property
    def _swept_size(self) -> Size:
        """The size of the state."""
        return size_at(self.size, max(0, self.sweeps - 1), self.controls.coarse)

    def _enlarge(self, size: Size) -> None:
        """Go on at a larger size from the mean, whose noise the next sweep draws: enlarged, it would be none."""
        mean = resampled(self.model.picture(self._state, "mean"), size)
        self._state = self.model.start(self.count, size, self.noise, mean)

    def _end_coarse(self) -> None:
        """Go on at full size from now on; what was not swept yet begins there."""
        size, self.controls = self._swept_size, dataclasses.replace(self.controls, coarse=0)
        if size == self.size:
            return
        if self.sweeps:
            self._enlarge(self.size)
        else:
            self._state = self.model.start(self.count, self.size, self.noise)

    def _lean_at(self, size: Size) -> Tensor | None:
        """A map of shares, reduced to a smaller size by means."""
        lean = self.controls.lean
        if lean is None or lean.dim() == 1 or size == self.size:
            return lean
        if self._lean is None or self._lean[0] is not lean or self._lean[1] != size:
            self._lean = lean, size, adaptive_avg_pool2d(lean[None], size)[0]
        return self._lean[2]

    def _driven(self, controls: Controls) -> Controls:
        """Return the controls of the next sweep at the temperature that it wanders to."""
        if not controls.drive:
            self.beta = 1.0
            return controls
        self.beta = wandered(self.beta, controls.drive, self.noise)
        return dataclasses.replace(controls, temperature=controls.temperature / self.beta)

    def mean(self) -> Tensor:
        """Mean of the visibles given the hiddens: (n, C, H, W)."""
        return self._picture("mean")

    def sample(self) -> Tensor:
        """The drawn visibles: (n, C, H, W)."""
        return self._picture("sample")

    def _picture(self, kind: Kind) -> Tensor:
        picture = self.model.picture(self._state, kind)
        return resampled(picture, self.size) if self._swept_size != self.size else picture

    def clamp(self, known: Tensor | None, mask: Tensor | None) -> None:
        """Hold pixels where `mask` is true at `known`, exactly, from now on; None sets all free."""
        if known is not None:
            self._end_coarse()
        self.controls = dataclasses.replace(self.controls, known=known, mask=mask)
        self._state = self.model.clamped(self._state, self.controls)

    def impress(self, mask: Tensor, picture: Tensor) -> None:
        """Put a picture (C, H, W) where `mask` (H, W) is true; what is clamped stays."""
        self._end_coarse()
        laid = torch.where(mask, picture, self.sample())
        self._state = self.model.clamped(self.model.start(self.count, self.size, self.noise, laid), self.controls)

    def shake(self, mask: Tensor) -> None:
        """Put noise, as at the start of a dream, where `mask` (H, W) is true; what is clamped stays."""
        if not mask.any():
            return
        self._end_coarse()
        box: tuple[slice, ...] = (slice(None), slice(None))
        size = self.size
        if self.model.any_size:  # a small stroke on a large canvas needs little noise
            rows, columns = mask.any(1).nonzero(), mask.any(0).nonzero()
            box = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
            size = box[0].stop - box[0].start, box[1].stop - box[1].start
        fresh = self.model.picture(self.model.start(self.count, size, self.noise), "sample")
        picture = self.sample().clone()
        picture[..., box[0], box[1]] = torch.where(mask[box], fresh, picture[..., box[0], box[1]])
        state = self.model.start(self.count, self.size, self.noise, picture)
        self._state = self.model.clamped(state, self.controls)

    def state(self) -> State:
        return self._state

    def restore(self, state: State, sweeps: int = 0, beta: float = 1.0) -> None:
        """Continue from a state that `state` returned, under the present clamp."""
        self.sweeps, self.beta = sweeps, beta
        self._state = self.model.clamped(state, self.controls)


def pasted(canvas: Tensor, picture: Tensor, shift: Size) -> Tensor:
    """Return the canvas (n, C, H, W) with a picture put in, its corner at `shift`, cut off where it reaches out."""
    place, part = overlap((picture.shape[2], picture.shape[3]), (canvas.shape[2], canvas.shape[3]), shift)
    canvas[:, :, place[0], place[1]] = picture[:, :, part[0], part[1]]
    return canvas


def overlap(inner: Size, canvas: Size, shift: Size) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return where on a canvas a picture lies whose corner is at `shift`, and which part of the picture that is."""
    places, parts = [], []
    for side, to, offset in zip(inner, canvas, shift, strict=True):
        first, end = max(0, offset), max(0, min(to, side + offset))
        places.append(slice(first, max(first, end)))
        parts.append(slice(first - offset, max(first, end) - offset))
    return (places[0], places[1]), (parts[0], parts[1])
