"""From a photograph to a tile in one line: what is asked for is what is learned, and nothing made is lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.cli import playing, texture
from studio.cli.main import main
from studio.errors import StudioError
from studio.project.archive import read_project

QUICK = ["--sweeps", "3", "--device", "cpu", "--set", "model.tile=5", "--set", "model.filters=4", "--set", "width=24"]
QUICK += ["--set", "height=24", "--set", "training.seconds=0", "--set", "training.steps=4", "--set", "batch=4"]
QUICK += ["--set", "chains=3"]


def photo(path: Path, side: int = 240, period: int = 20) -> str:
    """Save waves across and down, with a little noise."""
    along = np.sin(np.arange(side) * 2 * np.pi / period)
    noise = np.random.default_rng(0).normal(0, 6, (side, side))
    pixels = 120 + 30 * along[:, None] + 30 * along + noise
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return str(path)


@pytest.mark.parametrize(
    ("asked", "expected"), [([], None), (["--scale", "0.9"], 0.9), (["--set", "preprocess.patch_scale=0.9"], 0.9)]
)
def test_a_scale_that_is_asked_for_is_the_one_that_is_learned_at(
    asked: list[str], expected: float | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "a.harmonium"
    arguments = ["texture", photo(tmp_path / "a.png"), "-o", str(tmp_path / "t.png"), "--keep", str(kept)]
    assert main([*arguments, "--size", "40x30", *QUICK, *asked]) == 0
    scale = read_project(kept).recipe.preprocess.patch_scale
    assert scale == expected if expected else scale < 0.5
    assert ("at a scale of" in capsys.readouterr().err) == (expected is None)


@pytest.mark.parametrize(
    ("asked", "free", "words"),
    [
        (["--size", "40x9", "--variants", "2"], None, "nothing inside it"),
        (
            ["--size", "64x64", "--sheet", "1025x2"],
            None,
            "A sheet of 1025 x 2 copies, 65,600 x 128 px, cannot be saved",
        ),
        (["--size", "64x64", "--sheet", "20x20"], 1_000_000, "1,280 x 1,280 px, needs about 0.0 GB of memory"),
        (["--size", "400x300"], 1_000_000, "A dream of 400 x 300 px needs about"),
        (["--size", "200x200", "--blend", "across"], 1_200_000, "A dream of 200 x 200 px needs about"),
    ],
)
def test_tiles_that_cannot_be_dreamt_are_refused_before_anything_is_learned(
    asked: list[str],
    free: int | None,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def learned(*_: object) -> None:
        raise StudioError("It was learned.", "")

    monkeypatch.setattr(texture, "train", learned)
    for module in (texture, playing):
        monkeypatch.setattr(module, "free_bytes", lambda: free)
    photos = [photo(tmp_path / "a.png"), photo(tmp_path / "b.png", period=12)]
    assert main(["texture", *photos, "-o", str(tmp_path / "t.png"), *QUICK, *asked]) == 2
    assert words in capsys.readouterr().err


def test_a_photograph_that_cannot_be_used_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos = [photo(tmp_path / "a.png"), photo(tmp_path / "small.png", side=20), photo(tmp_path / "c.png")]
    arguments = ["texture", *photos, "-o", str(tmp_path / "t.png"), "--size", "40x30", "--scale", "1", *QUICK]
    assert main(arguments) == 0
    assert "small.png: it has only 20 x 20 px" in capsys.readouterr().err
    (tmp_path / "t.png").unlink()
    assert main([*arguments, "--lean", "1"]) == 2
    assert "small.png cannot be a material: it has only 20 x 20 px" in capsys.readouterr().err
    assert not (tmp_path / "t.png").exists()


def test_the_scale_of_several_materials_leaves_room_in_each(tmp_path: Path) -> None:
    kept = tmp_path / "a.harmonium"
    photos = [photo(tmp_path / "a.png"), photo(tmp_path / "b.png", side=40)]
    arguments = ["texture", *photos, "-o", str(tmp_path / "t.png"), "--size", "40x30", "--keep", str(kept), *QUICK]
    assert main([*arguments, "--lean", "1"]) == 0
    recipe = read_project(kept).recipe
    assert round(40 * recipe.preprocess.patch_scale) >= recipe.preprocess.height
    assert main(arguments) == 0
    assert read_project(kept).recipe.preprocess.patch_scale < recipe.preprocess.patch_scale


@pytest.mark.parametrize("name", ["wall.png", "wall-2.png", "wall-2x1.png"])
def test_a_photograph_is_not_written_over(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    source = Path(photo(folder / name))
    before = source.read_bytes()
    options = ["--size", "40x30", "--scale", "1", "--sheet", "2x1", "--variants", "2", *QUICK]
    out = str(folder / "wall.png")
    for given in (source, folder):
        assert main(["texture", str(given), "-o", out, *options]) == 2
        assert "is read here, and would be written over" in capsys.readouterr().err
    assert source.read_bytes() == before


@pytest.mark.parametrize("length", ["0", "-1", "nan", "soon"])
def test_a_run_of_no_length_does_not_become_one_of_another(
    length: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["texture", photo(tmp_path / "a.png"), "-o", str(tmp_path / "t.png"), "--scale", "1", *QUICK]
    assert main([*arguments, f"--seconds={length}"]) == 2
    assert "is not a length of time" in capsys.readouterr().err
    assert not (tmp_path / "t.png").exists()
