"""Arrays in .npy and .npz: accepted shapes and ranges, and a sentence for everything else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.errors import DataError
from tests.unit.data.files import noise

BYTES = noise(4)
SAME_SIZE = Preprocess(height=6, width=5, held_out=0)


def read(path: Path, preprocess: Preprocess = SAME_SIZE) -> ImageSet:
    return load(DatasetSpec((str(path),)), preprocess)


def saved(path: Path, array: NDArray[np.generic]) -> Path:
    np.save(path, array)
    return path


@pytest.mark.parametrize(
    "array",
    [
        BYTES,
        BYTES / 255,
        (BYTES / 255).astype(np.float16),
        BYTES.astype(">f4"),
        BYTES.astype(np.int64),
        BYTES.astype(np.uint16) * 257,
        np.asfortranarray(BYTES),
        BYTES[..., None],
        BYTES[:, None],
    ],
    ids=["bytes", "unit", "half", "big-endian", "int64", "uint16", "fortran", "channel-last", "channel-first"],
)
def test_every_accepted_form_gives_the_same_pixels(tmp_path: Path, array: NDArray[np.generic]) -> None:
    assert np.array_equal(read(saved(tmp_path / "a.npy", array)).pixels[:, 0], BYTES)


def test_booleans_and_zero_one_bytes_are_black_and_white(tmp_path: Path) -> None:
    mask = BYTES > 127
    for array in (mask, mask.astype(np.uint8)):
        assert np.array_equal(read(saved(tmp_path / "a.npy", array)).pixels[:, 0], mask * 255)


def test_flat_rows_of_a_square_number_are_pictures(tmp_path: Path) -> None:
    images = read(saved(tmp_path / "a.npy", noise(3, 7, 7).reshape(3, 49)), Preprocess(height=7, width=7))
    assert np.array_equal(images.pixels[:, 0], noise(3, 7, 7))


def test_colours_are_kept_or_made_grey_and_alpha_is_laid_down(tmp_path: Path) -> None:
    colours = np.zeros((2, 6, 5, 4), np.uint8)
    colours[0] = (255, 0, 0, 255)
    path = saved(tmp_path / "a.npy", colours)
    rgb = read(path, Preprocess(height=6, width=5, colour=Colour.RGB, background="#0000ff"))
    assert rgb.pixels[0, :, 0, 0].tolist() == [255, 0, 0]
    assert rgb.pixels[1, :, 0, 0].tolist() == [0, 0, 255]
    assert read(path).pixels[0, 0, 0, 0] == 76


def test_inverted_and_resized(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npy", BYTES)
    assert np.array_equal(read(path, Preprocess(height=6, width=5, invert=True)).pixels[:, 0], 255 - BYTES)
    assert read(path, Preprocess(height=12, width=10, colour=Colour.RGB)).pixels.shape == (4, 3, 12, 10)


def test_an_npz_gives_its_largest_pictures_and_their_labels(tmp_path: Path) -> None:
    np.savez_compressed(
        tmp_path / "a.npz", x_test=noise(2), y_test=np.arange(2), x_train=noise(5), y_train=np.arange(5) * 3
    )
    images = read(tmp_path / "a.npz")
    assert np.array_equal(images.pixels[:, 0], noise(5))
    assert images.labels is not None
    assert images.labels.tolist() == [0, 3, 6, 9, 12]


def test_what_counts_the_pictures_of_an_npz_is_not_taken_for_their_labels(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=noise(4), index=np.arange(4), y=np.array([1, 1, 0, 2]))
    labels = read(tmp_path / "a.npz").labels
    assert labels is not None
    assert labels.tolist() == [1, 1, 0, 2]
    np.savez(tmp_path / "b.npz", x=noise(4), index=np.arange(4))
    assert read(tmp_path / "b.npz").labels is None


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.where(BYTES > 200, np.nan, BYTES / 255), "not numbers"),
        (BYTES - 128.0, "values from -"),
        (BYTES * 4.0, "values from 0"),
        (noise(3, 5, 4).reshape(3, 20), "shape"),
        (noise(1, 3, 4)[0, 0], "shape"),
        (np.zeros((2, 3, 4, 5, 6), np.uint8), "shape"),
        (np.zeros((0, 6, 5), np.uint8), "is empty"),
        (np.array([{}, []], object), "never unpickled"),
        (np.array(["a", "b"]), "not pictures"),
        (BYTES + 1j, "not pictures"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, array: NDArray[np.generic], words: str) -> None:
    np.save(tmp_path / "odd.npy", array)
    with pytest.raises(DataError, match=words) as caught:
        read(tmp_path / "odd.npy")
    assert "odd" in caught.value.message
    assert caught.value.hint


def test_one_bad_array_among_files_is_a_verdict(tmp_path: Path) -> None:
    saved(tmp_path / "good.npy", BYTES)
    saved(tmp_path / "bad.npy", BYTES * 4.0)
    images = read(tmp_path)
    assert len(images) == 4
    assert [verdict.name for verdict in images.skipped] == ["bad.npy"]


def test_a_truncated_array_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npy", BYTES)
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(DataError, match="truncated"):
        read(path)
    np.savez(tmp_path / "a.npz", BYTES)
    whole = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "b.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "b.npz")


def outcome(path: Path) -> str:
    """Return the kind of pixels, or the remedy of the refusal; any other exception fails the test."""
    try:
        return read(path).pixels.dtype.name
    except DataError as error:
        return error.hint


@settings(max_examples=50)
@given(start=st.binary(max_size=80), edit=st.tuples(st.integers(0, 250), st.binary(min_size=1, max_size=8)))
def test_any_bytes_give_pictures_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, edit: tuple[int, bytes]
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    sound = saved(folder / "a.npy", BYTES).read_bytes()
    np.savez_compressed(folder / "a.npz", BYTES)
    packed = (folder / "a.npz").read_bytes()
    place, change = edit
    for name, content in (
        ("random.npy", b"\x93NUMPY\x01\x00" + start),
        ("edited.npy", sound[:place] + change + sound[place + len(change) :]),
        ("edited.npz", packed[:place] + change + packed[place + len(change) :]),
    ):
        (folder / name).write_bytes(content)
        assert outcome(folder / name)
