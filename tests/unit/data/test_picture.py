"""One picture in and out: shapes, depths, texts, and full disks."""

from __future__ import annotations

import errno
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.data import png
from studio.data.picture import read_picture, read_png_text, write_png
from studio.data.spec import Colour, Preprocess
from studio.errors import DataError, StudioError
from tests.unit.data.files import write_pictures

RAMP = np.linspace(0, 1, 6 * 7 * 3, dtype=np.float32).reshape(6, 7, 3)


def stored(path: Path) -> tuple[int, int, bytes]:
    """Return bit depth, colour type and the unfiltered rows of a PNG, read by the book."""
    parts = dict(png.chunks(path.read_bytes(), path.name))
    width, _, depth, kind = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    size = width * {0: 1, 2: 3}[kind] * depth // 8
    raw = zlib.decompress(parts[b"IDAT"])
    rows: list[bytes] = []
    for start in range(0, len(raw), size + 1):
        above = rows[-1] if rows else bytes(size)
        rows.append(bytes((a + b) % 256 for a, b in zip(raw[start + 1 : start + 1 + size], above, strict=True)))
    return depth, kind, b"".join(rows)


def test_eight_bits_come_back_through_pillow(tmp_path: Path) -> None:
    for array in (RAMP, RAMP[..., 0], RAMP[..., :1]):
        write_png(tmp_path / "a.png", array)
        with Image.open(tmp_path / "a.png") as image:
            assert np.array_equal(np.asarray(image), np.rint(array.squeeze() * 255))


@pytest.mark.parametrize(("array", "kind"), [(RAMP, 2), (RAMP[..., 0], 0)], ids=["colour", "grey"])
def test_sixteen_bits_are_really_in_the_file(tmp_path: Path, array: NDArray[np.float32], kind: int) -> None:
    write_png(tmp_path / "a.png", array, bits=16)
    depth, found, rows = stored(tmp_path / "a.png")
    assert (depth, found) == (16, kind)
    assert np.array_equal(np.frombuffer(rows, ">u2"), np.rint(array.ravel() * 65535))
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (7, 6)


def test_values_outside_and_not_numbers_are_tamed(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", np.array([[-1, 2, np.nan, np.inf]], np.float32))
    with Image.open(tmp_path / "a.png") as image:
        assert np.asarray(image).tolist() == [[0, 255, 0, 255]]


def test_texts_come_back_and_pillow_reads_them(tmp_path: Path) -> None:
    text = {"recipe": '{"name": "Grüße 画"}', "long": "x" * 5000, "empty": ""}
    write_png(tmp_path / "a.png", RAMP, text)
    assert read_png_text(tmp_path / "a.png") == text
    with Image.open(tmp_path / "a.png") as image:
        image.load()
        assert dict(getattr(image, "text", {})) == text


def with_chunks(path: Path, *extra: bytes) -> Path:
    write_png(path, RAMP)
    whole = path.read_bytes()
    path.write_bytes(whole[:33] + b"".join(extra) + whole[33:])
    return path


def test_hostile_texts_are_refused(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(100 << 20), 9)
    for extra, words in (
        ([png.chunk(b"zTXt", b"recipe\0\0" + bomb)], "more text"),
        ([png.chunk(b"iTXt", b"recipe\0\1\0\0\0" + bomb)], "more text"),
        ([png.chunk(b"zTXt", b"recipe\0\0not deflate")], "damaged text"),
        ([png.chunk(b"tEXt", b"k%d\0v" % index) for index in range(200)], "more than 64"),
        ([png.chunk(b"tEXt", b"recipe\0v")[:-4] + bytes(4)], "is damaged"),
        ([struct.pack(">I", 2**31) + b"tEXt"], "truncated"),
    ):
        with pytest.raises(DataError, match=words):
            read_png_text(with_chunks(tmp_path / "a.png", *extra))


def test_what_is_no_png_has_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"GIF89a")
    with pytest.raises(DataError, match="not a PNG"):
        read_png_text(tmp_path / "a.png")
    with pytest.raises(DataError, match="does not exist"):
        read_png_text(tmp_path / "b.png")


def test_a_missing_folder_and_a_folder_in_the_way_are_named(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="there is no folder"):
        write_png(tmp_path / "nowhere" / "a.png", RAMP)
    with pytest.raises(StudioError, match="is a folder"):
        write_png(tmp_path, RAMP)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "may not be written"), (errno.EIO, "error")],
)
def test_a_refusing_disk_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    write_png(tmp_path / "a.png", RAMP)
    before = (tmp_path / "a.png").read_bytes()

    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StudioError, match=words):
        write_png(tmp_path / "a.png", RAMP * 0.5)
    assert (tmp_path / "a.png").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_picture_is_read_to_the_models_shape(tmp_path: Path) -> None:
    write_pictures(tmp_path, 1)
    for wanted in (Preprocess(height=9, width=8, colour=Colour.RGB), Preprocess(height=9, width=8, patches=100)):
        picture = read_picture(tmp_path / "p1.png", wanted)
        assert picture.shape == wanted.shape
        assert picture.dtype == np.float32
        assert 0 <= picture.min() < picture.max() <= 1
    (tmp_path / "a.txt").write_text("no")
    with pytest.raises(DataError, match=r"a\.txt cannot be used: not a picture"):
        read_picture(tmp_path / "a.txt", Preprocess())


def test_a_link_stays_a_link_and_permissions_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "a.png", tmp_path / "link.png"
    write_png(target, RAMP)
    target.chmod(0o600)
    link.symlink_to(target)
    write_png(link, RAMP * 0.5)
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "link.png"]
