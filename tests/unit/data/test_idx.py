"""IDX files, known by what they hold."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.errors import DataError
from tests.unit.data.files import idx_bytes, noise, write_idx

PICTURES = noise(7)
SAME_SIZE = Preprocess(height=6, width=5, held_out=0)


def read(path: Path, preprocess: Preprocess = SAME_SIZE) -> ImageSet:
    return load(DatasetSpec((str(path),)), preprocess)


@pytest.mark.parametrize("name", ["digits-idx3-ubyte", "odd name.bin", "packed.gz"])
def test_a_file_is_known_by_its_magic_number(tmp_path: Path, name: str) -> None:
    assert np.array_equal(read(write_idx(tmp_path / name, PICTURES)).pixels[:, 0], PICTURES)


def test_labels_are_found_beside_the_pictures(tmp_path: Path) -> None:
    write_idx(tmp_path / "odd-images-idx3-ubyte.gz", PICTURES)
    write_idx(tmp_path / "odd-labels-idx1-ubyte", np.arange(7, dtype=np.uint8))
    write_idx(tmp_path / "other-labels-idx1-ubyte", np.arange(9, dtype=np.uint8))
    images = read(tmp_path)
    assert images.labels is not None
    assert images.labels.tolist() == list(range(7))


def test_labels_of_a_lone_file_lie_beside_it(tmp_path: Path) -> None:
    path = write_idx(tmp_path / "odd-images-idx3-ubyte", PICTURES)
    assert read(path).labels is None
    write_idx(tmp_path / "odd-labels-idx1-ubyte", np.arange(7, dtype=np.uint8))
    images = read(path)
    assert images.labels is not None
    assert images.labels.tolist() == list(range(7))


def test_colour_pictures_have_four_dimensions(tmp_path: Path) -> None:
    colours = np.stack([PICTURES, PICTURES // 2, PICTURES // 3], axis=-1)
    images = read(write_idx(tmp_path / "c", colours), Preprocess(height=6, width=5, colour=Colour.RGB))
    assert np.array_equal(images.pixels, colours.transpose(0, 3, 1, 2))


def test_a_set_larger_than_one_block_is_read_whole(tmp_path: Path) -> None:
    many = noise(3000, 20, 20)
    images = read(write_idx(tmp_path / "many.gz", many), Preprocess(height=20, width=20))
    assert np.array_equal(images.pixels[:, 0], many)
    assert images.names[2999] == "many 3000"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (idx_bytes(PICTURES)[:-1], "truncated"),
        (idx_bytes(PICTURES)[:9], "truncated"),
        (gzip.compress(idx_bytes(PICTURES), mtime=0)[:-20], "damaged or truncated"),
        (gzip.compress(idx_bytes(PICTURES)[:-9], mtime=0), "truncated: 6 of 7"),
        (struct.pack(">BBBB3I", 0, 0, 8, 3, 2**31, 2**31, 2**31), "truncated"),
        (gzip.compress(struct.pack(">BBBB3I", 0, 0, 8, 3, 2**31, 28, 28), mtime=0), "truncated"),
        (struct.pack(">BBBB3I", 0, 0, 8, 3, 0, 28, 28), "no pictures"),
        (struct.pack(">BBBB3I", 0, 0, 8, 3, 5, 0, 28), "0 px"),
        (struct.pack(">BBBB3I", 0, 0, 13, 3, 1, 2, 2) + bytes(16), "numbers other than bytes"),
        (idx_bytes(PICTURES[0]), "no pictures"),
        (idx_bytes(PICTURES[0, 0]), "labels, not pictures"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "digits").write_bytes(content)
    with pytest.raises(DataError, match=words) as caught:
        read(tmp_path / "digits")
    assert "digits" in caught.value.message
    assert caught.value.hint


def outcome(path: Path) -> str:
    """Return the kind of pixels, or the remedy of the refusal; any other exception fails the test."""
    try:
        return read(path).pixels.dtype.name
    except DataError as error:
        return error.hint


@settings(max_examples=50)
@given(
    start=st.binary(max_size=60),
    edit=st.tuples(st.integers(0, 60), st.binary(min_size=1, max_size=6)),
    cut=st.integers(0, 240),
)
def test_any_bytes_give_pictures_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, edit: tuple[int, bytes], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    sound, (place, change) = idx_bytes(PICTURES), edit
    edited = sound[:place] + change + sound[place + len(change) :]
    packed = gzip.compress(sound)
    for content in (
        b"\0\0\x08\x03" + start,
        b"\x1f\x8b" + start,
        edited,
        gzip.compress(edited),
        sound[:cut],
        packed[:place] + change + packed[place + len(change) :],
    ):
        (folder / "a").write_bytes(content)
        assert outcome(folder / "a")
