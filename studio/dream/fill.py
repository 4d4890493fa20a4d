"""The filling of a hole: Gibbs chains that hold the known pixels, beside what one upward pass makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from studio.dream.blend import MapReader, lean_of
from studio.dream.blending import blended
from studio.dream.fill_settings import FillSettings
from studio.dream.large import FLOAT_BYTES, above_bytes, memory_bytes
from studio.jobs.stepwise import Stepwise, finished
from studio.models.cdbn import Cdbn
from studio.models.chain import Controls, GibbsChain, Instrument, Size
from studio.models.conv_grid import Wrap
from studio.models.conv_instrument import NOWHERE
from studio.models.filling import Mask, Tell, Values, hold_around, in_groups, put_back, silent
from studio.models.latent_rbm import LatentRbm
from studio.models.noise import Noise
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm

COPIES = 14  # of a picture while it is filled: truth, input and known, fillings, sums of two numbers' length


class Sighted(Protocol):
    """A model on its device, with the way from pictures in 0..1 to what it sees and back."""

    @property
    def model(self) -> Instrument: ...

    @property
    def device(self) -> str: ...

    @property
    def mirrored(self) -> bool:
        """Whether the model learned each picture and its mirror image alike."""
        ...

    def to_pictures(self, values: Tensor, wrap: Wrap | None = None) -> Values:
        """Return (n, C, H, W) in model space as pictures (n, H, W, C) in 0..1."""

    def to_model(self, pictures: Values) -> Tensor:
        """Return pictures (n, C, H, W) in 0..1 in model space."""


@dataclass(frozen=True, slots=True, eq=False)
class FillRequest:
    """A picture (H, W, C) in 0..1, its hole (H, W), true where it is unknown, and how to fill it.

    What the picture holds in the hole is where the upward pass starts from, a
    mean colour for example; the chains start from noise.
    """

    picture: Values
    hole: Mask
    settings: FillSettings = field(default_factory=FillSettings)


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """Fillings, (H, W, C) in 0..1 each, with the known pixels exactly those of the picture.

    `gibbs` is the first chain's mean of P(v|h) after its last sweep, `mean` the
    mean of that over all chains, `deviation` how far they differ from each
    other, a standard deviation at each pixel (0 for a single chain).
    """

    one_pass: Values
    gibbs: Values
    mean: Values
    deviation: Values


def fill_bytes(model: Instrument, channels: int, size: Size, chains: int) -> int:
    """Return about how many bytes the filling of a picture of this size holds at most."""
    together = in_groups(chains, size)[0]
    pictures = FLOAT_BYTES * COPIES * channels * size[0] * size[1]
    return memory_bytes(channels, size, together, above=above_bytes(model, size, together)) + pictures


def fill(sighted: Sighted, request: FillRequest, tell: Tell = silent) -> Filled:
    """Fill the hole at once, as `filling` does step by step."""
    return finished(filling(sighted, request), tell)


@torch.no_grad()
def filling(sighted: Sighted, request: FillRequest) -> Stepwise[Filled]:
    """Fill the hole by an upward pass and by Gibbs sampling with the known pixels clamped; each sweep is a step.

    The borders of the picture do not meet. As many chains run at once as keep
    memory bounded; each group has a seed of its own, so the same request gives
    the same filling.

    Raises
    ------
    SettingsError
        When the model cannot dream at the size of the picture.
    """
    picture, hole, settings = request.picture, request.hole, request.settings
    size = (hole.shape[0], hole.shape[1])
    known = sighted.to_model(np.ascontiguousarray(np.moveaxis(picture, 2, 0))[None])
    shares = lean_of(settings.dream(*size), sighted.model.textures, size, NOWHERE, MapReader())
    lean = None if shares is None else torch.from_numpy(shares).to(sighted.device)
    passed = one_pass(sighted.model, known, hole, sighted.mirrored, lean)
    upward = put_back(picture, sighted.to_pictures(passed, NOWHERE)[0], hole)
    first: Values | None = None
    total, squares = np.zeros(picture.shape), np.zeros(picture.shape)
    groups = in_groups(settings.chains, size)
    for index, count in enumerate(groups):
        controls = Controls(temperature=settings.temperature, lean=lean)
        chain = GibbsChain(sighted.model, count, Noise(settings.seed + index, sighted.device), controls, size)
        hold_around(chain, known, hole)
        for done in range(settings.sweeps):
            yield index * settings.sweeps + done, len(groups) * settings.sweeps
            chain.step(1)
        dreamt = sighted.to_pictures(chain.mean(), NOWHERE)
        found = np.stack([blended(picture, one, hole, settings.blend) for one in dreamt])
        first = found[0] if first is None else first
        # Differences to one of them: squares of the values themselves would lose small deviations to rounding.
        total += (found - first).sum(axis=0, dtype=np.float64)
        squares += np.square(found - first).sum(axis=0, dtype=np.float64)
    assert first is not None
    off = total / settings.chains
    mean = put_back(picture, np.asarray(first + off, np.float32), hole)
    deviation = np.sqrt(np.maximum(squares / settings.chains - np.square(off), 0)).astype(np.float32)
    return Filled(upward, first, mean, deviation)


def one_pass(
    model: Instrument, picture: Tensor, hole: Mask, mirrored: bool = False, lean: Tensor | None = None
) -> Tensor:
    """Return what one upward pass from a picture (n, C, H, W) in model space expects to see; `hole` is (H, W).

    Of a deep belief network it is up through all layers and down again, each given what it saw and the one above.
    An autoencoder that learned pictures and their mirror images alike guesses from both,
    and the mean is what it expects. A model of several textures leans as the chains beside it do, by shares
    (textures,) or (textures, H, W). Where the model takes any size, a margin of the mean colour keeps the
    borders apart that meet on its torus, and brings the picture to whole tiles.
    """
    if isinstance(model, LatentRbm):
        known = torch.from_numpy(~hole).to(picture)
        made = repeated(model, picture, known)
        if mirrored:
            made = (made + repeated(model, picture.flip(3), known.flip(1)).flip(3)) / 2
        return made
    if not model.any_size:
        return model.picture(model.upward(picture), "mean")
    height, width = picture.shape[2:]
    down, across = (-(-side // model.multiple) * model.multiple + model.multiple - side for side in (height, width))
    colour = picture.mean((2, 3), keepdim=True)
    wide = pad(picture - colour, (0, across, 0, down)) + colour
    if isinstance(model, Cdbn):
        made = model.up_and_down(wide)
    elif isinstance(model, TiledRbm | TiledPyramid):
        if lean is not None and lean.dim() == 3:
            lean = pad(lean[None], (0, across, 0, down), mode="replicate")[0]
        made = model.picture(model.upward(wide, lean), "mean")
    else:
        made = model.picture(model.upward(wide), "mean")
    return made[:, :, :height, :width]


def repeated(model: LatentRbm, picture: Tensor, known: Tensor) -> Tensor:
    """Return the pictures (n, C, H, W) of the codes of what is `known`, (H, W), whose pixels are put in."""
    return model.picture(model.beside(model.upward(picture, known), picture, known > 0), "mean")
