"""Two materials from the command line and in the window's session: learned apart, leant, blended, restored."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.cli.main import main
from studio.data.picture import read_png_text
from studio.dream.settings import Blend
from studio.jobs.status import Outcome
from studio.models.spec import Family, TiledSpec
from studio.project.archive import read_project
from studio.project.picture_recipe import command, from_text
from studio.session.session import Session
from tests.integration.listener import Listener

WAIT = 30_000
QUICK = ["--scale", "1", "--sweeps", "4", "--size", "40x30", "--device", "cpu", "--set", "model.tile=5"]
QUICK += ["--set", "model.filters=4", "--set", "width=24", "--set", "height=24", "--set", "training.seconds=0"]
QUICK += ["--set", "training.steps=6", "--set", "batch=4", "--set", "chains=3"]


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    """Lying and standing waves, the latter lighter."""
    waves = np.sin(np.arange(140) * 2 * np.pi / 6)[:, None] * np.ones(140)
    noise = np.random.default_rng(0).normal(0, 6, waves.shape)
    for name, pixels in (("lying", 90 + 50 * waves), ("standing", 160 + 50 * waves.T)):
        Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8)).save(tmp_path / f"{name}.png")
    return [str(tmp_path / f"{name}.png") for name in ("lying", "standing")]


def pixels(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize("mix", [["--lean", "0.5"], ["--blend", "across"], ["--blend", "MAP"]], ids=lambda mix: mix[1])
def test_a_picture_of_two_materials_is_restored_by_its_command(
    mix: list[str], photos: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Image.fromarray(np.tile(np.arange(0, 250, 10, dtype=np.uint8), (9, 1))).save("map.png")
    mix = [word.replace("MAP", "map.png") for word in mix]
    assert main(["texture", *photos, "-o", "tile.png", "--keep", "two.harmonium", *mix, *QUICK]) == 0
    project = read_project(tmp_path / "two.harmonium")
    assert isinstance(project.recipe.model, TiledSpec)
    assert project.recipe.model.textures == 2
    made = from_text(read_png_text(tmp_path / "tile.png"))
    assert {str(made.dream.lean), str(made.dream.blend), made.dream.blend_picture} >= {mix[1]}
    words = shlex.split(command(made, "two.harmonium", "again.png"))
    assert main(words[1:]) == 0
    assert np.array_equal(pixels(tmp_path / "again.png"), pixels(tmp_path / "tile.png"))
    assert main([*without_mix(words), "-o", "plain.png"]) == 0
    assert not np.array_equal(pixels(tmp_path / "plain.png"), pixels(tmp_path / "tile.png"))


def without_mix(words: list[str]) -> list[str]:
    """Return the arguments of a dream command without those on mixtures and output."""
    kept, skip = [], False
    for word in words[1:]:
        if skip or word in ("--lean", "--blend", "-o"):
            skip = not skip
            continue
        kept.append(word)
    return kept


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["texture", "PHOTO", "--lean", "0.5"], "one material"),
        (["texture", "PHOTO", "PHOTO2", "--lean", "1.5"], "beyond the last of 2"),
        (["texture", "PHOTO", "PHOTO2", "--blend", "sideways"], "no file or folder sideways"),
        (["texture", "PHOTO", "PHOTO2", "--blend", "sideways"], "Choose across, down, centre, or a grey picture."),
        (["texture", "PHOTO", "PHOTO2", "--blend", "NOTES"], "cannot be used"),
        (["texture", "PHOTO", "PHOTO2", "--set", "model.textures=3"], "3 materials, and there are 2 pictures"),
    ],
)
def test_mixtures_that_cannot_be_are_refused(
    arguments: list[str], words: str, photos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    names = {"PHOTO": photos[0], "PHOTO2": photos[1], "NOTES": str(tmp_path / "notes.txt")}
    given = [names.get(word, word) for word in arguments]
    assert main([*given, "-o", str(tmp_path / "tile.png"), *QUICK]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_a_model_of_one_material_does_not_lean(
    photos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "one.harmonium"
    assert main(["texture", photos[0], "-o", str(tmp_path / "tile.png"), "--keep", str(kept), *QUICK]) == 0
    capsys.readouterr()
    assert main(["dream", str(kept), "--blend", "centre", "-o", str(tmp_path / "b.png"), "--sweeps", "1"]) == 2
    assert "one material" in capsys.readouterr().err


def test_in_the_session_a_dream_leans_is_undone_and_comes_back_from_its_file(
    session: Session, heard: Listener, qtbot: QtBot, photos: list[str], tmp_path: Path
) -> None:
    session.add_data(photos[:1])
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=WAIT)
    assert session.recipe.model.family is Family.TEXTURE
    notices: list[str] = []
    session.notice_posted.connect(lambda notice: notices.append(notice.message))
    session.add_data(photos[1:])
    assert "All pictures are learned as one material." in notices
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, height=24, width=24))
    session.set_model(TiledSpec(tile=5, filters=4, textures=2))
    training = session.recipe.training
    session.set_training(dataclasses.replace(training, seconds=0.0, steps=12, batch=4, chains=3))
    session.start()
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    assert heard.ends == [(Outcome.COMPLETED, None)]
    assert session.textures == 2
    session.set_dream(dataclasses.replace(session.dream, lean=1.0, width=40, height=30))
    assert "--lean 1.0" in session.command_for_dream()
    session.set_dream(dataclasses.replace(session.dream, blend=Blend.PICTURE, blend_picture=photos[0]))
    assert f"--blend {photos[0]}" in session.command_for_dream()
    session.undo()
    assert session.dream.blend is Blend.NONE
    session.redo()
    session.save_project(tmp_path / "two.harmonium")
    qtbot.waitUntil(lambda: (tmp_path / "two.harmonium").exists(), timeout=WAIT)
    qtbot.waitUntil(lambda: session.project.path is not None, timeout=WAIT)
    Path(photos[0]).rename(tmp_path / "moved.png")
    session.open_project(tmp_path / "two.harmonium")
    qtbot.waitUntil(lambda: any("map lying.png" in message for message in notices), timeout=WAIT)
    assert session.dream.blend is Blend.NONE
    assert session.textures == 2
