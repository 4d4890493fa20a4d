"""The convolutional RBM by the command line: trained, pictures padded and said so, filters large enough to see."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image

from studio.cli.filters import times
from studio.cli.main import main
from studio.project.archive import read_project
from studio.project.picture_recipe import command, from_text

TRAIN = ["train", "--data", "sample:bricks", "--preset", "photographs-edges", "--device", "cpu"]


@pytest.fixture(autouse=True)
def torch_threads() -> Iterator[None]:
    """A run sets the number of torch's threads for the whole process."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_a_few_steps_from_pictures_to_a_sheet_of_filters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project, sheet = tmp_path / "edges.harmonium", tmp_path / "edges.png"
    assert main([*TRAIN, "--steps", "3", "--out", str(project)]) == 0
    assert "70 x 70 px are padded to 71 x 71" in capsys.readouterr().err
    assert read_project(project).weights["weights"].shape == (24, 1, 10, 10)
    assert main(["filters", str(project), "-o", str(sheet)]) == 0
    with Image.open(sheet) as picture:
        assert picture.size == (5 * (5 * 11 + 1), 5 * (5 * 11 + 1))


def test_sizes_that_fit_need_no_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = ["--set", "preprocess.height=31", "--set", "preprocess.width=41"]
    assert main([*TRAIN, *size, "--steps", "1", "--out", str(tmp_path / "edges.harmonium")]) == 0
    assert "padded" not in capsys.readouterr().err


def test_a_filter_larger_than_the_picture_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = ["--set", "preprocess.height=9", "--set", "preprocess.width=9"]
    assert main([*TRAIN, *wrong, "--out", str(tmp_path / "edges.harmonium")]) == 2
    assert "no room for filters of 10 px" in capsys.readouterr().err


@pytest.mark.parametrize(("side", "factor"), [(1, 48), (10, 5), (47, 2), (48, 1), (128, 1)])
def test_small_filters_are_enlarged(side: int, factor: int) -> None:
    assert times(side) == factor


def test_a_dream_that_rolls_is_repeated_by_its_recipe(tmp_path: Path) -> None:
    project, out = tmp_path / "edges.harmonium", tmp_path / "dream.png"
    assert main([*TRAIN, "--steps", "1", "--out", str(project)]) == 0
    dream = ["dream", str(project), "--sweeps", "3", "--size", "32x32", "--device", "cpu"]
    assert main([*dream, "--roll", "-o", str(out)]) == 0
    assert main([*dream, "-o", str(tmp_path / "still.png")]) == 0
    with Image.open(out) as rolled, Image.open(tmp_path / "still.png") as still:
        assert rolled.tobytes() != still.tobytes()
        made = from_text({str(key): value for key, value in rolled.info.items()})
    assert made.dream.roll
    words = shlex.split(command(made, str(project), str(tmp_path / "again.png")))
    assert main([*words[1:], "--device", "cpu"]) == 0
    with Image.open(out) as rolled, Image.open(tmp_path / "again.png") as again:
        assert rolled.tobytes() == again.tobytes()


def test_models_without_a_pooling_grid_refuse_to_roll(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = tmp_path / "bars.harmonium"
    train = ["train", "--data", "sample:bars", "--preset", "bars-rbm", "--steps", "1", "--device", "cpu"]
    assert main([*train, "--out", str(project)]) == 0
    assert main(["dream", str(project), "--roll", "-o", str(tmp_path / "dream.png")]) == 2
    assert "no pooling grid" in capsys.readouterr().err
