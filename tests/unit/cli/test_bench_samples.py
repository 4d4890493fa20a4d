"""Dreams against pictures that were kept back, fold by fold."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.cli import bench_samples, judge_codes
from studio.cli.bench_samples import folds, over_folds
from studio.cli.main import main
from studio.cli.report import Figure
from studio.cli.subject import Subject
from studio.data.load import load
from studio.data.spec import DatasetSpec, Preprocess
from studio.project.recipe import Recipe

SMALL = ["--preset", "faces-ae-rbm", "--beside", "faces-rbm", "--steps", "2", "--sweeps", "1", "--json"]


def pictures(folder: Path, number: int) -> str:
    for place in range(number):
        pixels = np.random.default_rng(place).integers(0, 255, (8, 8)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{place:02}.png")
    return str(folder)


def test_every_picture_is_kept_back_once(tmp_path: Path) -> None:
    recipe = Recipe(DatasetSpec((pictures(tmp_path, 7),)), Preprocess(held_out=0.0))
    parts = folds(recipe, 3)
    kept_back: list[str] = []
    for learned, unseen in parts:
        names = [load(spec, recipe.preprocess).names for spec in (learned, unseen)]
        assert not set(names[0]) & set(names[1])
        assert len(names[0]) + len(names[1]) == 7
        kept_back += names[1]
    assert sorted(kept_back) == sorted(load(recipe.data, recipe.preprocess).names)


def test_dreams_are_held_against_the_fold_that_was_kept_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(judge_codes, "DREAMS", 6)
    asked: list[Subject] = []

    def figures(subject: Subject) -> dict[str, Figure]:
        asked.append(subject)
        return judge_codes.samples_figures(subject)

    monkeypatch.setattr(bench_samples, "samples_figures", figures)
    assert main(["bench", "samples", "--data", pictures(tmp_path, 6), "--folds", "2", *SMALL]) == 0
    found = json.loads(capsys.readouterr().out)
    means = {f"samples.{name}" for name in bench_samples.MEANS}
    assert means <= set(found)
    assert found["samples.folds"]["value"] == 2
    ratio = found["samples.mmd"]["value"] / found["samples.mmd_rbm"]["value"]
    assert found["samples.ratio_rbm"]["value"] == pytest.approx(ratio)
    for subject in asked:
        learned, unseen = judge_codes.split(subject)
        assert len(learned) == len(unseen) == 3
        assert not any((one == unseen).all((1, 2, 3)).any() for one in learned)


def test_folds_are_told_by_their_mean_and_error() -> None:
    values = {"mmd": (1.0, 3.0), "mmd_rbm": (2.0, 6.0), "mmd_independent": (4.0, 2.0)}
    each = [{f"samples.{name}": Figure(pair[fold], "") for name, pair in values.items()} for fold in (0, 1)]
    found = {name: figure.value for name, figure in over_folds(each).items()}
    assert found == {
        **{"samples.mmd": 2, "samples.mmd_rbm": 4, "samples.mmd_independent": 3, "samples.mmd_error": 1},
        **{"samples.ratio_rbm": 0.5, "samples.nearer_than_rbm": 2, "samples.folds": 2},
        **{"samples.ratio_independent": pytest.approx(2 / 3), "samples.nearer_than_independent": 1},
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--folds", "1"], "do not make 1 folds"),
        (["--folds", "4"], "6 pictures do not make 4 folds of 2"),
        (["--preset", "texture"], "texture learns parts of pictures"),
        (["--seconds", "1", "--steps", "2"], "not allowed with"),
    ],
)
def test_what_cannot_be_folded_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["bench", "samples", "--data", pictures(tmp_path, 6), *words]) == 2
    assert said in capsys.readouterr().err
