"""How a dream begins: the same chain from the same seed, for the window and the command line."""

from __future__ import annotations

from torch import Tensor

from studio.dream.settings import DreamSettings
from studio.models.chain import Controls, GibbsChain, Instrument
from studio.models.noise import Noise


def begin(model: Instrument, settings: DreamSettings, device: str, picture: Tensor | None = None) -> GibbsChain:
    """Return a chain at sweep 0, from noise or from a picture in model space (1 or chains, C, H, W)."""
    controls = Controls(temperature=settings.temperature, rho=settings.smooth)
    chain = GibbsChain(model, settings.chains, Noise(settings.seed, device), controls)
    if picture is not None:
        chain.start(picture)
    return chain
