"""Dreams too large to watch: sweep by sweep, with progress, cancel, and memory known beforehand."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from studio.dream.begin import begin, check_canvas, size_of
from studio.dream.settings import Blend, DreamSettings
from studio.errors import Cancelled, DeviceError
from studio.models.chain import GibbsChain, Instrument, Size
from studio.models.conv_instrument import ConvInstrument

CANVASES = 6  # at most held at once: visibles and means before and after a sweep, and what strips add to each other
MAPS = 2  # of each texture's shares, while they are made
FLOAT_BYTES = 4


def memory_bytes(channels: int, size: Size, chains: int = 1, textures: int = 0, above: int = 0) -> int:
    """Return about how many bytes a dream of this size holds at most; models of any size work in strips of it.

    `textures` is how many a blend lays out on the canvas, `above` what `above_bytes` of its model are.
    """
    return FLOAT_BYTES * size[0] * size[1] * (CANVASES * channels * chains + MAPS * textures) + above


def above_bytes(model: Instrument, size: Size, chains: int) -> int:
    """Return about how many bytes a dream holds beyond its canvas: a network of several layers has whole maps."""
    return model.above_bytes(size, chains) if isinstance(model, ConvInstrument) else 0


def check_memory(
    model: Instrument, channels: int, size: Size, chains: int, memory: int | None, textures: int = 0
) -> None:
    """Raise DeviceError when so many bytes are too few for sweeps of this size; None is unknown, and enough."""
    needed = memory_bytes(channels, size, chains, textures, above_bytes(model, size, chains))
    require_canvas(needed, size, memory)


def check_shown(channels: int, size: Size, chains: int, memory: int | None) -> None:
    """As `check_memory` of a dream that is there already and is only shown: all its maps are in memory, too."""
    require_canvas(memory_bytes(channels, size, chains), size, memory)


def require_canvas(needed: int, size: Size, memory: int | None) -> None:
    require(needed, memory, f"A dream of {size[1]} x {size[0]} px", "Choose a smaller canvas.")


def require(needed: int, memory: int | None, what: str, remedy: str) -> None:
    """Raise DeviceError when so many bytes of memory are too few for `what`; None is unknown, and enough."""
    if memory is not None and needed > memory:
        raise DeviceError(
            f"{what} needs about {needed / 1e9:.1f} GB of memory, {memory / 1e9:.1f} GB are free.", remedy
        )


@torch.no_grad()
def dream(
    model: Instrument,
    channels: int,
    settings: DreamSettings,
    device: str,
    sweeps: int,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    memory: int | None = None,
    picture: Tensor | None = None,
    hold: Callable[[GibbsChain], None] | None = None,
) -> GibbsChain:
    """Return the chain that the settings describe after `sweeps` sweeps from noise or a picture.

    Parameters
    ----------
    progress
        Called with sweeps done and sweeps to do.
    cancelled
        Asked after every sweep; Cancelled is raised when it says so.
    memory
        Bytes that may be used; DeviceError is raised at once when they cannot suffice.
    picture
        Where the chains begin, in model space (1 or chains, C, H, W); noise without one.
    hold
        Called with the chain before its first sweep, to clamp what is known.

    Raises
    ------
    SettingsError
        When the canvas is smaller than a filter.
    """
    textures = model.textures if settings.blend is not Blend.NONE else 0
    check_canvas(model, settings)
    size = size_of(model, settings)
    check_memory(model, channels, size, settings.chains, memory, textures)
    chain = begin(model, settings, device, picture)
    if hold is not None:
        hold(chain)
    while chain.sweeps < sweeps:
        chain.step()
        if progress is not None:
            progress(chain.sweeps, sweeps)
        if cancelled is not None and cancelled():
            raise Cancelled
    return chain
