"""The epochs that `train` prints: how often each stage used its own pictures, and what few pictures make of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.cli.main import main
from tests.helpers.pictures import write

SMALL = ["--set", "preprocess.width=16", "--set", "preprocess.height=16", "--set", "training.threads=1"]
CODES = ["--set", "model.widths=4", "--set", "model.code=4", "--set", "model.hidden=3"]


def train(folder: Path, *words: str) -> list[str]:
    return ["train", "--data", str(folder), *SMALL, *words, "--out", str(folder.parent / "a.harmonium"), "--json"]


def test_epochs_of_two_stages_add_up_to_what_was_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The RBM takes 100 of 2,000 codes a step, whatever the autoencoder takes of the pictures."""
    write(tmp_path / "in", 24)
    words = ["--preset", "art-ae-rbm", *CODES, "--set", "training.batch=8", "--epochs", "10"]
    assert main(train(tmp_path / "in", *words)) == 0
    assert json.loads(capsys.readouterr().out)["epochs"] == pytest.approx(10, abs=0.5)


def test_few_pictures_are_many_epochs_a_step_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "in", 12)
    assert main(train(tmp_path / "in", "--epochs", "3")) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["steps"] == 1
    assert json.loads(said.out)["epochs"] == pytest.approx(100 / 11, abs=0.001)
    assert (
        "A step takes 100 pictures, and there are 11 to learn from: it uses each 9.09 times, and counts as 9.09 epochs."
        in said.err
    )
    assert main(train(tmp_path / "in", "--steps", "3")) == 0
    assert "A step takes" not in capsys.readouterr().err
