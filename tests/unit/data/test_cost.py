"""What reading a picture costs is known from its header, and too much is refused with a sentence before it is paid."""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from studio.data import cost
from studio.data.cost import bytes_of, check_size
from studio.data.decode import open_picture, reduce_early
from studio.data.reading import UnreadableError
from studio.data.spec import Colour

PNG_KINDS = {"L": 0, "I;16": 0, "RGB": 2, "LA": 4, "RGBA": 6}


def header_of(path: Path, mode: str, width: int, height: int) -> Path:
    """Write the beginning of a PNG of that size, without its pixels."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 16 if mode == "I;16" else 8, PNG_KINDS[mode], 0, 0, 0)
    parts = [body, b"IDAT" + zlib.compress(bytes(100))]
    chunks = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in parts]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return path


def verdict(path: Path, colour: Colour = Colour.RGB, least: int = 0) -> str:
    with open_picture(path) as image:
        original = image.size
        if least:
            reduce_early(image, (least, least), colour)
        try:
            check_size(image, original, colour)
        except UnreadableError as error:
            return str(error)
    return ""


def test_a_wide_picture_is_read_where_its_kind_allows(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    assert verdict(header_of(file, "RGB", 20_000, 5_400)) == ""
    assert verdict(header_of(file, "L", 20_000, 6_000), Colour.GREY) == ""
    assert verdict(header_of(file, "RGBA", 20_000, 2_700)) == ""
    assert verdict(header_of(file, "RGBA", 20_000, 4_000)) == (
        "it has 80 megapixels, above the limit of 54 for PNG with transparency: save it smaller, "
        "or without transparency"
    )
    assert verdict(header_of(file, "RGB", 20_000, 7_000)) == (
        "it has 140 megapixels, above the limit of 120: save it smaller"
    )


def test_the_limit_that_is_named_is_the_limit(tmp_path: Path) -> None:
    assert verdict(header_of(tmp_path / "a.png", "RGBA", 1_000, 54_000)) == ""
    assert verdict(header_of(tmp_path / "a.png", "RGBA", 1_000, 55_000)) != ""


def with_size(data: bytes, old: tuple[int, int], new: tuple[int, int]) -> bytes:
    """Return a JPEG that says it has another size."""
    before, after = (struct.pack(">HH", height, width) for width, height in (old, new))
    assert data.count(before) == 1
    return data.replace(before, after)


@pytest.mark.parametrize(
    ("progressive", "size", "said"),
    [
        (False, (10_000, 10_000), ""),
        (False, (20_000, 14_000), ""),
        (False, (20_000, 16_000), "it has 320 megapixels, above the limit of 300: save it smaller"),
        (True, (10_000, 7_000), ""),
        (
            True,
            (10_000, 8_000),
            "it has 80 megapixels, above the limit of 71 for progressive JPEG: save it smaller, or not progressive",
        ),
    ],
)
def test_a_progressive_jpeg_costs_its_coefficients_whatever_size_it_is_decoded_at(
    tmp_path: Path, progressive: bool, size: tuple[int, int], said: str
) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (333, 222)).save(buffer, "JPEG", progressive=progressive, subsampling="4:4:4")
    (tmp_path / "a.jpg").write_bytes(with_size(buffer.getvalue(), (333, 222), size))
    assert verdict(tmp_path / "a.jpg", least=64) == said


def row_of_the_manual(words: str) -> list[int]:
    """Return the megapixels in a row of the table of limits."""
    text = (Path(__file__).resolve().parents[3] / "docs" / "manual" / "your-work-is-safe.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| {re.escape(words)} \| (.+) \|$", text, flags=re.M)
    return [int(number) for number in re.findall(r"\d+", row)]


PNG_ROWS = {
    "JPEG otherwise, PNG, TIFF, BMP or PPM in colours": ("RGB", Colour.RGB, Colour.GREY),
    "the same in grey, or with a palette": ("L", Colour.GREY, Colour.RGB),
    "the same in grey of 16 bits": ("I;16", Colour.GREY, Colour.RGB),
    "PNG or TIFF with transparency, CMYK": ("RGBA", Colour.RGB, Colour.GREY),
}


@pytest.mark.parametrize("words", PNG_ROWS)
def test_the_manual_names_the_limits_of_png(tmp_path: Path, words: str) -> None:
    mode, *colours = PNG_ROWS[words]
    for limit, colour in zip(row_of_the_manual(words), colours, strict=True):
        assert verdict(header_of(tmp_path / "a.png", mode, 1_000, 1_000 * limit), colour) == ""
        assert verdict(header_of(tmp_path / "a.png", mode, 1_000, 1_000 * (limit + 1)), colour) != ""


@pytest.mark.parametrize(
    ("words", "least", "progressive"),
    [
        ("JPEG, for models of whole pictures", 64, False),
        ("progressive JPEG, for models of whole pictures", 64, True),
        ("progressive JPEG otherwise", 0, True),
    ],
)
def test_the_manual_names_the_limits_of_jpeg(tmp_path: Path, words: str, least: int, progressive: bool) -> None:
    for limit, subsampling in zip(row_of_the_manual(words), ("4:4:4", "4:2:0"), strict=False):
        buffer = io.BytesIO()
        Image.new("RGB", (333, 222)).save(buffer, "JPEG", progressive=progressive, subsampling=subsampling)
        for more in (0, 1):
            size = (10_000, 100 * (limit + more))
            (tmp_path / "a.jpg").write_bytes(with_size(buffer.getvalue(), (333, 222), size))
            assert (verdict(tmp_path / "a.jpg", least=least) != "") == bool(more)


def test_a_jpeg_of_one_scan_for_each_colour_costs_its_coefficients_too(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (333, 222)).save(buffer, "JPEG")
    data = buffer.getvalue()
    at = data.index(b"\xff\xda")
    apart = data[:at] + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + data[at + 14 :]
    for content, several in ((data, False), (apart, True)):
        (tmp_path / "a.jpg").write_bytes(content)
        with open_picture(tmp_path / "a.jpg") as image:
            assert (cost.coefficients(image, image.size) > 0) == several


@pytest.mark.parametrize("factors", [0x00, 0x10, 0x01])
def test_a_jpeg_whose_parts_have_no_size_costs_something_too(tmp_path: Path, factors: int) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (333, 222)).save(buffer, "JPEG", progressive=True)
    data = bytearray(buffer.getvalue())
    at = data.index(b"\xff\xc2")
    data[at + 11 : at + 18 : 3] = bytes([factors] * 3)
    (tmp_path / "a.jpg").write_bytes(data)
    with open_picture(tmp_path / "a.jpg") as image:
        assert cost.coefficients(image, image.size) == 2 * 3 * 333 * 222


def test_a_webp_costs_the_copies_that_its_decoder_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (300, 200)).save(tmp_path / "a.webp")
    with open_picture(tmp_path / "a.webp") as image:
        held = (tmp_path / "a.webp").stat().st_size
        assert bytes_of(image, image.size, Colour.RGB) - cost.SPARE == 16 * 300 * 200 + held
    monkeypatch.setattr(cost, "BUDGET", cost.SPARE + 800_000)
    monkeypatch.setattr(cost, "SPARE", cost.SPARE)
    said = verdict(tmp_path / "a.webp")
    assert said.endswith("for WEBP of this kind: save it smaller, or as PNG or JPEG")


def test_what_is_decoded_in_python_has_a_limit_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.ppm").write_bytes(b"P3\n2000 2000\n255\n" + b"1 2 3 " * 10)
    assert verdict(tmp_path / "a.ppm") == "it has 4 megapixels, above the limit of 2: save it smaller"
