"""The moments of a dream that are kept: so many bytes of them, the oldest that is not locked going first."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.data.sheet import grid
from studio.dream.scene import Scene
from studio.dream.snapshot import MEGABYTE, Mark, Snapshot, SnapshotSettings
from studio.errors import SettingsError
from studio.jobs.frames import as_levels

MOST = 200
THUMBNAIL = 96  # pixels of the longer side


@dataclass(slots=True)
class Kept:
    """A snapshot, all that is brought back with it, and the memory that it looks into."""

    snapshot: Snapshot
    scene: Scene
    memory: dict[int, int]


class Snapshots:
    """Lives beside the player on the compute thread; `all` is what the window is told."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: list[Kept] = []
        self._marks: dict[int, Mark] = {}
        self._last = 0
        self.settings = SnapshotSettings()
        self.parent = 0  # the one that was gone back to last

    @property
    def all(self) -> tuple[Snapshot, ...]:
        return tuple(kept.snapshot for kept in self._kept)

    @property
    def bytes(self) -> int:
        """Bytes of all that is kept; what several share counts once."""
        return together([kept.memory for kept in self._kept])

    @property
    def _room(self) -> float:
        return self.settings.megabytes * MEGABYTE

    def due(self, sweeps: int) -> bool:
        """Return whether it is time for one."""
        return self.settings.every > 0 and sweeps > 0 and sweeps % self.settings.every == 0

    def keep(self, scene: Scene, pictures: NDArray[np.float32]) -> Snapshot:
        """Keep a scene, shown by pictures (n, H, W, C).

        Raises SettingsError, and lets none go, where beside the locked ones there is no room for it.
        """
        memory = scene.memory()
        locked = [kept.memory for kept in self._kept if kept.snapshot.locked]
        if len(locked) >= self._most or together([*locked, memory]) > self._room:
            raise SettingsError(
                "There is no room for another snapshot.", "Unlock one, or allow the snapshots more memory."
            )
        self._last += 1
        moment, size = scene.moment, sum(memory.values())
        height, width = moment.size
        snapshot = Snapshot(self._last, moment.sweeps, size, width, height, thumbnail(pictures), self.parent)
        self._kept.append(Kept(snapshot, scene, memory))
        self._make_room()
        return snapshot

    def go_back(self, number: int) -> Kept:
        """Return what is kept under a number; the next ones branch from it. Raises SettingsError where it is gone."""
        found = self.find(number)
        self.parent = number
        return found

    def find(self, number: int) -> Kept:
        """Return what is kept under a number; raises SettingsError where it is gone."""
        for kept in self._kept:
            if kept.snapshot.number == number:
                return kept
        raise SettingsError("That snapshot is no longer there.", "Lock those that are to stay.")

    def mark(self, marks: Iterable[Mark]) -> None:
        """Name and lock snapshots as these marks say; all others have no name and are not locked."""
        self._marks = {mark.number: mark for mark in marks}
        for kept in self._kept:
            mark = self._marks.get(kept.snapshot.number, Mark(kept.snapshot.number))
            kept.snapshot = dataclasses.replace(kept.snapshot, name=mark.name, locked=mark.locked)
        self._make_room()

    def set(self, settings: SnapshotSettings) -> None:
        """Keep them so from now on."""
        self.settings = settings
        self._make_room()

    def begin(self) -> None:
        """Note that the dream has begun anew: what comes branches from nothing."""
        self.parent = 0

    def clear(self) -> None:
        self._kept.clear()
        self._marks.clear()
        self.parent = 0

    def _make_room(self) -> None:
        while self.bytes > self._room or len(self._kept) > self._most:
            oldest = next((place for place, kept in enumerate(self._kept) if not kept.snapshot.locked), None)
            if oldest is None:
                return
            del self._kept[oldest]


def together(memories: Iterable[Mapping[int, int]]) -> int:
    """Return the bytes of all that these look into, by address."""
    return sum({address: size for memory in memories for address, size in memory.items()}.values())


def thumbnail(pictures: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return pictures (n, H, W, C) in 0..1 as one small picture, read-only."""
    whole = grid(pictures) if len(pictures) > 1 else pictures[0]
    side = -(-max(whole.shape[:2]) // THUMBNAIL)
    if side > 1:
        height, width = (max(1, length // side) for length in whole.shape[:2])
        cut = whole[: height * side, : width * side]
        blocks = cut.reshape(height, cut.shape[0] // height, width, cut.shape[1] // width, whole.shape[2])
        whole = blocks.mean((1, 3), dtype=np.float32)
    return as_levels(np.ascontiguousarray(whole, np.float32))
