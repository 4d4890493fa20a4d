"""The verb that walks through codes, with a small model trained here."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence

from studio.cli.main import main
from studio.data.load import load
from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.models.code_spec import CodeSpec
from studio.project.archive import read_project, write_project
from studio.project.codes import code_model, decoded, file_codes
from studio.project.job import keep, prepare
from studio.project.recipe import Recipe
from studio.project.trained import open_trained
from studio.training.run import run
from studio.training.settings import Optimiser, Rule, TrainSettings
from tests.unit.cli.small_projects import photograph, rbm_project

SPEC = CodeSpec(widths=(6, 8), code=5, hidden=6, rbm_share=0.4)
TRAINING = TrainSettings(rule=Rule.CD, batch=4, steps=10, learning_rate=0.003, optimiser=Optimiser.ADAM)


@pytest.fixture(scope="module", params=["latent", "variational"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    for number in range(6):
        pixels = np.random.default_rng(number).integers(0, 255, (12, 14, 3))
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number}.png")
    spec = SPEC if request.param == "latent" else dataclasses.replace(SPEC, hidden=0, beta=0.1)
    recipe = Recipe(DatasetSpec((str(folder),)), Preprocess(height=12, width=14, colour=Colour.RGB), spec, TRAINING)
    before = torch.get_num_threads()
    prepared = prepare(recipe, load(recipe.data, recipe.preprocess), "cpu", None)
    result = run(prepared.plan, RunControl(), Feed())
    torch.set_num_threads(before)
    path = folder / "small.harmonium"
    write_project(path, keep(prepared.trained, prepared, result.settings))
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    return [str(photograph(tmp_path / f"{name}.png", size)) for name, size in (("a", (30, 21)), ("b", (20, 25)))]


def levels(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(Image.open(path))


def expected(project: Path, pictures: list[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return what the pictures themselves are encoded and decoded to."""
    trained = open_trained(read_project(project), "cpu")
    codes = file_codes(trained, [Path(one) for one in pictures])
    assert codes.shape == (len(pictures), code_model(trained).spec.code)
    return np.rint(255 * decoded(trained, codes)).astype(np.uint8)


def test_a_folder_begins_and_ends_with_the_pictures_as_they_decode(
    project: Path, pictures: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "way"
    assert main(["interpolate", str(project), *pictures, "-o", str(out), "--frames", "5", "--device", "cpu"]) == 0
    assert "5 frames of 14 x 12 px as numbered files." in capsys.readouterr().out
    found = [levels(path).astype(int) for path in sorted(out.iterdir())]
    ends = expected(project, pictures).astype(int)
    assert len(found) == 5
    assert np.abs(found[0] - ends[0]).max() <= 1
    assert np.abs(found[4] - ends[1]).max() <= 1
    assert not np.array_equal(found[0], found[2])


def test_a_loop_is_an_animation_of_as_many_frames_as_asked_for(
    project: Path, pictures: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "way.apng"
    assert main(["interpolate", str(project), *pictures, "--loop", "--frames", "8", "-o", str(out)]) == 0
    with Image.open(out) as image:
        found = [np.asarray(one.convert("RGB"), int) for one in ImageSequence.Iterator(image)]
    ends = expected(project, pictures).astype(int)
    assert np.abs(found[0] - ends[0]).max() <= 1
    assert len(found) == 8
    assert np.abs(found[1] - found[7]).max() <= 1  # there and back


def test_weights_mix_one_picture(project: Path, pictures: list[str], tmp_path: Path) -> None:
    out, same = tmp_path / "mixed.png", tmp_path / "same.png"
    assert main(["interpolate", str(project), *pictures, "--weights", "0,2", "-o", str(same)]) == 0
    assert main(["interpolate", str(project), *pictures, "--weights", "0.5,0.5", "-o", str(out)]) == 0
    assert np.abs(levels(same).astype(int) - expected(project, pictures)[1].astype(int)).max() <= 1
    assert levels(out).shape == (12, 14, 3)
    assert not np.array_equal(levels(out), levels(same))


def test_bad_input_is_one_sentence(
    project: Path, pictures: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["-o", str(tmp_path / "way.png")]
    other = str(rbm_project(tmp_path / "rbm.harmonium"))
    mine = str(project)
    cases = {
        "The model in rbm.harmonium has no codes to walk through.": [other, *pictures, *out],
        "One picture is not enough": [mine, pictures[0], *out],
        "frames cannot be 0.": [mine, *pictures, *out, "--frames", "0"],
        "--weights cannot read '1,x'.": [mine, *pictures, *out, "--weights", "1,x"],
        "3 weights do not fit 2 pictures.": [mine, *pictures, *out, "--weights", "1,1,1"],
        "none is below 0, and not all are 0.": [mine, *pictures, *out, "--weights", "0,0"],
        "should end in .gif": [mine, *pictures, "-o", str(tmp_path / "way.avi")],
        "A mixture is one picture and no way.": [mine, *pictures, *out, "--weights", "1,1", "--loop"],
        "Leave out --loop and --frames": [mine, *pictures, *out, "--weights", "1,1", "--frames", "60"],
        "should end in .png.": [mine, *pictures, "--weights", "1,1", "-o", str(tmp_path / "way.gif")],
        "none.png cannot be used": [mine, str(tmp_path / "none.png"), pictures[0], *out],
        "required: IMAGE": [mine, *out],
    }
    for sentence, arguments in cases.items():
        assert main(["interpolate", *arguments]) == 2, sentence
        said = capsys.readouterr().err
        assert sentence in " ".join(said.split())
        assert len(said.splitlines()) >= 2
    assert not (tmp_path / "way.png").exists()
