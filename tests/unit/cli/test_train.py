"""What `train` looks at, and says, before the first step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.cli.main import main
from studio.data.load import all_same
from studio.project import job
from tests.unit.data.files import write_pictures

CODES = ["train", "--preset", "digits-dae", "--steps", "1", "--autosave", "0"]
SMALL = ["--set", "model.network=dense", "--set", "model.widths=8", "--set", "training.threads=1"]


def test_pictures_are_looked_at_once_for_being_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def counted(pixels: NDArray[np.uint8]) -> bool:
        looks.append(len(pixels))
        return all_same(pixels)

    monkeypatch.setattr(job, "all_same", counted)
    command = ["train", "--data", "sample:bars", "--preset", "bars-rbm", "--steps", "1", "--autosave", "0"]
    assert main([*command, "--set", "training.threads=1", "--out", str(tmp_path / "a.harmonium")]) == 0
    assert len(looks) == 1


def test_nothing_is_said_of_what_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = str(write_pictures(tmp_path / "few", 5))
    odd = ["--data", few, "--set", "model.code=40", "--out", str(tmp_path / "a.harmonium")]
    assert main([*CODES, *SMALL, *odd]) == 0
    assert "are fewer than the 40 numbers of a code" in capsys.readouterr().err
    assert main([*CODES, *SMALL, *odd, "--set", "preprocess.scaling=standardise"]) == 2
    said = capsys.readouterr().err
    assert "An autoencoder takes pictures as they are" in said
    assert "numbers of a code" not in said


def test_a_store_that_crops_have_no_use_for_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "--data", "sample:bricks", "--preset", "texture-fast", "--steps", "1", "--device", "cpu"]
    small = ["--set", "model.filters=4", "--set", "model.tile=5", "--set", "training.threads=1"]
    assert main([*words, *small, "--store", str(tmp_path / "store"), "--out", str(tmp_path / "a.harmonium")]) == 0
    assert "--store changes nothing" in capsys.readouterr().err
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("preset", "setting", "belongs"),
    [
        ("photographs-edges", "training.centred=true", "RBMs of on-off hidden units"),
        ("texture-fast", "centred=false", "RBMs of on-off hidden units"),
        ("photographs-edges", "model.patches=true", "models with further layers"),
        ("art-ae-rbm", "epochs=3", "runs whose length is told neither in steps nor in seconds"),
    ],
)
def test_a_setting_that_nothing_would_look_at_is_refused(
    preset: str, setting: str, belongs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "--data", "sample:bricks", "--preset", preset, "--set", setting]
    assert main([*words, "--out", str(tmp_path / "a.harmonium")]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert (
        f"{setting.partition('=')[0].rpartition('.')[2]} says nothing to this recipe. It belongs to {belongs}" in said
    )
