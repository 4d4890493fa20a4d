"""harmonium dream --start along."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from studio.cli.main import main
from studio.data.picture import read_png_text
from studio.project import along
from studio.project.archive import read_project, write_project
from studio.project.lapse import EMPTY, to_arrays
from studio.project.picture_recipe import command, from_text
from tests.unit.cli.small_projects import rbm_project, texture_project


@pytest.fixture(autouse=True)
def shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.cli.dream.ALONG_SWEEPS", 8)
    monkeypatch.setattr(along, "LOOK", 4)


def with_history(path: Path, steps: int) -> Path:
    """Write a project whose weights grew to what they are in so many steps."""
    project, lapse = read_project(rbm_project(path)), EMPTY
    for step in range(steps):
        share = step / steps
        grown = {name: array * share if name == "weights" else array for name, array in project.weights.items()}
        lapse = lapse.added(step, grown)
    write_project(path, dataclasses.replace(project, lapse=to_arrays(lapse)))
    return path


def dream(file: Path, out: Path, *more: str) -> int:
    return main(["dream", str(file), "-o", str(out), "--start", "along", "--device", "cpu", "--sweeps", "1", *more])


def test_the_same_seed_draws_the_same_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = with_history(tmp_path / "a.harmonium", 5)
    for name, seed in (("1", "4"), ("2", "4"), ("3", "5")):
        assert dream(file, tmp_path / f"{name}.png", "--grid", "2", "--seed", seed) == 0
    first, again, other = ((tmp_path / f"{name}.png").read_bytes() for name in "123")
    assert first == again != other
    assert "steps of the training; of their neighbours" in capsys.readouterr().out
    made = from_text(read_png_text(tmp_path / "1.png"))
    assert made is not None
    assert "--start along" in command(made, "a.harmonium", "b.png")
    assert not made.alone


@pytest.mark.parametrize(
    ("steps", "more", "words"),
    [(2, (), "too few to sample along it"), (5, ("--seeds", "1-3"), "does not begin along the training")],
)
def test_what_cannot_be_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], steps: int, more: tuple[str, ...], words: str
) -> None:
    assert dream(with_history(tmp_path / "a.harmonium", steps), tmp_path / "a.png", *more) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "a.png").exists()


def test_steps_that_are_strangers_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(along, "LOWEST", 2.0)
    assert dream(with_history(tmp_path / "a.harmonium", 5), tmp_path / "a.png") == 2
    assert "too far apart" in capsys.readouterr().err


def test_other_models_have_no_free_energy_of_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dream(texture_project(tmp_path / "wall.harmonium"), tmp_path / "a.png") == 2
    assert "Only a plain RBM" in capsys.readouterr().err
