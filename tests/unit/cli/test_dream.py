"""Options of the verb that dreams that would be passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.cli.main import main
from tests.unit.cli.small_projects import rbm_project, texture_project

QUICK = ["--sweeps", "1", "--device", "cpu"]


@pytest.mark.parametrize("option", [("--index", "1"), ("--data", "sample:bars")])
def test_what_is_about_data_pictures_wants_a_start_from_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: tuple[str, str]
) -> None:
    file = rbm_project(tmp_path / "a.harmonium")
    assert main(["dream", str(file), "-o", str(tmp_path / "a.png"), *QUICK, *option]) == 2
    said = capsys.readouterr().err
    assert f"{option[0]} says which pictures to start from" in said
    assert "--start data" in said
    assert not (tmp_path / "a.png").exists()


def test_a_model_says_what_it_has_no_use_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = rbm_project(tmp_path / "a.harmonium", gaussian=False)
    words = ["dream", str(file), "-o", str(tmp_path / "a.png"), *QUICK]
    assert main([*words, "--size", "64x64", "--smooth", ".5"]) == 0
    said = capsys.readouterr().err
    assert "--size and --seamless change nothing" in said
    assert "--smooth changes nothing" in said
    assert main([*words, "--seamless", "x"]) == 0
    assert "dreams at one size" in capsys.readouterr().err
    assert main(words) == 0
    assert capsys.readouterr().err == ""


def test_a_texture_takes_size_and_smoothness_without_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = texture_project(tmp_path / "a.harmonium")
    words = ["dream", str(file), "-o", str(tmp_path / "a.png"), *QUICK]
    assert main([*words, "--size", "64x48", "--smooth", ".5", "--seamless", "x"]) == 0
    assert capsys.readouterr().err == ""
