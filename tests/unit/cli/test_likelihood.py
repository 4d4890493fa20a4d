"""How likely an RBM finds pictures, asked for in the shell."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.cli.main import main
from studio.lab import annealing
from tests.unit.cli.small_projects import texture_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rbm") / "bars.harmonium"
    words = ["train", "--data", "sample:bars", "--preset", "bars-rbm", "--set", "model.hidden=6"]
    assert main([*words, "--steps", "200", "--seed", "1", "--out", str(path)]) == 0
    return path


def figures(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, float]]:
    capsys.readouterr()
    assert main(["evaluate", *words, "--json"]) == 0
    found: dict[str, dict[str, float]] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def test_what_is_counted_and_what_is_annealed_agree(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ladder = annealing.betas(((1.0, 1_000),))
    monkeypatch.setattr(annealing, "betas", lambda: ladder)  # the published 14,500 steps take long
    exact = figures(capsys, str(project), "--exact")
    annealed = figures(capsys, str(project), "--ais", "50", "--data", "sample:bars")
    partition = exact["likelihood.log_partition"]["value"]
    assert annealed["likelihood.log_partition"]["value"] == pytest.approx(partition, abs=0.1)
    assert annealed["likelihood.trusted"]["value"] == 1
    assert exact["likelihood.exact"]["value"] < 0
    assert annealed["likelihood.reverse_ais"]["value"] == pytest.approx(
        annealed["likelihood.reverse_ais"]["reference"], abs=1
    )


@pytest.fixture
def moved(tmp_path: Path) -> tuple[Path, Path]:
    """A project beside the array that it learned, a tenth of it held out."""
    pictures, path = tmp_path / "small.npy", tmp_path / "small.harmonium"
    np.save(pictures, np.random.default_rng(0).integers(0, 2, (40, 4, 4), np.uint8) * 255)
    size = ["--set", "preprocess.height=4", "--set", "preprocess.width=4", "--set", "model.hidden=3"]
    assert main(["train", "--data", str(pictures), *size, "--steps", "5", "--out", str(path)]) == 0
    return path, pictures


def test_the_same_files_are_the_models_own_however_they_are_named(
    moved: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path, pictures = moved
    around = pictures.parent / "." / ".." / pictures.parent.name / pictures.name
    link = pictures.with_name("link.npy")
    link.symlink_to(pictures)
    for data in ([], ["--data", str(around)], ["--data", str(link)]):
        assert figures(capsys, str(path), "--exact", *data)["likelihood.pictures"]["value"] == 4


def test_one_picture_may_judge_and_black_and_white_are_no_grey_levels(
    moved: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "one.npy", np.zeros((1, 4, 4), np.uint8))
    assert main(["evaluate", str(moved[0]), "--exact", "--data", str(tmp_path / "one.npy")]) == 0
    told = capsys.readouterr()
    assert "grey levels" not in told.err + told.out


def test_pictures_that_moved_with_the_project_are_found_and_lost_ones_named(
    moved: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, pictures = moved
    away = tmp_path / "away"
    away.mkdir()
    path, pictures = path.rename(away / path.name), pictures.rename(away / pictures.name)
    assert figures(capsys, str(path), "--exact")["likelihood.pictures"]["value"] == 4
    other = pictures.rename(away / "other.npy")
    assert main(["evaluate", str(path), "--exact", "--data", str(other)]) == 2
    assert "told beside the pictures that small.harmonium learned from" in capsys.readouterr().err


def test_other_models_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = texture_project(tmp_path / "wall.harmonium")
    assert main(["evaluate", str(path), "--data", "sample:bricks", "--exact"]) == 2
    assert "no plain RBM" in capsys.readouterr().err
