"""Still pictures of every kind, read back by other programs' readers: levels, transparency, texts, what cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image
from skimage.io import imread

from studio.data.still import LEFT_OUT, check_still, read_still_text, whole_levels, write_still
from studio.errors import StudioError

TEXT = {"Software": "Harmonium Studio", "harmonium": '{"format": 1, "name": "Wände"}'}


def picture(channels: int) -> NDArray[np.float32]:
    return np.random.default_rng(channels).random((7, 9, channels), np.float32)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("suffix", [".tif", ".png"])
def test_sixteen_bits_are_read_back_exactly(tmp_path: Path, suffix: str, channels: int) -> None:
    path, values = tmp_path / f"a{suffix}", picture(channels)
    assert write_still(path, values, TEXT, 16) == ""
    wanted = np.rint(values.astype(np.float32) * 65535).astype(np.uint16)
    found = tifffile.imread(path) if suffix == ".tif" else read_sixteen(path)
    assert found.dtype == np.uint16
    assert np.array_equal(found.reshape(wanted.shape), wanted)
    assert read_still_text(path) == TEXT


def read_sixteen(path: Path) -> NDArray[np.uint16]:
    """Read a PNG of 16 bits by hand, since Pillow cuts colours to 8."""
    import struct
    import zlib

    content = path.read_bytes()
    place, data, header = 8, b"", b""
    while place < len(content):
        (size,) = struct.unpack_from(">I", content, place)
        kind, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        header, data = (body if kind == b"IHDR" else header), data + (body if kind == b"IDAT" else b"")
        place += 12 + size
    width, height, depth, colour = struct.unpack(">IIBB", header[:10])
    assert depth == 16
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, -1)
    assert (rows[:, 0] == 2).all()
    plain = np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8)
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    return np.ascontiguousarray(plain).view(">u2").astype(np.uint16).reshape(height, width, channels)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
@pytest.mark.parametrize("channels", [1, 3])
def test_eight_bits_and_transparency_are_kept_where_nothing_is_lost(tmp_path: Path, suffix: str, channels: int) -> None:
    path, values = tmp_path / f"a{suffix}", picture(channels)
    alpha = np.zeros((7, 9), np.float32)
    alpha[2:4] = 1
    write_still(path, values, TEXT, alpha=alpha)
    with Image.open(path) as image:
        found = np.asarray(image.convert("RGBA"))
    assert np.array_equal(found[..., 3], 255 * alpha)
    assert np.array_equal(found[..., :3], np.broadcast_to(whole_levels(values, 8), (7, 9, 3)))
    assert read_still_text(path) == TEXT


@pytest.mark.parametrize("bits", [8, 16])
def test_a_transparent_tiff_keeps_four_channels(tmp_path: Path, bits: int) -> None:
    values, alpha = picture(3), np.linspace(0, 1, 63, dtype=np.float32).reshape(7, 9)
    write_still(tmp_path / "a.tiff", values, {}, 16 if bits == 16 else 8, alpha=alpha)
    found = imread(tmp_path / "a.tiff")
    whole = np.concatenate([values, alpha[..., None]], axis=2)
    assert np.array_equal(found, whole_levels(whole, 16 if bits == 16 else 8))


def test_copies_lie_side_by_side(tmp_path: Path) -> None:
    values = picture(3)
    write_still(tmp_path / "a.tif", values, {}, 16, (2, 3))
    assert np.array_equal(imread(tmp_path / "a.tif"), np.tile(whole_levels(values, 16), (2, 3, 1)))


def test_jpeg_is_near_and_carries_its_recipe(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    smooth = np.linspace(0, 1, 64 * 64, dtype=np.float32).reshape(64, 64, 1)
    write_still(path, np.repeat(smooth, 3, axis=2), TEXT)
    with Image.open(path) as image:
        assert image.mode == "RGB"
        assert np.abs(np.asarray(image) / 255 - smooth).max() < 0.02
    assert read_still_text(path) == TEXT
    long = {"harmonium": "x" * 70_000}
    assert write_still(path, smooth, long) == LEFT_OUT
    assert read_still_text(path) == {}
    assert write_still(tmp_path / "a.tif", smooth, long) == ""
    assert read_still_text(tmp_path / "a.tif") == long


@pytest.mark.parametrize(
    ("name", "bits", "alpha", "said"),
    [
        ("a.bmp", 8, False, r"a.bmp should end in .png, .tif"),
        ("a.jpg", 16, False, "a.jpg cannot keep 16 bits"),
        ("a.webp", 16, False, "a.webp cannot keep 16 bits"),
        ("a.jpeg", 8, True, "a.jpeg cannot be transparent"),
    ],
)
def test_what_a_kind_cannot_hold_is_said(name: str, bits: int, alpha: bool, said: str) -> None:
    with pytest.raises(StudioError, match=said) as caught:
        check_still(Path(name), 16 if bits == 16 else 8, alpha)
    assert caught.value.hint


def test_too_long_a_side_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="such files end at 16,383 px"):
        write_still(tmp_path / "a.webp", np.zeros((1, 16_384, 1), np.float32))
    assert not (tmp_path / "a.webp").exists()


@pytest.mark.parametrize("suffix", [".tif", ".jpg", ".webp"])
def test_damage_is_one_sentence(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_still(path, picture(3), TEXT)
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(StudioError, match="holds no recipe that can be read"):
        read_still_text(path)
