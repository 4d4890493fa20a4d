"""What the window knows of a snapshot, and how many are kept. No torch here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.errors import SettingsError

MEGABYTE = 1 << 20
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A moment of a dream one may go back to; the moment itself stays where the dream is.

    `parent` is the snapshot that was gone back to last before, 0 for none; `width`
    and `height` are the canvas's. `thumbnail` is (h, w, C) uint8, read-only.
    """

    number: int
    sweep: int
    bytes: int
    width: int
    height: int
    thumbnail: NDArray[np.uint8]
    parent: int = 0
    name: str = ""
    locked: bool = False

    @property
    def title(self) -> str:
        return self.name or f"sweep {self.sweep:,}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person wrote on a snapshot: a name, and whether it stays when memory is short."""

    number: int
    name: str = ""
    locked: bool = False

    def __post_init__(self) -> None:
        if len(self.name) > LONGEST_NAME:
            raise SettingsError("That name is too long.", f"Type at most {LONGEST_NAME} letters.")


@dataclass(frozen=True, slots=True)
class SnapshotSettings:
    """A snapshot every so many sweeps, 0 for none but those asked for, in so many megabytes of memory."""

    every: int = 500
    megabytes: int = 256

    def __post_init__(self) -> None:
        for name, low, high in SNAPSHOT_LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"{name} cannot be {value}.", f"Choose {low:g} to {high:g}.")


SNAPSHOT_LIMITS: tuple[tuple[str, float, float], ...] = (("every", 0, 1_000_000), ("megabytes", 16, 65_536))
