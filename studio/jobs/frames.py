"""The pictures that cross from the compute thread to whoever looks; arrays are fresh, contiguous and read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class FilterFrame:
    """What one layer has learned: filters (n, H, W, C) float32 in weight units, one norm and one activity each.

    The frame of a model of several layers is that of its first and holds those
    of the `deeper` ones, whose filters are drawn down to pixels.
    """

    layer: str
    step: int
    filters: NDArray[np.float32]
    norms: NDArray[np.float32]  # (n,) Euclidean norm of each filter
    activity: NDArray[np.float32]  # (n,) mean P(h=1|v) over training pictures
    deeper: tuple[FilterFrame, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DreamFrame:
    """The chains as pictures: (n, H, W, C) float32 in 0..1, display space.

    A canvas too large for any screen is shown by the means of blocks of
    `reduction` pixels a side; `canvas` is its own width and height, `levels`
    the same pictures as uint8, so that who looks has nothing left to do. It is
    `exact` where the settings, their seed among them, lead to it.
    """

    pictures: NDArray[np.float32]
    sweep: int
    sweeps_per_second: float
    reduction: int = 1
    canvas: tuple[int, int] = (0, 0)
    levels: NDArray[np.uint8] | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ReconstructionFrame:
    """Some held-out pictures and what the model makes of them: (n, H, W, C) float32 in 0..1.

    `corrupted` is what it was shown of them, where that is not they themselves.
    """

    inputs: NDArray[np.float32]
    outputs: NDArray[np.float32]
    step: int
    corrupted: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SpectrumFrame:
    """Power by wavelength of what is learned and of what is dreamt, as the model sees both."""

    wavelengths: NDArray[np.float32]  # (n,) pixels, longest first
    picture: NDArray[np.float32]  # (n,) log10 power, mean over channels
    dream: NDArray[np.float32]  # (n,) of the chains
    step: int


@dataclass(frozen=True, slots=True, eq=False)
class FilterDetail:
    """One filter at a closer look."""

    layer: str
    index: int
    weights: NDArray[np.float32]  # (H, W, C)
    exciting: NDArray[np.float32]  # (m, H, W, C) in 0..1, strongest first
    activations: NDArray[np.float32]  # (m,) P(h=1|v) of those pictures
    histogram: NDArray[np.int64]  # (bins,) pictures per activation bin over 0..1
    mean_activity: float


@dataclass(frozen=True, slots=True, eq=False)
class LayerMaps:
    """Where the filters of one layer answer in a picture, as P(pool=1).

    The unit at row r and column c of a map sees the square of `field` pixels
    whose corner is at r, c times `stride`. Maps too large for any screen are
    shown by the strongest unit of each block; `most` and `mean` are of all.
    """

    layer: str
    maps: NDArray[np.float32]  # (K, rows, columns)
    most: NDArray[np.float32]  # (K,)
    mean: NDArray[np.float32]  # (K,)
    field: int
    stride: int


@dataclass(frozen=True, slots=True, eq=False)
class MapsFrame:
    """What every layer sees in one picture; `index` of `count` are -1 of 0 where it is none of those learned from.

    One too large for any screen is shown by the means of blocks of `reduction` pixels a side.
    """

    name: str
    picture: NDArray[np.float32]  # (H, W, C) in 0..1
    reduction: int
    layers: tuple[LayerMaps, ...]
    index: int = -1
    count: int = 0


def publish(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `array` contiguous, owned and read-only, so that a reader may keep a view of it."""
    fresh = np.array(array, dtype=np.float32, order="C", copy=True)
    fresh.setflags(write=False)
    return fresh


def as_levels(pictures: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return pictures in 0..1 as fresh, read-only uint8."""
    scaled = np.multiply(pictures, np.float32(255), dtype=np.float32)
    levels: NDArray[np.uint8] = np.rint(np.clip(scaled, 0, 255, out=scaled), out=scaled).astype(np.uint8)
    levels.setflags(write=False)
    return levels
