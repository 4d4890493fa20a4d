"""The verb that judges: every figure beside its reference, and a sentence where a judgement cannot be made."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.cli.main import main
from studio.data.colour import ColourTransform
from studio.data.load import load
from studio.data.picture import write_png
from studio.data.scaling import fit_transform
from studio.data.spec import Colour, DatasetSpec, Preprocess, Scaling
from studio.models.build import build_model, weights_of
from studio.models.cdbn import Cdbn
from studio.models.conv_rbm import ConvRbm
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, RbmSpec, TiledSpec
from studio.models.tiled_rbm import TiledRbm
from studio.project.archive import Project, read_project, write_project
from studio.project.recipe import Recipe
from tests.unit.cli.small_projects import conv_project, with_hole
from tests.unit.lab.textures import noise, weave

QUICK_SEAM = ["--canvases", "2", "--size", "66x50", "--sweeps", "3"]
QUICK = [*QUICK_SEAM, "--fills", "2"]


def tiled_project(folder: Path, colour: Colour = Colour.GREY) -> tuple[Path, Path]:
    """Save a texture and an untrained model of it; return both files."""
    picture, path = folder / "weave.png", folder / "weave.harmonium"
    pixels = weave(180, 120) if colour is Colour.GREY else 0.5 * weave(180, 120) + 0.5 * noise(180, 120, 1, 3)
    write_png(picture, pixels)
    recipe = Recipe(
        DatasetSpec((str(picture),)),
        Preprocess(24, 24, colour, scaling=Scaling.DECORRELATE, crops=True, held_out=0.5),
        TiledSpec(tile=4, filters=2),
    )
    images = load(recipe.data, recipe.preprocess)
    model = build_model(recipe.model, recipe.preprocess.shape)
    assert isinstance(model, TiledRbm)
    model.weights.copy_(Noise(0).normal(tuple(model.weights.shape)) * 0.02)
    transform = ColourTransform.fit(images).arrays()
    write_project(path, Project(recipe, weights_of(model), transform))
    return path, picture


def figures(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, float]]:
    assert main(["evaluate", *arguments, "--device", "cpu", "--json"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_texture_and_seam_of_a_model_of_any_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, _ = tiled_project(tmp_path)
    found = figures([str(path), "--texture", "--seam", *QUICK], capsys)
    tss, ceiling, floor = (found[f"texture.tss{name}"] for name in ("", "_ceiling", "_floor"))
    assert tss["reference"] == ceiling["value"]
    assert tss["ratio"] == pytest.approx(tss["value"] / ceiling["value"])
    assert floor["value"] < ceiling["value"]
    contrast = found["texture.contrast"]
    assert contrast["reference"] == pytest.approx(1, abs=0.3), "of the half that was not learned"
    assert contrast["ratio"] == pytest.approx(contrast["value"] / contrast["reference"])
    assert tss["value"] < floor["value"], "noise of an untrained model is no weave"
    for key in ("texture.ncc", "texture.mssim", "texture.verbatim", "texture.spectrum", "texture.autocorrelation"):
        assert np.isfinite(found[key]["value"]), key
        assert found[key]["reference"] is not None, key
    assert found["texture.ncc"]["value"] < found["texture.ncc"]["reference"]
    assert found["texture.verbatim"]["value"] == 0
    assert found["texture.verbatim"]["reference"] > 0
    assert found["texture.spectrum"]["value"] > 2 * found["texture.spectrum"]["reference"]
    assert found["seam.score"]["value"] == pytest.approx(1, abs=0.6)
    assert 0 <= found["seam.inside"]["value"] <= 1
    assert "texture.tss.2" not in found


def test_the_same_seed_gives_the_same_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, _ = tiled_project(tmp_path)
    first, again = (figures([str(path), "--seam", *QUICK_SEAM, "--seed", "4"], capsys) for _ in range(2))
    other = figures([str(path), "--seam", *QUICK_SEAM, "--seed", "5"], capsys)
    assert first == again
    assert first != other


def test_colour_has_figures_for_each_channel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, picture = tiled_project(tmp_path, Colour.RGB)
    found = figures([str(path), "--data", str(picture), "--texture", *QUICK], capsys)
    assert {"texture.tss", "texture.tss.2", "texture.tss.3", "texture.tss_ceiling.3"} <= set(found)


def test_people_get_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, _ = tiled_project(tmp_path)
    assert main(["evaluate", str(path), "--seam", *QUICK_SEAM, "--device", "cpu"]) == 0
    out = capsys.readouterr().out
    assert "reference" in out
    assert "seam.inside" in out


def test_a_small_picture_leaves_out_what_it_is_too_small_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = tiled_project(tmp_path)
    small = tmp_path / "small.png"
    write_png(small, weave(60, 40))
    assert main(["evaluate", str(path), "--data", str(small), "--texture", *QUICK, "--device", "cpu", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert "texture.tss" in found
    assert not {"texture.ncc", "texture.verbatim", "texture.spectrum"} & set(found)
    assert "filled holes are judged in 76 x 76 px" in err


def test_what_a_figure_cannot_know_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, picture = tiled_project(tmp_path)
    second = tmp_path / "second.png"
    write_png(second, weave(120, 100))
    project = read_project(path)
    preprocess = dataclasses.replace(project.recipe.preprocess, held_out=0.0)
    recipe = dataclasses.replace(project.recipe, preprocess=preprocess)
    write_project(path, dataclasses.replace(project, recipe=recipe))
    arguments = [str(path), "--data", str(picture), str(second), "--texture", *QUICK, "--device", "cpu"]
    assert main(["evaluate", *arguments]) == 0
    err = capsys.readouterr().err
    assert "the half that judges was learned from too" in err
    assert "judged by the first of 2 pictures" in err


def test_what_is_transparent_is_no_texture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, picture = tiled_project(tmp_path)
    with_hole(tmp_path / "hole.png", picture, slice(None), slice(80, None))
    write_png(tmp_path / "cut.png", weave(180, 120)[:, :80])
    whole, cut = (
        figures([str(path), "--data", str(tmp_path / name), "--texture", *QUICK], capsys)
        for name in ("hole.png", "cut.png")
    )
    assert whole == cut
    with_hole(tmp_path / "half.png", picture, slice(80, None), slice(None))
    assert main(["evaluate", str(path), "--data", str(tmp_path / "half.png"), "--texture", *QUICK]) == 2
    assert "transparent nearly all over" in capsys.readouterr().err


def test_what_cannot_be_judged_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, _ = tiled_project(tmp_path)
    blank, dense = tmp_path / "blank.harmonium", tmp_path / "dense.harmonium"
    write_project(blank, Project(Recipe()))
    recipe = Recipe(model=RbmSpec(hidden=3))
    model = build_model(recipe.model, recipe.preprocess.shape)
    write_project(dense, Project(recipe, weights_of(model)))
    edges = [str(conv_project(tmp_path / "edges.harmonium")), "--seam", "--size"]
    cases = {
        "Nothing was asked for. Give one or more of --texture, --seam": [str(path)],
        "blank.harmonium holds no trained model": [str(blank), "--seam"],
        "names no pictures to compare with": [str(dense), "--texture"],
        "A canvas of 4 x 4 px is smaller than a filter of 5 px": [*edges, "4x4"],
        "A canvas cannot be 9000 px wide": [*edges, "9000x40"],
        "dense.harmonium dreams at one size alone": [str(dense), "--texture", "--size", "64x64"],
        "dreams at one size and does not repeat": [str(dense), "--seam"],
        "There is no file or folder": [str(path), "--texture", "--data", str(tmp_path / "none.png")],
        "is not a size": [str(path), "--seam", "--size", "big"],
    }
    for sentence, arguments in cases.items():
        assert main(["evaluate", *arguments, "--device", "cpu"]) == 2
        err = " ".join(capsys.readouterr().err.split())
        assert sentence in err


@pytest.mark.parametrize(
    ("option", "owner"),
    [
        (["--sheet", "a.png"], "--samples"),
        (["--varied", "3"], "--features"),
        (["--final"], "--ais"),
        (["--fills", "3"], "--texture or --fill"),
    ],
)
def test_an_option_that_nobody_would_look_at_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str], owner: str
) -> None:
    assert main(["evaluate", str(tmp_path / "a.harmonium"), "--gabor", "--seam", *option]) == 2
    said = capsys.readouterr().err
    assert f"{option[0]} says nothing to --seam, --gabor" in said
    assert owner in said


@pytest.mark.parametrize("option", [["--size", "66x50"], ["--sweeps", "3"], ["--fills", "2"], ["--canvases", "2"]])
def test_how_much_is_dreamt_says_nothing_to_what_does_not_dream(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    assert main(["evaluate", str(tmp_path / "a.harmonium"), "--gabor", *option]) == 2
    assert f"{option[0]} says nothing to --gabor" in capsys.readouterr().err


def test_filters_that_are_edges_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "edges.harmonium"
    recipe = Recipe(DatasetSpec(), Preprocess(20, 20), ConvSpec(filters=4, side=8))  # it names no pictures
    model = build_model(recipe.model, recipe.preprocess.shape)
    assert isinstance(model, ConvRbm)
    model.weights.copy_(Noise(0).normal(tuple(model.weights.shape)) * 0.02)
    down, right = np.mgrid[:8, :8] - 3.5
    for place, (x, y) in enumerate(((0.2, 0.0), (0.0, 0.2), (0.15, 0.15))):
        wave = np.exp(-(down**2 + right**2) / 10) * np.cos(2 * np.pi * (x * right + y * down))
        model.weights[place, 0] = torch.from_numpy(wave)
    write_project(path, Project(recipe, weights_of(model), {}))
    found = figures([str(path), "--gabor"], capsys)
    assert found["gabor.share"] == {"value": 0.75, "unit": "", "reference": 0.8, "ratio": 0.75 / 0.8}
    assert found["gabor.angles"]["value"] == 0.25
    assert found["gabor.frequency"]["value"] == pytest.approx(0.2, rel=0.1)
    assert main(["evaluate", str(path), "--gabor", "--data", "sample:bricks"]) == 0
    printed = capsys.readouterr()
    assert "--data is not looked at by --gabor." in printed.out + printed.err
    assert "gabor.share" in printed.out


def faces_project(folder: Path, crops: bool = False) -> tuple[Path, Path]:
    """Save small pictures alike and an untrained network of two layers of them; return project and folder."""
    pictures, path = folder / "faces", folder / "faces.harmonium"
    pictures.mkdir()
    for index in range(6):
        write_png(pictures / f"{index}.png", 0.4 * weave(20, 20) + 0.3 * noise(20, 20, index))
    recipe = Recipe(
        DatasetSpec((str(pictures),)),
        Preprocess(20, 20, scaling=Scaling.DECORRELATE, crops=crops),
        ConvSpec(filters=3, side=3, deeper=("4x3/2",)),
    )
    images = load(recipe.data, recipe.preprocess)
    model = build_model(recipe.model, recipe.preprocess.shape)
    assert isinstance(model, Cdbn)
    model.initialise(Noise(0))
    transform = fit_transform(images, images.training())
    assert transform is not None
    write_project(path, Project(recipe, weights_of(model), dict(transform.arrays())))
    return path, pictures


def test_a_hole_in_every_picture_beside_plain_fillings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, pictures = faces_project(tmp_path)
    found = figures([str(path), "--data", str(pictures), "--fill", "right", "--sweeps", "3", "--fills", "4"], capsys)
    ways = ("", "_one_pass", "_one_chain", "_mean", "_mirror", "_biharmonic")
    assert set(found) == {f"fill.{kind}{way}" for kind in ("psnr", "ssim") for way in ways} | {
        "fill.share_best",
        "fill.pictures",
    }
    assert found["fill.pictures"]["value"] == 4
    assert found["fill.psnr"]["reference"] == found["fill.psnr_mean"]["value"]
    assert 0 <= found["fill.share_best"]["value"] <= 1
    # An untrained network knows the mean colour alone: the mean of each pixel is nearer.
    assert found["fill.psnr"]["value"] < found["fill.psnr_mean"]["value"] - 1
    left = figures([str(path), "--data", str(pictures), "--fill", "--sweeps", "3", "--fills", "4"], capsys)
    assert left["fill.psnr_mean"]["value"] != found["fill.psnr_mean"]["value"]


def test_holes_are_judged_in_whole_pictures_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, pictures = faces_project(tmp_path, crops=True)
    assert main(["evaluate", str(path), "--data", str(pictures), "--fill"]) == 2
    assert "has learned crops, not whole pictures" in capsys.readouterr().err
