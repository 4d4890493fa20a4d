"""Slow light and shade taken out of a photograph, and holes filled with what lies around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.data.blur import blurred

Pixels = NDArray[np.uint8]
Known = NDArray[np.bool_]
Values = NDArray[np.float32]

MOST = 3.0  # brighter or darker than so many times is material, not light
FRINGE = 8.0  # pixels over which a hole's surroundings fade into the mean colour
LEAST = 1e-3


def evened(pixels: Pixels, known: Known, deviation: float) -> Pixels:
    """Return (C, H, W) pixels divided by their light, a Gaussian blur of `deviation` pixels, as bright on the whole.

    All channels are divided by the same light, so that colours stay; what is
    not known counts for nothing.
    """
    light = surroundings(pixels.mean(axis=0, dtype=np.float32), known, deviation)
    mean = max(float(light[known].mean()), 1.0)
    gains = np.clip(mean / np.maximum(light, 1.0), 1 / MOST, MOST)
    return np.stack([np.rint(np.minimum(plane * gains, 255)).astype(np.uint8) for plane in pixels])


def filled(pixels: Pixels, known: Known) -> Pixels:
    """Return (C, H, W) pixels with what is not known filled smoothly from around it."""
    if known.all():
        return pixels
    result = pixels.copy()
    for plane in result:
        plane[~known] = np.rint(surroundings(plane, known, FRINGE)[~known]).clip(0, 255).astype(np.uint8)
    return result


def surroundings(plane: NDArray[np.uint8] | Values, known: Known, deviation: float) -> Values:
    """Return the blur of what is known of (H, W), its mean where nothing is near."""
    if known.all():
        return blurred(plane.astype(np.float32), deviation)
    mean = float(plane[known].mean())
    weights = blurred(known.astype(np.float32), deviation)
    sums = blurred((plane - np.float32(mean)) * known, deviation)
    return np.asarray(sums / np.maximum(weights, LEAST) + mean, np.float32)
