"""Shared arguments: what they mean, and what is said when they mean nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from studio.cli import options
from studio.cli.main import main
from studio.errors import DataError, ProjectError, SettingsError, StudioError
from studio.models.spec import ConvSpec
from studio.project.recipe import Recipe
from tests.unit.cli.small_projects import texture_project


def test_paths_are_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "birds").mkdir()
    monkeypatch.chdir(tmp_path)
    assert options.dataset(["birds"]).paths == (str(tmp_path / "birds"),)


def test_a_bundled_set_is_known_by_name() -> None:
    assert options.dataset(["sample:bars"]).sample == "bars"


@pytest.mark.parametrize(
    ("paths", "message", "hint"),
    [
        (["nowhere/at/all"], "no file or folder nowhere/at/all", "Check the path"),
        (["sample:gliphs"], "no bundled set called 'gliphs'", "Did you mean sample:glyphs?"),
        (["sample:"], "no bundled set called ''", "Bundled sets: "),
        (["sample:bars", "."], "cannot be mixed", "sample:bars alone"),
    ],
)
def test_data_that_is_not_there_is_named(paths: list[str], message: str, hint: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        options.dataset(paths)
    assert hint in caught.value.hint


def test_of_one_setting_the_last_counts() -> None:
    recipe = options.with_settings(Recipe(), ["model.hidden=7", "epochs = 3", "hidden=8", "background=#ff0000"])
    assert recipe.model.hidden == 8
    assert recipe.training.epochs == 3
    assert recipe.preprocess.background == "#ff0000"


@pytest.mark.parametrize(
    "pair", ["hidden", "=3", "hiden=3", "hidden=many", "hidden=0", "family=rbm", "model.=3", "nan=nan"]
)
def test_settings_that_do_not_exist_are_named(pair: str) -> None:
    with pytest.raises(SettingsError):
        options.with_settings(Recipe(), [pair])


@pytest.mark.parametrize("turn", [1, -1])
def test_settings_that_hold_together_alone_may_come_in_any_order(turn: int) -> None:
    pairs = ["model.deviation=1", "model.first_deviation=1.5"][::turn]
    model = options.with_settings(Recipe(model=ConvSpec()), pairs).model
    assert isinstance(model, ConvSpec)
    assert (model.deviation, model.first_deviation) == (1.0, 1.5)
    with pytest.raises(SettingsError, match=r"cannot fall from 0\.2 to 1"):
        options.with_settings(Recipe(model=ConvSpec()), pairs[::turn][:1])


def test_a_name_that_several_settings_have_is_not_said_to_be_unknown() -> None:
    with pytest.raises(SettingsError, match=r"preprocess\.seed and training\.seed are both called seed"):
        options.with_settings(Recipe(), ["seed=3"])


def test_times_below_nothing_are_refused() -> None:
    assert options.minutes("0.5") == 0.5
    assert options.minutes("0") == 0
    for text in ("-3", "nan", "inf", "soon"):
        with pytest.raises(argparse.ArgumentTypeError, match="minutes"):
            options.minutes(text)


def test_numbers() -> None:
    assert options.seed("0") == 0
    assert options.count("12") == 12
    for text in ("-1", "x", "1.5", str(2**63), ""):
        with pytest.raises(argparse.ArgumentTypeError):
            options.seed(text)
    for text in ("0", "-3", "x"):
        with pytest.raises(argparse.ArgumentTypeError):
            options.count(text)


def test_where_nothing_can_be_written_is_said_before_work_begins(tmp_path: Path) -> None:
    assert options.output(tmp_path / "a.PNG", (".png",)) == tmp_path / "a.PNG"
    with pytest.raises(StudioError, match="there is no folder"):
        options.output(tmp_path / "gone" / "a.png", (".png",))
    with pytest.raises(ProjectError, match=r"should end in \.png"):
        options.output(tmp_path / "a.exe", (".png",))
    (tmp_path / "kept.png").write_bytes(b"old")
    (tmp_path / "kept.png").chmod(0o444)
    with pytest.raises(StudioError, match="may not be written"):
        options.output(tmp_path / "kept.png", (".png",))
    (tmp_path / "b.png").mkdir()
    with pytest.raises(StudioError, match="is a folder"):
        options.output(tmp_path / "b.png", (".png",))


@pytest.mark.parametrize("option", [["--transplant", "none.harmonium:3"], ["--fade", "none.harmonium:0.5"]])
def test_another_project_that_is_not_there_is_asked_for_as_such(
    option: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = texture_project(tmp_path / "a.harmonium")
    assert main(["dream", str(file), *option, "-o", str(tmp_path / "b.png")]) == 2
    said = capsys.readouterr().err
    assert "There is no file or folder none.harmonium." in said
    assert "another project" in said
    assert "sample:" not in said
