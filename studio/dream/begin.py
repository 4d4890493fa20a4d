"""How a dream begins: the same chain from the same seed, for the window and the command line."""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor

from studio.dream.blend import MapReader, lean_of
from studio.dream.settings import DreamSettings
from studio.errors import SettingsError
from studio.models.chain import Controls, GibbsChain, Instrument, Size
from studio.models.conv_instrument import ConvInstrument
from studio.models.noise import Noise
from studio.models.tiled_pyramid import TiledPyramid

COARSE_SWEEPS = 50  # at each smaller size


def begin(
    model: Instrument,
    settings: DreamSettings,
    device: str,
    picture: Tensor | None = None,
    reader: MapReader | None = None,
) -> GibbsChain:
    """Return a chain at sweep 0, from noise or from a picture in model space (1 or chains, C, H, W).

    Raises DataError where the map of a blend cannot be read.
    """
    noise = Noise(settings.seed, device)
    controls = controls_of(model, settings, device, reader or MapReader())
    if settings.coarse and picture is None and begins_coarse(model):
        controls = dataclasses.replace(controls, coarse=COARSE_SWEEPS)
    chain = GibbsChain(model, settings.chains, noise, controls, size_of(model, settings))
    if picture is not None:
        chain.start(picture)
    return chain


def controls_of(model: Instrument, settings: DreamSettings, device: str, reader: MapReader) -> Controls:
    wrap = settings.seamless.wrap(model.own_wrap)
    lean = lean_of(settings, model.textures, size_of(model, settings), wrap, reader)
    return Controls(
        temperature=settings.temperature,
        rho=settings.smooth,
        wrap=wrap,
        lean=None if lean is None else torch.from_numpy(lean).to(device),
        drive=settings.drive,
        roll=rolls(settings.roll, wrap),
    )


def begins_coarse(model: Instrument) -> bool:
    """Return whether a dream of this model can begin small: a pyramid does so by itself; as `one_scale` of its spec."""
    return model.any_size and not isinstance(model, TiledPyramid)


def rolls(roll: bool, wrap: tuple[bool, bool]) -> bool:
    """Return whether the pooling grid is moved: there must be a side along which it can be."""
    return roll and any(wrap)


def size_of(model: Instrument, settings: DreamSettings) -> Size:
    """Return the size a model dreams at: as asked for where it can, else its own."""
    height, width = model.own_size
    if not model.any_size:
        return height, width
    return settings.height or height, settings.width or width


def check_canvas(model: Instrument, settings: DreamSettings) -> None:
    """Raise SettingsError where a convolutional model's filters are larger than the canvas that is asked for."""
    height, width = size_of(model, settings)
    side = model.stack[0][0] if isinstance(model, ConvInstrument) else 1
    if min(height, width) < side:
        raise SettingsError(
            f"A canvas of {width} x {height} px is smaller than a filter of {side} px.",
            f"Choose a canvas of at least {side} x {side} px.",
        )
