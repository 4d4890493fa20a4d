"""Dreams against pictures, mended and kept pictures: figures, and a sentence where there is nothing to judge."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.cli.main import main
from tests.unit.data.files import write_pictures

SMALL = [
    *("--set", "preprocess.height=8", "--set", "preprocess.width=8", "--set", "preprocess.held_out=0.3"),
    *("--set", "training.threads=1", "--steps", "12"),
]


def bars(folder: Path) -> str:
    rng = np.random.default_rng(0)
    folder.mkdir()
    for number in range(30):
        pixels = np.full((8, 8), 30)
        pixels[:, rng.integers(0, 6) :][:, :2] = rng.integers(120, 255)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number:02}.png")
    return str(folder)


def made(tmp_path: Path, preset: str, *settings: str) -> Path:
    out = tmp_path / f"{preset}.harmonium"
    data = tmp_path / "bars"
    sets = [word for setting in settings for word in ("--set", setting)]
    words = ["train", "--data", str(data) if data.exists() else bars(data), "--preset", preset, *SMALL, *sets]
    assert main([*words, "--out", str(out)]) == 0
    return out


def latent(tmp_path: Path) -> Path:
    return made(tmp_path, "faces-ae-rbm", "model.widths=4,6", "model.code=5", "model.hidden=6")


def figures(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, float | None]]:
    capsys.readouterr()
    assert main(["evaluate", *words, "--json"]) == 0
    found: dict[str, dict[str, float | None]] = json.loads(capsys.readouterr().out)
    return found


def test_dreams_are_held_against_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = latent(tmp_path)
    plain = made(tmp_path, "faces-rbm", "model.hidden=4")
    sheet = tmp_path / "sheet.png"
    words = [str(project), "--samples", "--sweeps", "2", "--beside", str(plain), "--sheet", str(sheet)]
    found = figures(capsys, *words)
    assert {"samples.mmd", "samples.mmd_training", "samples.mmd_independent", "samples.mmd_rbm"} <= set(found)
    assert found["samples.mmd"]["reference"] == found["samples.mmd_rbm"]["value"]
    assert found["samples.pictures"]["value"] == 9
    assert found["samples.nearest"]["value"] is not None
    with Image.open(sheet) as picture:
        assert picture.size == (12 * 8, 16)
    assert figures(capsys, *words) == found


def test_few_held_out_pictures_are_not_judged_by_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = made(tmp_path, "faces-rbm", "model.hidden=4", "preprocess.held_out=0.1")
    found = figures(capsys, str(project), "--samples", "--sweeps", "2")
    assert set(found) == {
        *("samples.mmd", "samples.mmd_low", "samples.mmd_high", "samples.mmd_colours", "samples.mmd_shapes"),
        *("samples.nearest", "samples.copies", "samples.pictures"),
    }
    assert found["samples.pictures"] == {"value": 30, "unit": "learned and held out", "reference": None, "ratio": None}


@pytest.mark.parametrize(("count", "kind"), [(8, "of --data"), (2, "learned and of --data")])
def test_pictures_that_are_given_are_said_to_be_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int, kind: str
) -> None:
    project = made(tmp_path, "faces-rbm", "model.hidden=4", "preprocess.held_out=0.1")
    others = write_pictures(tmp_path / "others", count)
    found = figures(capsys, str(project), "--data", str(others), "--samples", "--sweeps", "2")
    assert str(found["samples.pictures"]["unit"]) == kind


def test_an_autoencoder_is_not_called_a_texture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = made(tmp_path, "digits-dae", "model.code=6")
    for kind in ("a", "b"):
        write_pictures(tmp_path / "classes" / kind, 3)
    assert main(["evaluate", str(project), "--data", str(tmp_path / "classes"), "--features"]) == 2
    assert "This model has no features to tell pictures by" in capsys.readouterr().err


def test_what_is_mended_and_kept_has_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = latent(tmp_path)
    found = figures(capsys, str(project), "--denoise", "--reconstruction")
    assert found["denoise.pictures"]["value"] == found["reconstruction.pictures"]["value"] == 9
    gain, psnr = found["denoise.gain_db"]["value"], found["denoise.psnr"]["value"]
    assert gain is not None
    assert psnr is not None
    error = found["reconstruction.squared_error"]
    assert error["value"] is not None
    assert error["reference"] is not None
    assert error["ratio"] == pytest.approx(error["value"] / error["reference"])


def test_a_model_without_an_autoencoder_mends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = made(tmp_path, "faces-rbm", "model.hidden=4")
    capsys.readouterr()
    assert main(["evaluate", str(project), "--denoise"]) == 2
    assert "no autoencoder" in capsys.readouterr().err


def test_an_autoencoder_alone_has_no_dreams_to_judge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = made(tmp_path, "digits-dae", "model.code=6")
    capsys.readouterr()
    assert main(["evaluate", str(project), "--samples"]) == 2
    assert "does not dream" in capsys.readouterr().err
    assert main(["dream", str(project), "-o", str(tmp_path / "d.png")]) == 2
    assert "does not dream" in capsys.readouterr().err


def test_weights_over_codes_have_intervals_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(capsys, str(latent(tmp_path)), "--confidence")
    assert set(found) == {"confidence.relative", "confidence.share"}
    relative = found["confidence.relative"]["value"]
    assert relative is not None
    assert relative > 0
    alone = made(tmp_path, "digits-dae", "model.code=6")
    capsys.readouterr()
    assert main(["evaluate", str(alone), "--confidence"]) == 2
    assert "holds no plain RBM" in capsys.readouterr().err
