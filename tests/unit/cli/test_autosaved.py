"""A run of the command line leaves copies while it goes on, and the last good state where it breaks down."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from studio.cli import autosaved
from studio.cli.autosaved import Autosaved
from studio.cli.main import main
from studio.errors import ProjectError
from studio.project.archive import Project, read_project
from studio.project.recipe import Recipe
from studio.training.trainer import Trainer

TRAIN = ["train", "--data", "sample:bars", "--preset", "bars-rbm", "--seed", "1", "--steps", "200"]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def spoil(monkeypatch: pytest.MonkeyPatch, *steps: int, error: Exception | None = None) -> None:
    """After these steps a weight is no number; with an error, it is raised in the middle of the step."""
    real = Trainer.step

    def step(self: Trainer) -> None:
        if self.steps in steps:
            self.parameters["weights"][0, 0] = float("nan")
            if error is not None:
                raise error
        real(self)

    monkeypatch.setattr(Trainer, "step", step)


def test_copies_keep_their_pace_and_their_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, written = Clock(), list[float]()

    def write(_path: Path, _project: Project) -> None:
        written.append(clock.now)
        clock.now += 3

    monkeypatch.setattr(autosaved, "write_project", write)
    copies = Autosaved(tmp_path / "a.harmonium", 1, print, clock)
    for clock.now in (0, 59, 61, 100, 130, 213, 215):
        copies.follow(lambda: Project(Recipe()))
    assert written == [61, 215]  # three seconds are a fiftieth of a hundred and fifty


def test_a_night_within_a_copy_puts_the_next_one_off_by_no_more_than_usual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, written = Clock(), list[float]()
    took = iter((0.1, 8 * 3600.0, 0.1))

    def write(_path: Path, _project: Project) -> None:
        written.append(clock.now)
        clock.now += next(took)

    monkeypatch.setattr(autosaved, "write_project", write)
    copies = Autosaved(tmp_path / "a.harmonium", 1, print, clock)
    while len(written) < 3:
        clock.now += 1
        copies.follow(lambda: Project(Recipe()))
    assert written[2] - written[1] < 8 * 3600.0 + 65


def test_a_copy_of_an_earlier_run_is_left_alone(tmp_path: Path) -> None:
    out, project = tmp_path / "a.harmonium", Project(Recipe())
    first = Autosaved(out, 1, print)
    assert first.write(project)
    second = Autosaved(out, 1, print)
    assert second.path.name == "a.autosave-2.harmonium"
    second.write(project)
    second.remove()
    assert [path.name for path in tmp_path.iterdir()] == ["a.autosave.harmonium"]


def test_what_stands_in_the_way_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path, _project: Project) -> None:
        raise ProjectError("The disk is full.")

    monkeypatch.setattr(autosaved, "write_project", refuse)
    said: list[str] = []
    copies = Autosaved(tmp_path / "a.harmonium", 1, said.append)
    assert not copies.write(Project(Recipe()))
    assert not copies.write(Project(Recipe()))
    assert said == ["not autosaved: The disk is full."]


def test_a_run_that_is_saved_leaves_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Project] = []
    real = Autosaved.write

    def write(self: Autosaved, project: Project) -> bool:
        done = real(self, project)
        seen.append(read_project(self.path))
        return done

    monkeypatch.setattr(Autosaved, "write", write)
    out = tmp_path / "a.harmonium"
    assert main([*TRAIN, "--out", str(out), "--autosave", "0.000001"]) == 0
    assert seen[0].state
    assert len(seen[0].runs) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.harmonium"]


def test_no_memory_leaves_the_last_good_state_to_continue_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, copy = tmp_path / "a.harmonium", tmp_path / "a.autosave.harmonium"
    spoil(monkeypatch, 60, error=torch.OutOfMemoryError("out of memory"))
    assert main([*TRAIN, "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert "ran out of memory" in said
    assert str(copy) in said
    assert not out.exists()
    assert all(np.isfinite(array).all() for array in read_project(copy).weights.values())
    monkeypatch.undo()
    assert main(["train", "--continue", str(copy), "--steps", "20", "--out", str(out)]) == 0
    assert len(read_project(out).runs) == 2


def test_running_away_twice_keeps_the_last_good_weights_as_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(monkeypatch, 60, 120)
    assert main([*TRAIN, "--out", str(tmp_path / "a.harmonium")]) == 2
    said = capsys.readouterr().err
    assert "the last good weights are back" in said  # the first time
    assert "the last good weights are kept" in said
    project = read_project(tmp_path / "a.autosave.harmonium")
    assert all(np.isfinite(array).all() for array in project.weights.values())
