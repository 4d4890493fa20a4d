"""Whatever a file of pictures holds, reading it gives pictures or a sentence, and never a traceback."""

from __future__ import annotations

import contextlib
import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.data.load import load
from studio.data.peek import peek
from studio.data.picture import read_picture, read_png_text
from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.errors import StudioError
from studio.project.picture_recipe import KEY, from_text
from tests.unit.data.files import idx_bytes, noise

SEEN = Preprocess(height=4, width=4, colour=Colour.RGB)
EXAMPLES = settings(max_examples=200, deadline=None)
PICTURES = ("png", "jpeg", "gif", "webp", "bmp", "tiff", "ppm")


def picture(kind: str) -> bytes:
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (9, 7, 3), np.uint8))
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def array(values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()


def arrays(packed: bool) -> bytes:
    buffer = io.BytesIO()
    (np.savez_compressed if packed else np.savez)(buffer, x=noise(4), y=np.arange(4))
    return buffer.getvalue()


GOOD = {kind: picture(kind) for kind in PICTURES} | {
    "npy": array(noise(4)),
    "float.npy": array(noise(4).astype(np.float32) / 255),
    "npz": arrays(False),
    "packed.npz": arrays(True),
    "idx3-ubyte": idx_bytes(noise(4)),
    "idx3-ubyte.gz": gzip.compress(idx_bytes(noise(4)), mtime=0),
}
KINDS = st.sampled_from(sorted(GOOD))


def reads_or_says_why(kind: str, data: bytes) -> None:
    """Read the file by every door that takes one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (f"train-{kind}" if kind.startswith("idx") else f"a.{kind}")
        path.write_bytes(data)
        spec = DatasetSpec((str(path),))
        for read in (lambda: load(spec, SEEN), lambda: peek(spec), lambda: read_picture(path, SEEN)):
            with contextlib.suppress(StudioError):
                read()
        with contextlib.suppress(StudioError):
            from_text(read_png_text(path))


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_the_files_that_are_damaged_here_are_read_whole(kind: str, tmp_path: Path) -> None:
    path = tmp_path / (f"train-{kind}" if kind.startswith("idx") else f"a.{kind}")
    path.write_bytes(GOOD[kind])
    if kind in PICTURES:
        assert read_picture(path, SEEN).shape == (3, 4, 4)
    else:
        assert len(load(DatasetSpec((str(path),)), SEEN)) == 4


@EXAMPLES
@given(KINDS, st.binary(max_size=200))
def test_any_bytes(kind: str, data: bytes) -> None:
    reads_or_says_why(kind, data)


@EXAMPLES
@given(KINDS, st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes(kind: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD[kind])
    for place, value in changes:
        data[place % min(len(data), 400)] = value  # where the headers are
    reads_or_says_why(kind, bytes(data))


@EXAMPLES
@given(KINDS, st.integers(0, 10**4))
def test_cut_short(kind: str, length: int) -> None:
    reads_or_says_why(kind, GOOD[kind][: length % len(GOOD[kind])])


@EXAMPLES
@given(KINDS, KINDS)
def test_one_kind_under_the_name_of_another(kind: str, other: str) -> None:
    reads_or_says_why(kind, GOOD[other])


@EXAMPLES
@given(
    st.sampled_from(["|u1", "<f4", ">f8", "<i8", "|b1", "<c8", "|O", "<U3", "|V3", "<M8[s]", "x"]),
    st.booleans(),
    st.lists(st.integers(-1, 2**62), max_size=6) | st.just([2**40, 2**40, 3]) | st.just([0, 4, 4]),
    st.binary(max_size=64),
)
def test_any_header_of_an_array(dtype: str, fortran: bool, shape: list[int], body: bytes) -> None:
    data = npy_header(dtype, tuple(shape), fortran) + body
    reads_or_says_why("npy", data)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x.npy", data)
    reads_or_says_why("npz", buffer.getvalue())


@EXAMPLES
@given(st.integers(0, 15), st.lists(st.integers(0, 2**32 - 1), max_size=5), st.binary(max_size=64), st.booleans())
def test_any_header_of_an_idx_file(kind: int, shape: list[int], body: bytes, packed: bool) -> None:
    head = bytes([0, 0, kind, len(shape)]) + b"".join(side.to_bytes(4, "big") for side in shape)
    data = head + body
    reads_or_says_why("idx3-ubyte.gz" if packed else "idx3-ubyte", gzip.compress(data, mtime=0) if packed else data)


@EXAMPLES
@given(st.dictionaries(st.sampled_from([KEY, "Software"]), st.text(max_size=80) | st.none() | st.integers()))
def test_any_text_in_a_picture(text: dict[str, object]) -> None:
    with contextlib.suppress(StudioError):
        from_text(text)


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    """A megabyte of zeros packs a gigabyte; neither is unpacked to find out."""
    bomb = idx_bytes(np.zeros((1, 1, 1), np.uint8))[:4] + b"".join(
        side.to_bytes(4, "big") for side in (2**20, 2**10, 2**10)
    )
    for name, data in (
        ("train-idx3-ubyte.gz", gzip.compress(bomb + bytes(2**22), mtime=0)),
        ("a.png", png_of(2**31 - 1, 2**31 - 1)),
        ("a.npy", npy_header("|u1", (2**20, 2**10, 2**10)) + bytes(99)),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(StudioError):
            load(DatasetSpec((str(path),)), SEEN)


def npy_header(dtype: str, shape: tuple[int, ...], fortran: bool = False) -> bytes:
    header = f"{{'descr': {dtype!r}, 'fortran_order': {fortran}, 'shape': {shape!r}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that says it is this large."""
    data = picture("png")
    at = data.index(b"IHDR") + 4
    return data[:at] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + data[at + 8 :]
