"""The verb that fills holes: exact known pixels in the file, figures, sheets, and a sentence for what cannot be."""

from __future__ import annotations

import json
import shlex
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.cli import fill as verb
from studio.cli.main import main
from studio.cli.progress import ProgressLine
from studio.data import png
from studio.data.occluded import read_occluded
from studio.data.picture import read_png_text
from studio.data.spec import Colour
from studio.dream.holes import Hole, named
from studio.project.archive import Project, read_project, write_project
from studio.project.held import Held, Way
from studio.project.picture_recipe import command, from_text
from studio.project.recipe import Recipe
from tests.unit.cli.small_projects import photograph, rbm_project, texture_project, with_hole

QUICK = ["--sweeps", "3", "--device", "cpu"]
FAMILIES = ("texture", "gaussian", "bernoulli")
each_family = pytest.mark.parametrize("family", FAMILIES)
each_depth = pytest.mark.parametrize("bits", [8, 16])


def project(folder: Path, family: str) -> Path:
    path = folder / f"{family}.harmonium"
    return texture_project(path, scale=0.9) if family == "texture" else rbm_project(path, family == "gaussian")


def levels(path: Path) -> NDArray[np.int64]:
    """Return a PNG's numbers (H, W, C) at their own depth, read by the book."""
    parts = dict(png.chunks(path.read_bytes(), path.name))
    width, height, depth, kind = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    channels = {0: 1, 2: 3}[kind]
    size = width * channels * depth // 8
    raw = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, size + 1)
    rows = np.cumsum(raw[:, 1:], axis=0, dtype=np.uint8)
    return rows.view(">u2" if depth == 16 else np.uint8).reshape(height, width, channels).astype(np.int64)


def prepared(file: Path, picture: Path, large: bool) -> NDArray[np.int64]:
    found = read_occluded(picture, read_project(file).recipe.preprocess, large)
    return np.moveaxis(found.pixels, 0, 2).astype(np.int64)


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["fill", *arguments, *QUICK]) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return " ".join(said.split())


@each_family
@each_depth
@pytest.mark.parametrize("blend", ["hard", "feathered"])
def test_known_pixels_are_exactly_those_of_the_picture(tmp_path: Path, family: str, bits: int, blend: str) -> None:
    file, picture, out = project(tmp_path, family), photograph(tmp_path / "a.png"), tmp_path / "out.png"
    arguments = ["fill", str(file), str(picture), "--hole", "centre", "-o", str(out), "--bits", str(bits)]
    assert main([*arguments, "--blend", blend, *QUICK]) == 0
    found, expected = levels(out), prepared(file, picture, family == "texture")
    expected = expected * (1 if bits == 8 else 257)
    hole = named(Hole.CENTRE, (expected.shape[0], expected.shape[1]))
    assert found.shape == expected.shape
    assert np.array_equal(found[~hole], expected[~hole])
    assert np.mean(found[hole] != expected[hole]) > 0.9


def test_a_material_is_filled_at_the_scale_it_was_learned_at(tmp_path: Path) -> None:
    file, picture = texture_project(tmp_path / "a.harmonium", scale=0.5), photograph(tmp_path / "a.png", (50, 38))
    assert main(["fill", str(file), str(picture), "-o", str(tmp_path / "out.png"), *QUICK]) == 0
    assert levels(tmp_path / "out.png").shape == (19, 25, 3)


def test_evened_light_is_part_of_how_a_material_is_prepared(tmp_path: Path) -> None:
    file, picture = texture_project(tmp_path / "a.harmonium", flatten=5.0), photograph(tmp_path / "a.png")
    assert main(["fill", str(file), str(picture), "-o", str(tmp_path / "out.png"), *QUICK]) == 0
    known = levels(tmp_path / "out.png")[:, 15:]
    raw = np.asarray(Image.open(picture))[:, 15:]
    assert not np.array_equal(known, raw)
    assert np.corrcoef(known.ravel(), raw.ravel())[0, 1] > 0.7


@each_family
def test_the_same_command_twice_gives_the_same_bytes(tmp_path: Path, family: str) -> None:
    file, picture = project(tmp_path, family), photograph(tmp_path / "a.png")
    for name, seed in (("one", "4"), ("two", "4"), ("three", "5")):
        out = str(tmp_path / f"{name}.png")
        assert main(["fill", str(file), str(picture), "-o", out, "--seed", seed, "--chains", "3", *QUICK]) == 0
    one, two, three = ((tmp_path / f"{name}.png").read_bytes() for name in ("one", "two", "three"))
    assert one == two
    assert one != three


@each_family
def test_what_is_transparent_is_filled_unless_told_otherwise(tmp_path: Path, family: str) -> None:
    file, whole = project(tmp_path, family), photograph(tmp_path / "a.png", (28, 24))
    picture = with_hole(tmp_path / "erased.png", whole, slice(0, 12), slice(0, 28))
    for name, hole in (("plain", []), ("alpha", ["--hole", "alpha"])):
        assert main(["fill", str(file), str(picture), "-o", str(tmp_path / f"{name}.png"), *hole, *QUICK]) == 0
    found, expected = levels(tmp_path / "plain.png"), prepared(file, picture, family == "texture")
    assert np.array_equal(found, levels(tmp_path / "alpha.png"))
    lower = found.shape[0] // 2 + 1
    assert np.array_equal(found[lower:], expected[lower:])
    assert np.mean(found[: lower - 3] != expected[: lower - 3]) > 0.9


def test_an_opaque_picture_loses_its_left_half_unless_told_otherwise(tmp_path: Path) -> None:
    file, picture = project(tmp_path, "gaussian"), photograph(tmp_path / "a.png")
    for name, hole in (("plain", []), ("left", ["--hole", "left"]), ("right", ["--hole", "right"])):
        assert main(["fill", str(file), str(picture), "-o", str(tmp_path / f"{name}.png"), *hole, *QUICK]) == 0
    plain, left, right = (levels(tmp_path / f"{name}.png") for name in ("plain", "left", "right"))
    assert np.array_equal(plain, left)
    assert not np.array_equal(plain, right)


@each_family
def test_a_mask_says_where_the_hole_is(tmp_path: Path, family: str) -> None:
    file, picture = project(tmp_path, family), photograph(tmp_path / "a.png")
    mask = np.zeros((21, 30), np.uint8)
    mask[:, 20:] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    out = tmp_path / "out.png"
    assert main(["fill", str(file), str(picture), "--hole", str(tmp_path / "mask.png"), "-o", str(out), *QUICK]) == 0
    found, expected = levels(out), prepared(file, picture, family == "texture")
    width = found.shape[1]
    changed = (found != expected).any(axis=(0, 2))
    assert not changed[: int(width * 20 / 30) - 4].any()
    assert changed[-int(width * 8 / 30) :].all()


@each_family
def test_a_comparison_is_a_sheet_and_figures(tmp_path: Path, family: str, capsys: pytest.CaptureFixture[str]) -> None:
    file, picture, out = project(tmp_path, family), photograph(tmp_path / "a.png"), tmp_path / "out.png"
    arguments = ["fill", str(file), str(picture), "-o", str(out), "--chains", "4", "--compare", *QUICK]
    assert main([*arguments, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    for name in ("", "_chains", "_one_pass", "_biharmonic", "_mean"):
        assert np.isfinite(figures[f"fill.psnr{name}"]["value"])
        assert -1 <= figures[f"fill.ssim{name}"]["value"] <= 1
    assert figures["fill.psnr"]["reference"] == figures["fill.psnr_mean"]["value"]
    assert figures["fill.psnr_chains"]["value"] >= figures["fill.psnr"]["value"] - 0.5
    assert figures["fill.hole"]["value"] == pytest.approx(0.5, abs=0.03)
    assert figures["fill.deviation"]["value"] > 0
    found, truth = levels(out), prepared(file, picture, family == "texture")
    half = found.shape[1] // 2
    error = np.mean(((found - truth)[:, :half] / 255) ** 2)
    assert figures["fill.psnr"]["value"] == pytest.approx(10 * np.log10(1 / error), abs=0.1)

    sheet, width = levels(tmp_path / "out-compare.png"), found.shape[1]
    assert sheet.shape[1] == 5 * (width + 1) + 1
    covered, _, gibbs, _, last = (sheet[1:-1, 1 + k * (width + 1) : (k + 1) * (width + 1)] for k in range(5))
    assert (covered[:, :half] == 128).all()
    assert np.array_equal(covered[:, half:], truth[:, half:])
    assert np.array_equal(gibbs, found)
    assert np.array_equal(last, truth)


def test_without_the_truth_nothing_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, whole = project(tmp_path, "texture"), photograph(tmp_path / "a.png")
    picture = with_hole(tmp_path / "erased.png", whole, slice(4, 12), slice(4, 20))
    assert main(["fill", str(file), str(picture), "-o", str(tmp_path / "out.png"), "--compare", *QUICK]) == 0
    said = capsys.readouterr()
    assert "is not known" in said.err
    assert "psnr" not in said.out
    width = levels(tmp_path / "out.png").shape[1]
    assert levels(tmp_path / "out-compare.png").shape[1] == 3 * (width + 1) + 1


def test_a_filled_picture_says_that_its_recipe_alone_does_not_lead_to_it(tmp_path: Path) -> None:
    file, picture, out = project(tmp_path, "gaussian"), photograph(tmp_path / "a.png"), tmp_path / "out.png"
    assert main(["fill", str(file), str(picture), "--hole", "top", "-o", str(out), "--chains", "2", *QUICK]) == 0
    text = read_png_text(out)
    made = from_text(text)
    assert isinstance(made.held, Held)
    assert (made.held.way, made.held.picture, made.held.hole) == (Way.FILLED, "a.png", "top")
    assert (made.sweeps, made.dream.chains) == (3, 2)
    assert not made.alone
    assert json.loads(text["harmonium"])["alone"] is False


def test_people_get_a_table_with_what_was_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, picture = project(tmp_path, "bernoulli"), photograph(tmp_path / "a.png")
    assert main(["fill", str(file), str(picture), "-o", str(tmp_path / "out.png"), "--compare", *QUICK]) == 0
    said = capsys.readouterr().out
    assert "14 x 12 px, 3 sweeps with the left half filled" in said
    assert "one upward pass, Gibbs sampling, the truth" in said
    assert "fill.psnr_biharmonic" in said


def test_bad_input_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texture, rbm = project(tmp_path, "texture"), project(tmp_path, "gaussian")
    picture, tiny = photograph(tmp_path / "a.png"), photograph(tmp_path / "tiny.png", (30, 4))
    clear = with_hole(tmp_path / "clear.png", picture, slice(None), slice(None))
    blank = tmp_path / "blank.harmonium"
    write_project(blank, Project(Recipe()))
    (tmp_path / "broken.png").write_bytes(b"nothing")
    for name, size, level in (("small", (21, 30), 255), ("black", (30, 21), 0), ("white", (30, 21), 255)):
        Image.new("L", size, level).save(tmp_path / f"{name}.png")
    out = ["-o", str(tmp_path / "out.png")]

    def mask(name: str) -> list[str]:
        return ["--hole", str(tmp_path / f"{name}.png")]

    for file in (texture, rbm):
        cases = {
            "The mask is 21 x 30 px, the picture 30 x 21 px.": [str(picture), *mask("small")],
            "There is nothing to fill: the hole is empty.": [str(picture), *mask("black")],
            "Nothing of the picture is known": [str(picture), *mask("white")],
            "has no transparent parts to fill": [str(picture), "--hole", "alpha"],
            "There is no hole called 'middle', and no mask picture of that name.": [str(picture), "--hole", "middle"],
            "broken.png cannot be used": [str(tmp_path / "broken.png")],
            "the file does not exist": [str(tmp_path / "none.png")],
            "cannot be used: not a picture this program reads": [str(picture), *mask("broken")],
            "Nothing of the picture is known: the hole is all of it.": [str(clear)],
            "temperature cannot be 0.0.": [str(picture), "--temperature", "0"],
            "seed": [str(picture), "--seed", "-1"],
        }
        for sentence, arguments in cases.items():
            assert sentence in refused([str(file), *arguments, *out], capsys), sentence
    smaller = texture_project(tmp_path / "half.harmonium", scale=0.5)
    said = refused([str(smaller), str(tiny), *out], capsys)
    assert "tiny.png has at 0.5 times its size only 15 x 2 px, less than one tile of 4 px." in said
    assert "blank.harmonium holds no trained model" in refused([str(blank), str(picture), *out], capsys)
    assert "none.harmonium" in refused([str(tmp_path / "none.harmonium"), str(picture), *out], capsys)
    assert "should end in .png" in refused([str(rbm), str(picture), "-o", str(tmp_path / "out.jpg")], capsys)
    assert not (tmp_path / "out.png").exists()


def test_what_is_read_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, picture = project(tmp_path, "gaussian"), photograph(tmp_path / "a.png")
    sheet, mask = photograph(tmp_path / "b-compare.png"), tmp_path / "mask.png"
    Image.new("L", (30, 21), 255).save(mask)
    before = [path.read_bytes() for path in (picture, sheet, mask)]
    for arguments in (
        [str(picture), "-o", str(picture)],
        [str(sheet), "-o", str(tmp_path / "b.png"), "--compare"],
        [str(picture), "--hole", str(mask), "-o", str(mask)],
    ):
        assert "is read here, and would be written over." in refused([str(file), *arguments], capsys)
    assert [path.read_bytes() for path in (picture, sheet, mask)] == before


def test_colours_are_filled_by_whole_picture_models_too(tmp_path: Path) -> None:
    file = rbm_project(tmp_path / "rgb.harmonium", colour=Colour.RGB)
    picture, out = photograph(tmp_path / "a.png"), tmp_path / "out.png"
    assert main(["fill", str(file), str(picture), "--hole", "bottom", "-o", str(out), *QUICK]) == 0
    found, expected = levels(out), prepared(file, picture, False)
    assert np.array_equal(found[:6], expected[:6])
    assert not np.array_equal(found[6:], expected[6:])


def test_ctrl_c_ends_it_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(ProgressLine):
        def show_count(self, what: str, done: int, total: int) -> None:
            assert (what, done, total) == ("sweeps", 0, 3)
            raise KeyboardInterrupt

    monkeypatch.setattr(verb, "ProgressLine", Interrupted)
    file, picture = project(tmp_path, "texture"), photograph(tmp_path / "a.png")
    assert main(["fill", str(file), str(picture), "-o", str(tmp_path / "out.png"), *QUICK]) == 130
    assert not (tmp_path / "out.png").exists()


def test_a_picture_too_large_for_memory_is_refused_before_it_is_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, picture = project(tmp_path, "texture"), photograph(tmp_path / "a.png")
    monkeypatch.setattr(verb, "free_bytes", lambda: 1000)
    arguments = [str(file), str(picture), "--hole", "centre", "-o", str(tmp_path / "out.png")]
    told = refused(arguments, capsys)
    assert "px needs about" in told
    assert "Choose a smaller picture." in told
    monkeypatch.setattr(verb, "free_bytes", lambda: None)

    def short(*_words: object) -> None:
        raise MemoryError

    monkeypatch.setattr("studio.dream.fill.fill", short)
    told = refused(arguments, capsys)
    assert "ran out of memory. Choose a smaller picture." in told
    assert not (tmp_path / "out.png").exists()


def test_a_hole_is_filled_by_the_material_that_is_leant_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file, picture = texture_project(tmp_path / "two.harmonium", materials=2), photograph(tmp_path / "a.png")
    found = {}
    for lean in ("", "0", "0.5", "1"):
        out = tmp_path / f"out{lean}.png"
        words = ["--lean", lean] if lean else []
        assert main(["fill", str(file), str(picture), "-o", str(out), *words, *QUICK]) == 0
        found[lean] = levels(out)
    assert np.array_equal(found[""], found["0"])
    assert not np.array_equal(found["0"], found["0.5"])
    assert not np.array_equal(found["0.5"], found["1"])

    again = shlex.split(command(from_text(read_png_text(tmp_path / "out1.png")), str(file), "again.png"))
    assert main([*again[1:], "--device", "cpu"]) == 0
    assert np.array_equal(levels(tmp_path / "again.png"), found["1"])

    aside = ["-o", str(tmp_path / "no.png")]
    assert "beyond the last of 2 materials" in refused([str(file), str(picture), *aside, "--lean", "1.5"], capsys)
    alone = texture_project(tmp_path / "one.harmonium")
    assert "There is one material here" in refused([str(alone), str(picture), *aside, "--lean", "0"], capsys)
