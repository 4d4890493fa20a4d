"""Where the dreams of a batch go: each into a file of its own, or all onto a contact sheet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.atomic import check_writable, explained
from studio.data.contact import GAP, contact_sheet
from studio.data.frames import ANIMATIONS, cut_short
from studio.data.picture import NO_TEXT
from studio.data.still import STILLS, check_still, joined, write_still
from studio.errors import DataError, SettingsError, StudioError
from studio.project.batch import Batch, Dreamt

Values = NDArray[np.float32]
Bits = Literal[8, 16]

LARGEST_SHEET = 1 << 26  # pixels


class Files:
    """Writes each dream as a file of its own, named after its model, seed and temperature; keeps what is written."""

    def __init__(self, folder: Path, count: int, suffix: str = ".png", bits: Bits = 8, several: bool = False) -> None:
        self.folder, self.suffix, self.bits = folder, suffix, bits
        self._count, self._several = count, several
        self.written: list[Path] = []
        self._remark = ""
        self._made = False
        check_still(folder / f"a{suffix}", bits)
        check_folder(folder)

    def take(self, one: Dreamt) -> None:
        """Write one dream; raises StudioError that names what is there already."""
        self._make_folder()
        model = f"{one.model}-" if self._several else ""
        name = f"{model}seed-{one.settings.seed:04d}-temperature-{one.settings.temperature!r}{self.suffix}"
        try:
            self._remark = write_still(self.folder / name, one.pixels, one.text, self.bits) or self._remark
        except StudioError as error:
            raise cut_short(error, self.written, self._count) from error
        self.written.append(self.folder / name)

    def _make_folder(self) -> None:
        """Make the folder once: one that has vanished since is not made again behind its owner's back."""
        if not self._made:
            try:
                self.folder.mkdir(exist_ok=True)
            except OSError as error:
                raise explained(error, self.folder, 0) from error
            self._made = True

    @property
    def written_words(self) -> str:
        """What is written so far, in words."""
        return f"{len(self.written):,} of {self._count:,} pictures are written and kept in {self.folder}"

    def end(self) -> str:
        """Say what was made."""
        return f"{len(self.written):,} pictures in {self.folder.name}{joined(self._remark)}"


class Contact:
    """Lays all dreams out on one sheet: a column for each seed, a row for each temperature of each model."""

    def __init__(self, path: Path, count: int, columns: int, bits: Bits = 8, several: bool = False) -> None:
        check_still(path, bits)
        check_writable(path)
        self.path, self.bits = path, bits
        self._count, self._columns, self._several = count, columns, several
        self._seeds: dict[int, str] = {}
        self._rows: dict[int, str] = {}
        self._pictures: Values | None = None
        self._text: Mapping[str, str] = NO_TEXT

    def take(self, one: Dreamt) -> None:
        """Hold one dream; raises SettingsError when the sheet would be too large, or the models differ in size."""
        if self._pictures is None:
            height, width, channels = one.pixels.shape
            rows = -(-self._count // self._columns)
            if rows * (height + GAP) * self._columns * (width + GAP) > LARGEST_SHEET:
                raise SettingsError(
                    f"A contact sheet of {self._columns} x {rows} pictures of {width} x {height} px is too large.",
                    "Save files, or choose fewer dreams or a smaller canvas.",
                )
            self._pictures = np.zeros((self._count, height, width, channels), np.float32)
            self._text = one.text
        if one.pixels.shape != self._pictures.shape[1:]:
            raise SettingsError("These models dream pictures of different sizes.", "Save files in place of a sheet.")
        self._pictures[one.number] = one.pixels
        row, column = divmod(one.number, self._columns)
        self._seeds[column] = f"seed {one.settings.seed}"
        self._rows[row] = f"{f'{one.model}, ' if self._several else ''}T {one.settings.temperature:g}"

    @property
    def written_words(self) -> str:
        """What is written so far, in words."""
        return "the contact sheet is written once all its pictures are there"

    def end(self) -> str:
        """Write the sheet, with the recipe of its first picture, and say what was made."""
        assert self._pictures is not None
        sheet = contact_sheet(self._pictures, list(self._seeds.values()), list(self._rows.values()))
        remark = write_still(self.path, sheet, self._text, self.bits)
        rows = -(-self._count // self._columns)
        places = f"{self._columns} across for the seeds and {rows} down for the temperatures"
        return f"{self._count:,} pictures, {places}{joined(remark)}"


Takes = Files | Contact


def taker(path: Path, batch: Batch, models: int, bits: Bits = 8, suffix: str = ".png") -> Takes:
    """Return who takes the dreams to where the name says: a folder, or one picture for a contact sheet."""
    count = len(batch.dreams()) * models
    if path.suffix.lower() in STILLS:
        return Contact(path, count, len(batch.seeds), bits, models > 1)
    return Files(path, count, suffix, bits, models > 1)


def check_folder(folder: Path) -> None:
    """Raise StudioError where no folder of that name can be made, or it holds something."""
    if folder.suffix.lower() in ANIMATIONS:
        raise DataError(
            f"{folder.name} should be the name of a folder, or end in {', '.join(STILLS)}.", "Choose another name."
        )
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder.name} is a file, not a folder.", "Choose another name.")
    if folder.is_dir() and any(folder.iterdir()):
        raise DataError(f"The folder {folder.name} is not empty.", "Choose a new folder, or empty this one.")
    check_writable(folder / "a" if folder.is_dir() else folder)
