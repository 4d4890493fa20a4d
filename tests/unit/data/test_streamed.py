"""Picture files read bit by bit: what is kept beside the pixels is bounded, and a file that changes is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from studio.data import streamed
from studio.data.decode import finish, open_picture
from studio.data.reading import UnreadableError
from studio.data.spec import Colour
from studio.data.streamed import Streamed


def test_texts_and_profiles_are_kept_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "LARGEST_EXTRA", 100_000)
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", icc_profile=bytes(range(256)) * 8)
    with open_picture(tmp_path / "a.png") as image:
        assert finish(image, Colour.RGB, "#000000").size == (8, 8)
    Image.effect_noise((400, 400), 90).save(tmp_path / "b.tif", description="x" * 200_000)
    with pytest.raises(UnreadableError, match="held beside its pixels"), open_picture(tmp_path / "b.tif") as image:
        finish(image, Colour.RGB, "#000000")


def test_a_file_that_is_written_to_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "WHOLE", 0)
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    with pytest.raises(UnreadableError, match="changed while"), open_picture(tmp_path / "a.png"):
        (tmp_path / "a.png").write_bytes(b"something else")


def test_pixels_are_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "WHOLE", 0)
    monkeypatch.setattr(streamed, "LARGEST_EXTRA", 1000)
    (tmp_path / "a").write_bytes(bytes(5000))
    with Streamed(tmp_path / "a") as file:
        assert len(file.read(800)) == 800
        file.header_read()
        assert len(file.read()) == 4200
        file.seek(0)
        file.header_read()
        with pytest.raises(UnreadableError):
            file.read(1 << 20)
