"""The store of decoded pictures: read-only, one array, names and verdicts beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.data.spec import DatasetSpec, Preprocess


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one source: used, or skipped and why."""

    name: str
    used: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ImageSet:
    """Decoded, resized pictures.

    `pixels` is (n, C, H, W) uint8 and read-only; `labels` is (n,) int64 or None;
    `held_out` holds the indices kept from training: of whole pictures those whose
    names drew the lowest lots, or the whole tail a source names (MNIST keeps its
    last 5,000).

    When the preprocess asks for crops, `exemplars` are the large pictures,
    (C, H, W) uint8 each, `known` (H, W) is false where one was transparent, and
    the last `bands` pixels of its longer side (the height of a square) are
    kept from training. `pixels` are then a few crops to look at and to measure
    with, those held out from the bands; `origins` (n,) says of which exemplar.

    Where `pixels` are mapped from a store on disk, `note` says so.
    """

    spec: DatasetSpec
    preprocess: Preprocess
    pixels: NDArray[np.uint8]
    names: tuple[str, ...]
    labels: NDArray[np.int64] | None = None
    verdicts: tuple[Verdict, ...] = ()
    held_out: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    exemplars: tuple[NDArray[np.uint8], ...] = ()
    known: tuple[NDArray[np.bool_], ...] = ()
    bands: tuple[int, ...] = ()
    origins: NDArray[np.int64] | None = None
    note: str = ""

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)
        self.held_out.setflags(write=False)
        for exemplar, known in zip(self.exemplars, self.known, strict=True):
            exemplar.setflags(write=False)
            known.setflags(write=False)

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def shape(self) -> tuple[int, int, int]:
        _, channels, height, width = self.pixels.shape
        return channels, height, width

    def training(self) -> NDArray[np.int64]:
        """Return the indices used for training, in order."""
        kept = np.ones(len(self), dtype=bool)
        kept[self.held_out] = False
        return np.flatnonzero(kept)

    def learned(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Return views of the part of exemplar `index` that training may use, and of what is known there."""
        return self._part(index, slice(None, -self.bands[index] or None))

    def unseen(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Return views of the part of exemplar `index` that training never uses; empty where there is none."""
        longest = max(self.exemplars[index].shape[1:])
        return self._part(index, slice(longest - self.bands[index], None))

    def _part(self, index: int, along: slice) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        pixels, known = self.exemplars[index], self.known[index]
        if known.shape[1] > known.shape[0]:
            return pixels[:, :, along], known[:, along]
        return pixels[:, along], known[along]

    @property
    def skipped(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if not verdict.used)
