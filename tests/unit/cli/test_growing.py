"""Pictures that a dream grows: exact in place, seamless where asked, and what cannot grow."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.cli.main import main
from studio.data.picture import read_png_text
from studio.lab.seam import seam
from studio.models.tiled_rbm import TiledRbm
from studio.project.held import Way
from studio.project.picture_recipe import command, from_text
from tests.unit.cli.small_projects import photograph, rbm_project, texture_project, with_hole
from tests.unit.cli.test_fill import levels, prepared

QUICK = ["--sweeps", "4", "--device", "cpu"]


def grown(folder: Path, *more: str, picture: Path | None = None) -> Path:
    """Grow noise of 30 x 21 px (or another picture) with a model of tiles of 4 px; return the file."""
    file = texture_project(folder / "a.harmonium")
    picture = picture or photograph(folder / "a.png")
    out = folder / "grown.png"
    arguments = ["dream", str(file), "--grow", str(picture), "-o", str(out)]
    assert main([*arguments, *QUICK, *more]) == 0
    return out


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(
    ("size", "at", "corner"),
    [
        ("48x40", [], (9, 9)),
        ("48x40", ["--at", "left"], (9, 0)),
        ("49x41", ["--at", "bottom"], (20, 9)),
        ("49x41", ["--at", "3,7"], (7, 3)),
    ],
)
def test_the_picture_is_exactly_where_it_was_put(
    tmp_path: Path, bits: int, size: str, at: list[str], corner: tuple[int, int]
) -> None:
    out = grown(tmp_path, "--size", size, "--bits", str(bits), *at)
    expected = prepared(tmp_path / "a.harmonium", tmp_path / "a.png", True) * (1 if bits == 8 else 257)
    top, left = corner
    found = levels(out)
    assert found.shape == (int(size[3:]), int(size[:2]), 3)
    assert np.array_equal(found[top : top + 21, left : left + 30], expected)
    outside = np.ones(found.shape[:2], np.bool_)
    outside[top : top + 21, left : left + 30] = False
    assert found[outside].std() > 0


@pytest.mark.parametrize(("seamless", "meets"), [("xy", (True, True)), ("x", (False, True)), ("none", (False, False))])
def test_sides_meet_where_asked(tmp_path: Path, seamless: str, meets: tuple[bool, bool]) -> None:
    file, picture = texture_project(tmp_path / "s.harmonium", smooth=True), photograph(tmp_path / "a.png")
    out = tmp_path / "grown.png"
    arguments = ["dream", str(file), "--grow", str(picture), "--size", "96x88", "-o", str(out), "--sweeps", "30"]
    assert main([*arguments, "--seamless", seamless, "--device", "cpu"]) == 0
    assert from_text(read_png_text(out)).dream.seamless.wrap((True, True)) == meets
    # Without the picture, whose noise is rougher than any seam.
    found = levels(out).astype(np.float32)
    for axis, free in ((0, found[:, :20]), (1, found[:20])):
        score = seam(free, axis).score
        assert score < 1.4 if meets[axis] else score > 1.6


def test_what_is_transparent_is_dreamt_too(tmp_path: Path) -> None:
    picture = with_hole(tmp_path / "hole.png", photograph(tmp_path / "a.png"), slice(5, 10), slice(5, 12))
    found = levels(grown(tmp_path, "--size", "40x32", "--at", "0,0", picture=picture))[:21, :30]
    expected = prepared(tmp_path / "a.harmonium", picture, True)
    hole = np.zeros((21, 30), np.bool_)
    hole[5:10, 5:12] = True
    assert np.array_equal(found[~hole], expected[~hole])
    assert np.mean(found[hole] != expected[hole]) > 0.9


def test_it_says_what_it_grew_from_and_the_command_draws_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = grown(tmp_path, "--size", "40x32", "--at", "right", "--seed", "8", "--seamless", "y")
    text = read_png_text(out)
    made = from_text(text)
    assert made.held is not None
    assert (made.held.way, made.held.picture, made.held.left, made.held.top) == (Way.GROWN, "a.png", 10, 5)
    assert json.loads(text["harmonium"])["alone"] is False
    monkeypatch.chdir(tmp_path)
    words = command(made, "a.harmonium", "again.png").split()
    assert main([*words[1:], "--device", "cpu"]) == 0
    assert (tmp_path / "again.png").read_bytes() == out.read_bytes()


def test_what_cannot_grow_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texture, rbm = texture_project(tmp_path / "a.harmonium"), rbm_project(tmp_path / "b.harmonium")
    picture, tiny = str(photograph(tmp_path / "a.png")), str(photograph(tmp_path / "tiny.png", (3, 9)))
    clear = str(with_hole(tmp_path / "clear.png", Path(picture), slice(None), slice(None)))
    grow, size = ["--grow", picture], ["--size", "40x32"]
    cases = {
        "does not fit on a canvas of 40 x 20 px": [*grow, "--size", "40x20"],
        "reaches out of a canvas of 40 x 32 px": [*grow, *size, "--at", "11,0"],
        "'middle' is no place": [*grow, *size, "--at", "middle"],
        "How large should the picture grow?": grow,
        "--at says where a picture is grown from": [*size, "--at", "left"],
        "grows on one canvas": [*grow, *size, "--grid", "4"],
        "grows on one canvas, from": [*grow, *size, "--variants", "2"],
        "grows on one canvas, from noise": [*grow, *size, "--start", "data"],
        "tiny.png has only 3 x 9 px, less than one tile of 4 px": ["--grow", tiny, *size],
        "clear.png is transparent all over": ["--grow", clear, *size],
        "cannot be used: the file does not exist": ["--grow", str(tmp_path / "none.png"), *size],
    }
    for sentence, arguments in cases.items():
        assert main(["dream", str(texture), "-o", str(tmp_path / "out.png"), *arguments, *QUICK]) == 2
        assert sentence in " ".join(capsys.readouterr().err.split()), sentence
    assert main(["dream", str(rbm), "-o", str(tmp_path / "out.png"), *grow, *size, *QUICK]) == 2
    assert "dreams at one size only and cannot grow" in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_a_dream_begins_from_a_material_at_the_scale_it_was_learned_at(tmp_path: Path, scale: float) -> None:
    file, picture = texture_project(tmp_path / "a.harmonium", scale=scale), photograph(tmp_path / "a.png", (60, 42))
    out, (height, width) = tmp_path / "start.png", (int(40 * scale), int(56 * scale))
    arguments = ["dream", str(file), "--start", str(picture), "--size", f"{width}x{height}", "-o", str(out)]
    assert main([*arguments, "--sweeps", "1", "--smooth", "0.99", "--show", "sample", "--device", "cpu"]) == 0
    expected = prepared(file, picture, True)[:height, :width]
    assert np.corrcoef(levels(out).ravel(), expected.ravel())[0, 1] > 0.9


def test_a_dream_does_not_begin_from_what_is_transparent_all_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, picture = texture_project(tmp_path / "a.harmonium"), photograph(tmp_path / "a.png")
    clear = with_hole(tmp_path / "clear.png", picture, slice(None), slice(None))
    assert main(["dream", str(file), "--start", str(clear), "-o", str(tmp_path / "b.png"), *QUICK]) == 2
    assert "clear.png is transparent all over" in capsys.readouterr().err


def test_a_picture_that_is_read_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, picture = texture_project(tmp_path / "a.harmonium"), photograph(tmp_path / "a.png")
    before = picture.read_bytes()
    for way in ("--grow", "--start"):
        assert main(["dream", str(file), way, str(picture), "-o", str(picture), "--size", "40x32", *QUICK]) == 2
        assert "a.png is read here, and would be written over." in capsys.readouterr().err
    assert picture.read_bytes() == before


@pytest.mark.parametrize("more", [[], ["--variants", "2"], ["--seeds", "1"]])
def test_a_canvas_that_a_device_cannot_hold_is_a_sentence(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(*_: object) -> None:
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(TiledRbm, "sweep", short)
    file = texture_project(tmp_path / "a.harmonium")
    assert main(["dream", str(file), "-o", str(tmp_path / "b.png"), *QUICK, *more]) == 2
    said = capsys.readouterr().err
    assert "ran out of memory" in said
    assert "Choose a smaller canvas." in said
