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
    `held_out` holds the indices kept from training, chosen by the preprocess's
    seed alone, or the whole tail a source names (MNIST keeps its last 5,000).
    """

    spec: DatasetSpec
    preprocess: Preprocess
    pixels: NDArray[np.uint8]
    names: tuple[str, ...]
    labels: NDArray[np.int64] | None = None
    verdicts: tuple[Verdict, ...] = ()
    held_out: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)
        self.held_out.setflags(write=False)

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

    @property
    def skipped(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if not verdict.used)
