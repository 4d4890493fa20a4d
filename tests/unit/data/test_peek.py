"""A look at what was dropped."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from studio.data.peek import Peek, peek
from studio.data.spec import DatasetSpec
from studio.project.presets import presets
from studio.project.suggest import suggest


def test_colour_pictures_are_told_from_grey_ones(pictures_folder: Path, tmp_path: Path) -> None:
    assert peek(DatasetSpec((str(pictures_folder),))) == Peek(12, 24, True, False)
    grey = tmp_path / "grey"
    grey.mkdir()
    for index in range(4):
        Image.new("RGB", (90, 70), (index, index, index)).save(grey / f"{index}.png")
    (grey / "broken.png").write_bytes(b"\x89PNG no")
    seen = peek(DatasetSpec((str(grey),)))
    assert (seen.side, seen.colour, seen.stacked) == (70, False, False)


def test_arrays_are_known_by_their_shape(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((5, 28, 30), np.uint8))
    assert peek(DatasetSpec((str(tmp_path / "a.npy"),))) == Peek(5, 28, False, True)


def test_an_empty_folder_has_nothing_to_judge_by(tmp_path: Path) -> None:
    assert peek(DatasetSpec((str(tmp_path),))) == Peek(0, 0, False, False)


def test_each_kind_has_its_preset() -> None:
    assert suggest(Peek(60_000, 28, False, True)) == "digits-rbm"
    assert suggest(Peek(34, 512, True, False)) == "art-ae-rbm"
    assert suggest(Peek(400, 92, False, False)) == "faces-rbm"
    assert suggest(Peek(1, 100, True, False)) == "texture-rbm"


def test_one_large_picture_is_a_texture_in_its_own_colours() -> None:
    assert suggest(Peek(1, 640, False, False)) == "texture-fast"
    assert suggest(Peek(3, 640, True, False)) == "texture-colour"
    assert {"texture-fast", "texture-colour"} <= {item.name for item in presets()}


def test_a_picture_that_is_broken_in_its_middle_is_passed_by(tmp_path: Path) -> None:
    size = b"IHDR" + struct.pack(">IIBBBBB", 100, 100, 8, 2, 0, 0, 0)
    parts = [size, b"IDAT" + zlib.compress(bytes(100)), b"\xd6\xc9E\x19"]
    chunks = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in parts]
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    assert peek(DatasetSpec((str(tmp_path),))).colour is False
