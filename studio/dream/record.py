"""Frames of a dream: what it shows now and after every so many sweeps, recorded beside the dream that goes on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from studio.data.loop import closed
from studio.data.png import Levels
from studio.data.still import whole_levels
from studio.dream.take import Take
from studio.jobs.stepwise import Stepwise
from studio.models.chain import GibbsChain
from studio.models.noise import Noise

Picture = Callable[[GibbsChain], NDArray[np.float32]]  # what a chain shows, (H, W, C) in 0..1


def forked(chain: GibbsChain) -> GibbsChain:
    """Return a chain of its own that goes on as this one will, with the same draws."""
    noise = Noise(0, chain.noise.device)
    noise.restore(chain.noise.state())
    twin = GibbsChain(chain.model, chain.count, noise, chain.controls, chain.size)
    noise.restore(chain.noise.state())  # a new chain draws its own beginning
    twin.restore(chain.state(), chain.sweeps, chain.beta)
    return twin


def recorded(chain: GibbsChain, picture: Picture, take: Take) -> Stepwise[Levels]:
    """Take a chain on and return the frames (n, H, W, C), the first as it stands now; a step is a sweep at most."""
    first = whole_levels(picture(chain), take.bits)
    held = np.empty((take.recorded, *first.shape), first.dtype)
    held[0] = first
    yield 0, take.sweeps
    for number in range(1, take.recorded):
        for sweep in range(take.every):
            chain.step()
            yield (number - 1) * take.every + sweep + 1, take.sweeps
        held[number] = whole_levels(picture(chain), take.bits)
    return closed(held, take.fade) if take.fade else held
