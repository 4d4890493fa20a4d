"""Large dreams through the command line: asked before, told while, whole or not there, the same pixels in bands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.cli import playing
from studio.cli import texture as texture_verb
from studio.cli.main import main
from studio.cli.progress import ProgressLine
from studio.data import picture
from studio.project import trained

TRAIN = ["train", "--data", "sample:photographs", "--preset", "texture-colour", "--steps", "2", "--set", "filters=4"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("texture") / "a.harmonium"
    assert main([*TRAIN, "--out", str(made)]) == 0
    return made


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_picture_made_in_bands_is_the_picture_made_at_once(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dream = ["dream", str(file), "--size", "70x50", "--sweeps", "3", "--sheet", "2x3", "-o"]
    assert main([*dream, str(tmp_path / "whole.png")]) == 0
    monkeypatch.setattr(picture, "BAND", 70 * 3 * 4)
    monkeypatch.setattr(trained, "BAND", 70 * 3 * 7)
    assert main([*dream, str(tmp_path / "bands.png")]) == 0
    for name in ("", "-2x3"):
        assert np.array_equal(pixels(tmp_path / f"whole{name}.png"), pixels(tmp_path / f"bands{name}.png"))
    assert np.array_equal(pixels(tmp_path / "bands-2x3.png"), np.tile(pixels(tmp_path / "whole.png"), (3, 2, 1)))


@pytest.mark.parametrize("verb", ["dream", "texture"])
def test_memory_that_cannot_suffice_is_told_before_the_work(
    verb: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for door in (playing, texture_verb):
        monkeypatch.setattr(door, "free_bytes", lambda: 2_000_000_000)
    subject = str(file) if verb == "dream" else "sample:photographs"
    out = tmp_path / "large.png"
    assert main([verb, subject, "--size", "8192x8000", "-o", str(out)]) == 2
    told = capsys.readouterr().err
    assert "8192 x 8000 px needs about" in told
    assert "2.0 GB are free" in told
    assert not list(tmp_path.iterdir())


def test_an_interrupted_dream_leaves_nothing(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    def interrupt(_line: ProgressLine, _what: str, done: int, _total: int) -> None:
        told.append(done)
        if done == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(ProgressLine, "show_count", interrupt)
    assert main(["dream", str(file), "--size", "64x64", "--sweeps", "9", "-o", str(tmp_path / "a.png")]) == 130
    assert told == [1, 2]
    assert not list(tmp_path.iterdir())
