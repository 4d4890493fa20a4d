"""Labelled pictures told apart by a model's features, from files to figures."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.cli.main import main
from studio.data.spec import Binarise, Preprocess
from studio.lab import least_squares, logistic
from studio.models.spec import ConvSpec, RbmSpec, TiledSpec, Visible
from studio.project.recipe import Recipe
from tests.unit.cli.small_projects import saved
from tests.unit.data.files import write_idx

FEW = 10  # iterations: stripes are told apart by then
CONV = ConvSpec(filters=4, side=5, block=2, visible=Visible.BERNOULLI)

TWO_LAYERS = dataclasses.replace(CONV, deeper=("3x2/2",))


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logistic, "ITERATIONS", FEW)


def stripes(kind: int, seed: int) -> NDArray[np.uint8]:
    """Return level, upright or slanting stripes at any place, (12, 12)."""
    rng = np.random.default_rng([kind, seed])
    down, right = np.mgrid[:12, :12]
    along = (down, right, down + right)[kind] + rng.integers(4)
    return np.asarray(np.where(along % 4 < 2, 220, 20) + rng.integers(0, 30, (12, 12)), np.uint8)


def folders(place: Path, counts: tuple[int, ...] = (30, 30, 30)) -> Path:
    for kind, count in enumerate(counts):
        (place / f"kind{kind}").mkdir(parents=True)
        for index in range(count):
            Image.fromarray(stripes(kind, index)).save(place / f"kind{kind}" / f"{index}.png")
    return place


def digits(place: Path) -> Path:
    """Save training and test pictures under MNIST's names; the test pictures bear wrong labels."""
    place.mkdir()
    for name, count, shift in (("train", 120, 0), ("t10k", 21, 1)):
        kinds = np.arange(count) % 3
        pixels = np.stack([stripes(kind, index) for index, kind in enumerate(kinds.tolist())])
        write_idx(place / f"{name}-images-idx3-ubyte", pixels)
        write_idx(place / f"{name}-labels-idx1-ubyte", ((kinds + shift) % 3).astype(np.uint8))
    return place


def project(folder: Path, model: ConvSpec | RbmSpec = CONV, **seen: object) -> Path:
    preprocess = Preprocess(**{"height": 12, "width": 12, "held_out": 0.3, **seen})  # type: ignore[arg-type]  # as told
    return saved(folder / "model.harmonium", Recipe(preprocess=preprocess, model=model))


def figures(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, float]]:
    assert main(["evaluate", *arguments, "--device", "cpu", "--json"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_folders_are_told_apart_by_features(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, data = project(tmp_path), folders(tmp_path / "data")
    found = figures([str(path), "--data", str(data), "--features", "--labels", "24"], capsys)
    assert set(found) == {"features.error_24", "features.pixels_error_24"}
    ours, plain = found["features.error_24"], found["features.pixels_error_24"]
    assert ours["value"] < 20
    assert ours["reference"] == plain["value"]
    assert plain["reference"] == pytest.approx(200 / 3, abs=25), "guessing one of three classes"


def test_bare_pixels_do_not_depend_on_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = folders(tmp_path / "data")
    (tmp_path / "other").mkdir()
    paths = project(tmp_path), project(tmp_path / "other", RbmSpec(hidden=6), binarise=Binarise.STOCHASTIC)
    conv, rbm = (figures([str(path), "--data", str(data), "--features"], capsys) for path in paths)
    assert conv["features.pixels_error_all"] == rbm["features.pixels_error_all"]
    assert figures([str(paths[1]), "--data", str(data), "--features"], capsys) == rbm, "nothing is drawn"


def test_the_test_set_judges_when_it_is_asked_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, data = project(tmp_path), digits(tmp_path / "digits")
    command = [str(path), "--data", str(data), "--features"]
    found = figures(command, capsys)
    assert set(found) == {f"features.{name}{end}" for name in ("error", "pixels_error") for end in ("", "_all")}
    assert found["features.error_all"]["value"] < 20
    assert found["features.error"]["value"] < 20
    assert figures([*command, "--final"], capsys)["features.error_all"]["value"] > 80, "its labels are wrong"


def test_many_pictures_are_told_apart_over_landmarks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, data = project(tmp_path, TWO_LAYERS), folders(tmp_path / "data")
    monkeypatch.setattr(least_squares, "LANDMARKS", 20)
    command = ["evaluate", str(path), "--data", str(data), "--features", "--device", "cpu"]
    assert main(command) == 0
    said = capsys.readouterr()
    assert "least squares over 20 of them, kernel of width" in said.err


def test_labelled_pictures_are_learned_in_variants_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, data = project(tmp_path), folders(tmp_path / "data")
    command = [str(path), "--data", str(data), "--features"]
    few = figures([*command, "--labels", "6"], capsys)
    assert main(["evaluate", *command, "--labels", "6", "--varied", "8", "--device", "cpu", "--json"]) == 0
    varied = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(varied) == set(few)
    assert varied["features.pixels_error_6"]["value"] < few["features.pixels_error_6"]["value"], "of six pictures"
    every = figures([*command, "--varied", "1"], capsys)
    assert {"features.error", "features.error_all"} <= set(every), "logistic regression, too"


def test_a_test_set_leaves_all_others_to_learn_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, data = project(tmp_path), digits(tmp_path / "digits")
    assert "features.error_120" in figures(
        [str(path), "--data", str(data), "--features", "--labels", "120", "--final"], capsys
    )


@pytest.mark.parametrize("model", [CONV, RbmSpec(hidden=6)])
def test_selectivity_stands_beside_shuffled_labels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], model: ConvSpec | RbmSpec
) -> None:
    path, data = project(tmp_path, model), folders(tmp_path / "data")
    found = figures([str(path), "--data", str(data), "--selectivity"], capsys)
    layer = "maps" if isinstance(model, ConvSpec) else "hidden"
    assert set(found) == {f"selectivity.{layer}.{name}{end}" for name in ("auc_pr", "entropy") for end in ("", "_mean")}
    area, left = found[f"selectivity.{layer}.auc_pr"], found[f"selectivity.{layer}.entropy"]
    assert 1 / 3 < area["value"] <= 1
    assert 0 <= left["value"] <= np.log2(3)
    assert 1 / 3 - 0.1 < area["reference"] < 0.7


def test_a_model_that_saw_all_pictures_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, data = project(tmp_path, held_out=0.0), folders(tmp_path / "data")
    assert main(["evaluate", str(path), "--data", str(data), "--selectivity", "--device", "cpu"]) == 0
    assert "nothing was held out in training" in capsys.readouterr().err


def test_what_cannot_be_judged_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = folders(tmp_path / "data")
    path, alone = project(tmp_path), str(data / "kind0")
    (tmp_path / "tiled").mkdir()
    tiled = saved(
        tmp_path / "tiled" / "t.harmonium", Recipe(preprocess=Preprocess(12, 12), model=TiledSpec(tile=4, filters=2))
    )
    cases = {
        "have no labels": [str(path), "--data", alone, "--selectivity"],
        "are of one class, kind0": [str(path), "--data", str(data / "kind0"), alone, "--selectivity"],
        "fewer than two pictures": [
            *(str(path), "--data", str(folders(tmp_path / "few", (9, 1))), "--selectivity"),
        ],
        "labelled pictures to learn from, not 900": [
            *(str(path), "--data", str(data)),
            "--selectivity",
            "--labels",
            "900",
        ],
        "no features to tell pictures by": [str(tiled), "--data", str(data), "--selectivity"],
        "has no test pictures": [str(path), "--data", str(data), "--features", "--final"],
    }
    for sentence, arguments in cases.items():
        assert main(["evaluate", *arguments, "--device", "cpu"]) == 2
        assert sentence in " ".join(capsys.readouterr().err.split())
