"""The command line as a person types it, from pictures to a dream."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.cli.main import main
from studio.data.picture import read_png_text
from studio.project.archive import read_project
from studio.project.picture_recipe import from_text
from studio.project.texture_judge import TextureJudge
from studio.training import precision

TRAIN = ["train", "--data", "sample:bars", "--preset", "bars-rbm", "--seed", "1"]


def run_json(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert main([*arguments, "--json"]) == 0
    value = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert isinstance(value, dict)
    return value


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said


def test_the_same_command_twice_gives_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        report = run_json([*TRAIN, "--epochs", "30", "--out", str(tmp_path / f"{name}.harmonium")], capsys)
        assert report["device"] == "cpu"
        dream = ["dream", str(tmp_path / f"{name}.harmonium"), "--grid", "4", "--sweeps", "30", "--seed", "5"]
        assert main([*dream, "-o", str(tmp_path / f"{name}.png")]) == 0
    first, second = (read_project(tmp_path / f"{name}.harmonium") for name in ("a", "b"))
    for name, array in first.weights.items():
        assert array.tobytes() == second.weights[name].tobytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_the_report_has_what_is_promised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = run_json([*TRAIN, "--epochs", "5", "--out", str(tmp_path / "a.harmonium")], capsys)
    promised = {"steps", "epochs", "seconds", "images_per_second", "reconstruction_error", "pseudo_likelihood"}
    assert promised | {"device"} <= set(report)
    assert report["epochs"] == pytest.approx(5, abs=0.5)


def test_a_timed_run_is_repeated_from_what_it_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = run_json([*TRAIN, "--seconds", "0.5", "--out", str(tmp_path / "timed.harmonium")], capsys)
    recorded = read_project(tmp_path / "timed.harmonium").recipe.training
    assert recorded.steps == report["steps"]
    again = ["--steps", str(recorded.steps), "--set", f"training.planned_steps={recorded.planned_steps}"]
    main([*TRAIN, *again, "--set", f"decay={recorded.decay}", "--out", str(tmp_path / "again.harmonium")])
    first, second = (read_project(tmp_path / f"{name}.harmonium").weights for name in ("timed", "again"))
    assert all(np.array_equal(array, second[name]) for name, array in first.items())


def test_fast_precision_is_kept_and_said_to_be_full_where_there_are_no_units(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "has_units", lambda _device: False)
    out = tmp_path / "fast.harmonium"
    assert main([*TRAIN, "--steps", "3", "--set", "training.precision=fast", "--device", "cpu", "--out", str(out)]) == 0
    assert capsys.readouterr().err.count("computed in full") == 1
    assert read_project(out).recipe.training.precision == "fast"


def test_training_goes_on_from_a_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "one.harmonium", tmp_path / "two.harmonium"
    first = run_json([*TRAIN, "--steps", "200", "--out", str(one)], capsys)
    run_json(["train", "--continue", str(one), "--steps", "50", "--out", str(two)], capsys)
    project = read_project(two)
    assert [run.number for run in project.runs] == [1, 2]
    curve = project.runs[1].curves.get("reconstruction_error")
    assert curve is not None
    assert curve.values[0] == pytest.approx(first["reconstruction_error"], rel=1e-3)


def test_ctrl_c_stops_and_keeps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    timer = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        report = run_json([*TRAIN, "--steps", "100000000", "--out", str(tmp_path / "kept.harmonium")], capsys)
    finally:
        timer.cancel()
        timer.join()
    assert report["outcome"] == "stopped"
    assert read_project(tmp_path / "kept.harmonium").weights
    assert signal.getsignal(signal.SIGINT) is before


def test_a_dream_carries_its_recipe_and_starts_where_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pictures_folder: Path
) -> None:
    file = tmp_path / "a.harmonium"
    run_json([*TRAIN, "--steps", "50", "--out", str(file)], capsys)
    picture = str(next(pictures_folder.iterdir()))
    for start in ("noise", "data", picture):
        out = tmp_path / "dream.png"
        assert main(["dream", str(file), "-o", str(out), "--start", start, "--sweeps", "3", "--grid", "9"]) == 0
        made = from_text(read_png_text(out))
        assert made.sweeps == 3
        assert made.dream.chains == 9
    capsys.readouterr()
    assert main(["dream", str(file), "-o", str(out), "--start", "data", "--index", "9999"]) == 2
    assert "There is no picture 9999" in capsys.readouterr().err
    assert main(["filters", str(file), "-o", str(tmp_path / "filters.png")]) == 0
    with Image.open(tmp_path / "filters.png") as sheet:
        assert min(sheet.size) > 40
    assert main(["info", str(file)]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "--data", "sample:bars", "--preset", "digits-rmb", "--out", "{}/a.harmonium"], "digits-rbm"),
        (["train", "--data", "sample:bars", "--device", "cuda:7", "--out", "{}/a.harmonium"], "cuda:7"),
        (["train", "--data", "{}/none", "--out", "{}/a.harmonium"], "none"),
        (["train", "--data", "{}", "--out", "{}/a.harmonium"], "pictures"),
        (["train", "--data", "sample:bars", "--out", "{}/gone/a.harmonium"], "no folder"),
        (["train", "--data", "sample:bars", "--set", "hidden=lots", "--out", "{}/a.harmonium"], "lots"),
        (["train", "--data", "sample:bars", "--set", "height=1", "--out", "{}/a.harmonium"], "1 px"),
        (["train", "--data", "sample:bars", "--set", "height=20000", "--out", "{}/a.harmonium"], "20000 px"),
        (["dream", "{}/none.harmonium", "-o", "{}/a.png"], "none.harmonium"),
        (["texture", "sample:bricks", "--preset", "bars-rbm", "-o", "{}/a.png"], "not a texture preset"),
    ],
)
def test_bad_input_is_one_sentence(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in refused([word.replace("{}", str(tmp_path)) for word in arguments], capsys)


def test_one_picture_and_identical_pictures_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "few"
    folder.mkdir()
    Image.new("L", (40, 40), 90).save(folder / "one.png")
    command = ["train", "--data", str(folder), "--out", str(tmp_path / "a.harmonium")]
    assert "patches" in refused(command, capsys)
    for index in range(5):
        Image.new("L", (40, 40), 90).save(folder / f"{index}.png")
    assert "identical" in refused(command, capsys)


def test_it_says_when_a_texture_looks_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [("looks_done", 2, 41.4)]
    monkeypatch.setattr(TextureJudge, "turn", lambda _judge, _step, _seconds: [found.pop()] if found else [])
    small = ["--set", "preprocess.height=24", "--set", "preprocess.width=24", "--set", "model.tile=5"]
    small += ["--set", "model.filters=4", "--set", "training.batch=4", "--set", "training.chains=3"]
    out = str(tmp_path / "wall.harmonium")
    train = ["train", "--data", "sample:bricks", "--preset", "texture-fast", "--steps", "4", "--out", out]
    assert main([*train, *small, "--json"]) == 0
    said = capsys.readouterr()
    assert said.err.count("looks done after 41 s") == 1
    assert json.loads(said.out.splitlines()[-1])["looks_done_seconds"] == 41.4
    assert main(["info", out]) == 0
    assert "after 41 s" in capsys.readouterr().out
