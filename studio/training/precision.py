"""Whether a run multiplies in bfloat16."""

from __future__ import annotations

from studio.models.noise import Noise
from studio.models.products import has_units, no_units_words
from studio.training.settings import Precision, TrainSettings


def is_fast(settings: TrainSettings, noise: Noise) -> bool:
    """Return whether products are fast: they are asked for, and the device that draws the noise has units for them."""
    return settings.precision is Precision.FAST and has_units(noise.device)


def precision_note(settings: TrainSettings, device: str) -> str:
    """Return what is to be said where fast products are asked for in vain, nothing elsewhere."""
    vain = settings.precision is Precision.FAST and not has_units(device)
    return no_units_words(device) if vain else ""
