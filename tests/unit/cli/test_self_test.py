"""The self-test tells of each thing whether it works, and goes on after one that does not."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest

import studio.__main__ as entry
from studio.cli import self_test
from studio.cli.self_test import SMALL, NotAsItShould, Rehearsal, learning, read_back, rehearsals, rehearse
from studio.models.spec import Family
from studio.project.archive import Project, read_project


def works(_folder: Path) -> str:
    return "as it should"


def breaks(_folder: Path) -> str:
    raise NotAsItShould("The dream is no picture.")


def falls(_folder: Path) -> str:
    raise ZeroDivisionError("by nothing")


def test_every_family_is_rehearsed_and_those_of_layers_take_ten_steps_in_each() -> None:
    assert set(SMALL) == set(Family)
    for family, small in SMALL.items():
        recipe = small.recipe()
        assert recipe.model.family is family
        assert recipe.training.steps == 10 * small.stages
    assert len(rehearsals()) == len(SMALL) + 2


def test_what_failed_is_named_and_the_others_are_still_run(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = [Rehearsal("one", breaks), Rehearsal("two", falls), Rehearsal("three", works)]
    assert rehearse(wanted, time.monotonic()) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["FAILED", "FAILED", "ok"]
    assert lines[0].endswith("one: The dream is no picture.")
    assert lines[1].endswith("two: ZeroDivisionError: by nothing")
    assert lines[3].startswith("1 of 3 checks passed")


def test_all_well_is_status_zero() -> None:
    assert rehearse([Rehearsal("one", works)], time.monotonic()) == 0


def test_an_rbm_learns_is_kept_and_dreams(tmp_path: Path) -> None:
    assert learning(SMALL[Family.RBM])(tmp_path).startswith("10 steps")


def test_weights_that_do_not_come_back_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(path: Path) -> Project:
        project = read_project(path)
        return Project(project.recipe, {name: np.zeros_like(array) for name, array in project.weights.items()})

    monkeypatch.setattr(self_test, "read_project", changed)
    with pytest.raises(NotAsItShould, match="not those that were saved"):
        learning(SMALL[Family.RBM])(tmp_path)


def test_pictures_of_every_common_format_are_read(tmp_path: Path) -> None:
    assert "webp" in read_back(tmp_path)


def test_a_machine_without_qt_is_tried_without_the_window(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["harmonium", "--self-test"])
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr("importlib.util.find_spec", dict.fromkeys(["PySide6"]).get)
    monkeypatch.setattr(self_test, "rehearsals", lambda: (Rehearsal("one", works),))
    assert entry.main() == 0
    said = capsys.readouterr()
    assert "PySide6 is not installed" in said.err
    assert "1 of 1 checks passed" in said.out
