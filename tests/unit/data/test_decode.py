"""Pictures of every mode and with every fault: the right pixels, or a reason."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.data.decode import TURNS, finish, finished, open_picture, reduce_early
from studio.data.load import load
from studio.data.picture import read_picture
from studio.data.spec import Colour, DatasetSpec, Preprocess
from tests.unit.data.files import write_pictures

GREY = Preprocess(height=4, width=4)
RGB = Preprocess(height=4, width=4, colour=Colour.RGB, background="#ff0000")


def seen(path: Path, preprocess: Preprocess = GREY) -> list[int]:
    """Return the first pixel's levels."""
    return [round(float(value) * 255) for value in read_picture(path, preprocess)[:, 0, 0]]


@pytest.mark.parametrize("suffix", ["png", "tif", "pgm"])
def test_sixteen_bit_grey_is_scaled(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"deep.{suffix}"
    Image.fromarray(np.full((4, 4), 128 * 257, np.uint16)).save(path)
    assert seen(path) == [128]


def test_floating_point_tiffs_are_scaled(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 4), 0.5, np.float32)).save(tmp_path / "unit.tif")
    Image.fromarray(np.full((4, 4), 200, np.float32)).save(tmp_path / "byte.tif")
    Image.fromarray(np.full((4, 4), np.nan, np.float32)).save(tmp_path / "nan.tif")
    assert seen(tmp_path / "unit.tif") == [128]
    assert seen(tmp_path / "byte.tif") == [200]
    with pytest.raises(Exception, match="not numbers"):
        seen(tmp_path / "nan.tif")


def test_alpha_is_laid_on_the_background(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (0, 0, 255, 0)).save(tmp_path / "clear.png")
    Image.new("RGBA", (4, 4), (0, 0, 255, 255)).save(tmp_path / "solid.webp", lossless=True)
    Image.new("LA", (4, 4), (255, 0)).save(tmp_path / "la.png")
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.save(tmp_path / "clear.gif", transparency=1)
    palette.save(tmp_path / "solid.gif")
    assert seen(tmp_path / "clear.png", RGB) == [255, 0, 0]
    assert seen(tmp_path / "solid.webp", RGB) == [0, 0, 255]
    assert seen(tmp_path / "la.png", RGB) == [255, 0, 0]
    assert seen(tmp_path / "clear.gif", RGB) == [255, 0, 0]
    assert seen(tmp_path / "solid.gif", RGB) == [40, 50, 60]


def test_cmyk_and_bilevel_are_read(tmp_path: Path) -> None:
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / "c.jpg", quality=100)
    red, green, blue = seen(tmp_path / "c.jpg", RGB)
    assert red > 240
    assert max(green, blue) < 15
    Image.new("1", (4, 4), 1).save(tmp_path / "b.tif")
    assert seen(tmp_path / "b.tif") == [255]


def test_an_animation_shows_its_first_frame(tmp_path: Path) -> None:
    frames = [Image.new("L", (4, 4), level) for level in (60, 160)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert seen(tmp_path / "a.gif") == [60]


TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(tmp_path: Path, orientation: int) -> None:
    upright = np.zeros((40, 60), np.uint8)
    upright[:20, :30] = 255  # bright at the top left once upright
    stored = Image.fromarray(upright)
    if orientation in TURNED:
        stored = stored.transpose(TURNED[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "t.jpg", exif=exif, quality=95)
    picture = read_picture(tmp_path / "t.jpg", Preprocess(height=8, width=12))[0]
    assert picture[1, 1] > 0.9
    assert max(picture[6, 1], picture[1, 10], picture[6, 10]) < 0.1


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    parts = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (body, data)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders on this system")
def test_a_pipe_named_like_a_picture_does_not_hang(tmp_path: Path) -> None:
    write_pictures(tmp_path, 3)
    os.mkfifo(tmp_path / "pipe.png")
    images = load(DatasetSpec((str(tmp_path),)), GREY)
    assert [(verdict.name, verdict.reason) for verdict in images.skipped] == [("pipe.png", "not a regular file")]


def test_faults_become_verdicts(tmp_path: Path) -> None:
    write_pictures(tmp_path, 3)
    (tmp_path / "bomb.png").write_bytes(png_header(20_000, 20_000))
    Image.new("L", (1, 1)).save(tmp_path / "dot.png")
    (tmp_path / "damaged.png").write_bytes(png_header(10, 10)[:41] + b"\xff" * 40)
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    secret.chmod(0)
    readable = os.access(secret, os.R_OK)  # as root everything is
    images = load(DatasetSpec((str(tmp_path),)), GREY)
    reasons = {verdict.name: verdict.reason for verdict in images.skipped}
    assert images.names == ("p1.png", "p2.png", "p3.png")
    assert reasons["bomb.png"] == "it has 400 megapixels, above the limit of 120: save it smaller"
    assert reasons["dot.png"] == "it is only 1 x 1 px"
    assert reasons["gone.png"] == "the file does not exist"
    assert reasons["secret.png"] == ("not a picture this program reads" if readable else "no permission to read it")
    assert reasons["damaged.png"]


def test_a_large_jpeg_is_decoded_small(tmp_path: Path) -> None:
    Image.new("RGB", (1600, 1200), "#808080").save(tmp_path / "big.jpg")
    with open_picture(tmp_path / "big.jpg") as image:
        reduce_early(image, (128, 128), Colour.RGB)
        assert image.size == (200, 150)
        assert finish(image, Colour.RGB, "#000000").size == (200, 150)


@pytest.mark.parametrize("colour", Colour)
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "CMYK", "1", "I;16", "I;16B", "F", "L"])
def test_strips_give_what_the_whole_picture_gives(
    monkeypatch: pytest.MonkeyPatch, mode: str, orientation: int, colour: Colour
) -> None:
    grey = np.arange(35, dtype=np.uint8).reshape(7, 5) * 7
    image = Image.merge("RGBA", [Image.fromarray(np.roll(grey, step, 0)) for step in range(4)])
    if mode.startswith("I"):
        deep = grey.astype(">u2" if mode == "I;16B" else "<u2") * 257
        image = Image.frombytes(mode, (5, 7), deep.tobytes())
    else:
        image = image.convert("L" if mode in ("F", "L") else mode if mode != "LA" else "RGBA").convert(mode)
    image.getexif()[0x0112] = orientation
    monkeypatch.setattr("studio.data.decode.STRIP", 1000)
    plain = image.copy()
    plain.getexif()[0x0112] = 1
    whole = finished(plain, colour, "#203040")
    if orientation in TURNS:
        whole = whole.transpose(TURNS[orientation])
    monkeypatch.setattr("studio.data.decode.STRIP", 10)
    assert np.array_equal(np.asarray(finished(image, colour, "#203040")), np.asarray(whole))


def test_unicode_names_are_read(tmp_path: Path) -> None:
    write_pictures(tmp_path / "Übermäßig 画像", 2)
    images = load(DatasetSpec((str(tmp_path),)), GREY)
    assert images.names == ("Übermäßig 画像/p1.png", "Übermäßig 画像/p2.png")
