"""Maps of a dream as 16-bit grey pictures beside each other, for games and Blender."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.atomic import check_writable
from studio.data.frames import cut_short, write_levels
from studio.data.picture import NO_TEXT
from studio.data.still import DEEP
from studio.errors import DataError, SettingsError, StudioError


@dataclass(frozen=True, slots=True)
class MapWish:
    """Which maps are wanted: luminance as height, the number of the strongest filter, the answers of every filter."""

    height: bool = False
    ids: bool = False
    filters: bool = False

    @property
    def any(self) -> bool:
        return self.height or self.ids or self.filters


@dataclass(frozen=True, slots=True, eq=False)
class PixelMap:
    """One map (H, W) of 16-bit numbers; `name` is what is put behind the name of the picture."""

    name: str
    levels: NDArray[np.uint16]


Take = Callable[[PixelMap], None]


class MapFiles:
    """Writes maps beside a picture's name: wall-height.png, wall-ids.png, wall-filter-0000.png; keeps what is written.

    `text` is the recipe of the dream that they are of.
    """

    def __init__(self, path: Path, wish: MapWish, filters: int = 1, text: Mapping[str, str] = NO_TEXT) -> None:
        if path.suffix.lower() not in DEEP:
            raise DataError(f"Maps of 16 bits cannot be kept in {path.name}.", "Choose PNG or TIFF.")
        if not wish.any:
            raise SettingsError("No map was chosen.", "Choose heights, numbers or the maps of the filters.")
        check_writable(path)
        self.path = path
        self._wish = wish
        self.written: list[Path] = []
        self.expect(filters, text)

    def expect(self, filters: int, text: Mapping[str, str]) -> None:
        """Know how many filters there are, and the recipe of the dream."""
        self._count = self._wish.height + self._wish.ids + self._wish.filters * filters
        self.text = text

    def check_new(self) -> None:
        """Raise DataError where maps of that name are there already, which nobody may have meant to replace."""
        for name in ("height", "ids", "filter-0000"):
            path = self.path.with_name(f"{self.path.stem}-{name}{self.path.suffix}")
            if path.exists():
                raise DataError(f"{path.name} is there already.", "Choose another name, or move it away.")

    def take(self, one: PixelMap) -> None:
        """Write one map; raises StudioError that names what is there already."""
        path = self.path.with_name(f"{self.path.stem}-{one.name}{self.path.suffix}")
        try:
            write_levels(path, one.levels[..., None], self.text)
        except StudioError as error:
            raise cut_short(error, self.written, self._count) from error
        self.written.append(path)

    def end(self) -> str:
        """Say what was made."""
        names = [path.name for path in self.written]
        return ", ".join(names) if len(names) <= 3 else f"{len(names):,} maps, {names[0]} to {names[-1]}"
