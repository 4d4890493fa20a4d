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
    said = capsys.readouterr().err
    assert "no room for filters of 10 px" in said
    assert "padded" not in said


def test_a_canvas_smaller_than_a_filter_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = tmp_path / "edges.harmonium"
    assert main([*TRAIN, "--steps", "1", "--out", str(project)]) == 0
    assert main(["dream", str(project), "--size", "9x40", "-o", str(tmp_path / "dream.png")]) == 2
    assert "9 x 40 px is smaller than a filter of 10 px" in capsys.readouterr().err


def test_too_little_memory_is_said_before_anything_is_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    large = ["--set", "model.filters=4096", "--set", "training.batch=100000"]
    assert main([*TRAIN, *large, "--out", str(tmp_path / "edges.harmonium")]) == 2
    said = capsys.readouterr().err
    assert "GB of memory are needed" in said
    assert "fewer or smaller filters" in said


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


def test_a_dream_that_begins_small_is_repeated_by_its_recipe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, out, plain = (tmp_path / name for name in ("edges.harmonium", "dream.png", "plain.png"))
    assert main([*TRAIN, "--steps", "1", "--out", str(project)]) == 0
    dream = ["dream", str(project), "--sweeps", "51", "--size", "128x128", "--device", "cpu"]
    assert main([*dream, "--coarse", "-o", str(out)]) == 0
    assert main([*dream, "-o", str(plain)]) == 0
    with Image.open(out) as coarse, Image.open(plain) as whole:
        assert coarse.size == (128, 128)
        assert coarse.tobytes() != whole.tobytes()
        made = from_text({str(key): value for key, value in coarse.info.items()})
    words = shlex.split(command(made, str(project), str(tmp_path / "again.png")))
    assert main([*words[1:], "--device", "cpu"]) == 0
    with Image.open(out) as coarse, Image.open(tmp_path / "again.png") as again:
        assert coarse.tobytes() == again.tobytes()
    capsys.readouterr()
    dream[3] = "50"
    assert main([*dream, "--coarse", "-o", str(out)]) == 2
    assert "begins small for 50 sweeps" in capsys.readouterr().err
    assert main([*dream, "--coarse", "--start", str(plain), "-o", str(out)]) == 2
    assert "begins from noise" in capsys.readouterr().err


def test_a_model_of_one_size_does_not_begin_small(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = tmp_path / "bars.harmonium"
    train = ["train", "--data", "sample:bars", "--preset", "bars-rbm", "--steps", "1", "--device", "cpu"]
    assert main([*train, "--out", str(project)]) == 0
    assert main(["dream", str(project), "--coarse", "-o", str(tmp_path / "dream.png")]) == 2
    assert "does not begin small" in capsys.readouterr().err


def test_further_layers_are_typed_learned_and_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project, sheet, dream = (tmp_path / name for name in ("deep.harmonium", "deep.png", "dream.png"))
    assert main([*TRAIN, "--set", "model.deeper=6x5/2", "--steps", "4", "--out", str(project)]) == 0
    assert "4 steps" in capsys.readouterr().out
    assert read_project(project).weights["levels.1.weights"].shape == (6, 24, 5, 5)
    assert main(["filters", str(project), "--layer", "2", "-o", str(sheet)]) == 0
    assert "6 filters" in capsys.readouterr().out
    with Image.open(sheet) as picture:
        assert picture.size == (3 * (3 * 20 + 1), 3 * (2 * 20 + 1))
    assert main(["filters", str(project), "--layer", "3", "-o", str(sheet)]) == 2
    assert "no layer 3" in capsys.readouterr().err
    assert main(["dream", str(project), "--size", "64x48", "--sweeps", "2", "-o", str(dream)]) == 0
    with Image.open(dream) as picture:
        assert picture.size == (64, 48)
    assert main(["dream", str(project), "--size", "64x48", "--sweeps", "2", "--roll", "-o", str(dream)]) == 0


def test_a_layer_that_is_none_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TRAIN, "--set", "model.deeper=many", "--out", str(tmp_path / "deep.harmonium")]) == 2
    assert "'many' is not a layer" in capsys.readouterr().err


def test_maps_show_where_a_filter_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project, sheet, picture = (tmp_path / name for name in ("deep.harmonium", "maps.png", "bar.png"))
    size = ["--set", "preprocess.height=31", "--set", "preprocess.width=41"]
    assert main([*TRAIN, *size, "--set", "model.deeper=6x5/2", "--steps", "2", "--out", str(project)]) == 0
    Image.new("L", (80, 60), 90).save(picture)
    for layer, count, rows, columns in ((1, 24, 26, 36), (2, 6, 11, 16)):
        capsys.readouterr()
        assert main(["filters", str(project), "--layer", str(layer), "--maps", str(picture), "-o", str(sheet)]) == 0
        assert f"{count} maps of {columns} x {rows}" in capsys.readouterr().out
    with Image.open(sheet) as shown:
        assert shown.getextrema()[1] == 255
    monkeypatch.setattr("studio.cli.filters.free_bytes", lambda: 1000)
    assert main(["filters", str(project), "--maps", str(picture), "-o", str(sheet)]) == 2
    assert "Choose a smaller picture." in capsys.readouterr().err


def test_a_model_without_maps_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project, picture = tmp_path / "bars.harmonium", tmp_path / "bar.png"
    assert main(["train", "--data", "sample:bars", "--preset", "bars-rbm", "--steps", "1", "--out", str(project)]) == 0
    Image.new("L", (8, 8)).save(picture)
    assert main(["filters", str(project), "--maps", str(picture), "-o", str(tmp_path / "maps.png")]) == 2
    assert "has no maps" in capsys.readouterr().err
