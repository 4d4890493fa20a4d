"""Held pictures with real threads: grown and healed in the window's session, and by the command that it copies."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.cli.main import main
from studio.data.picture import read_png_text
from studio.data.spec import DatasetSpec
from studio.dream.holes import Hole
from studio.dream.place import At, Hold
from studio.dream.settings import DreamSettings, Seamless, Start
from studio.jobs.status import Outcome, PlayerState
from studio.models.spec import TiledSpec
from studio.project.archive import read_project
from studio.project.held import Way
from studio.project.picture_recipe import from_text
from studio.session.session import Session
from tests.integration.listener import Listener
from tests.integration.small_session import WAIT, Wait, open_texture, pixels_of, sweep
from tests.unit.cli.small_projects import photograph, with_hole


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    return lambda seen: qtbot.waitUntil(seen, timeout=WAIT)


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    return photograph(tmp_path / "wall.png", (40, 36))


@pytest.fixture
def playing(session: Session, qtbot: QtBot, tmp_path: Path) -> Session:
    """A session in which a small texture model dreams, held still on 64 x 56 px."""
    open_texture(session, qtbot, tmp_path)
    session.pause_dream()
    session.set_dream(DreamSettings(width=64, height=56, seed=6))
    return session


def exported(session: Session, heard: Listener, wait: Wait, path: Path) -> NDArray[np.uint8]:
    heard.notices.clear()
    session.export_dream(path)
    wait(lambda: bool(heard.notices))
    assert heard.notices[-1].message == f"Saved {path.name}."
    with Image.open(path) as image:
        return np.asarray(image)


def drawn_again(session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch) -> NDArray[np.uint8]:
    """Run the command that the session copies, and return what it draws."""
    monkeypatch.chdir(folder)
    assert main(shlex.split(session.command_for_dream())[1:]) == 0
    with Image.open(folder / "dream.png") as image:
        return np.asarray(image)


def test_window_and_command_line_start_from_a_material_at_the_scale_it_was_learned_at(
    playing: Session, heard: Listener, wait: Wait, wall: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    playing.restart_dream(Start.PICTURE, str(wall))
    sweep(playing, heard, wait)
    found = exported(playing, heard, wait, tmp_path / "window.png")
    assert np.array_equal(found, drawn_again(playing, tmp_path, monkeypatch))


@pytest.mark.parametrize("at", [At.CENTRE, At.RIGHT])
def test_window_and_command_line_grow_the_same_pixels(
    playing: Session,
    heard: Listener,
    wait: Wait,
    wall: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at: At,
) -> None:
    playing.restart_dream(Start.PICTURE, str(wall))
    playing.hold_picture(str(wall), at)
    sweep(playing, heard, wait)
    found = exported(playing, heard, wait, tmp_path / "window.png")
    left = 12 if at is At.CENTRE else 24
    assert np.array_equal(found[10:46, left : left + 40], pixels_of(wall))
    assert heard.notices[-1].hint.startswith("64 x 56 px. Seam")
    assert np.array_equal(found, drawn_again(playing, tmp_path, monkeypatch))
    said, line = (from_text(read_png_text(tmp_path / name)) for name in ("window.png", "dream.png"))
    assert said.held == line.held
    assert said.held is not None
    assert (said.held.way, said.held.picture, said.held.left, said.held.top) == (Way.GROWN, "wall.png", left, 10)
    assert not said.alone


def test_another_seed_and_another_size_keep_it_and_the_canvas_grows_around_it(
    playing: Session, heard: Listener, wait: Wait, wall: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    playing.restart_dream(Start.PICTURE, str(wall))
    playing.hold_picture(str(wall), At.BOTTOM)
    sweep(playing, heard, wait)
    playing.set_dream(replace(playing.dream, width=80, height=72))
    found = exported(playing, heard, wait, tmp_path / "a.png")
    assert found.shape == (72, 80, 3)
    assert np.array_equal(found[36:, 20:60], pixels_of(wall))
    playing.set_dream(replace(playing.dream, seed=77))
    playing.restart_dream(Start.PICTURE, str(wall))
    assert playing.hold == Hold(str(wall), At.BOTTOM)
    sweep(playing, heard, wait)
    again = exported(playing, heard, wait, tmp_path / "b.png")
    assert np.array_equal(again[36:, 20:60], pixels_of(wall))
    assert np.array_equal(again, drawn_again(playing, tmp_path, monkeypatch))


def test_a_canvas_too_small_becomes_the_next_that_holds_it_and_undo_brings_it_back(
    playing: Session, heard: Listener, wait: Wait, wall: Path
) -> None:
    playing.set_dream(replace(playing.dream, width=32, height=48, chains=4))
    before = playing.dream
    playing.restart_dream(Start.PICTURE, str(wall))
    playing.hold_picture(str(wall))
    wait(lambda: playing.dream.width == 256)
    assert (playing.dream.height, playing.dream.chains) == (48, 1)
    playing.set_dream(replace(playing.dream, height=20))
    wait(lambda: playing.dream.height == 256)
    playing.undo()
    wait(lambda: playing.dream.height == 48)
    playing.undo()
    assert (playing.hold, playing.dream) == (None, before)
    wait(lambda: bool(heard.dreams()) and heard.dreams()[-1].canvas == (32, 48))
    playing.redo()
    wait(lambda: playing.dream.width == 256)
    assert playing.hold == Hold(str(wall))


def test_set_free_it_goes_on_and_its_recipe_no_longer_says_that_it_is_held(
    playing: Session, heard: Listener, wait: Wait, wall: Path, tmp_path: Path
) -> None:
    playing.restart_dream(Start.PICTURE, str(wall))
    playing.hold_picture(str(wall))
    sweep(playing, heard, wait, 2)
    playing.set_free()
    playing.sweep_once()
    wait(lambda: heard.dreams()[-1].sweep == 3)
    found = exported(playing, heard, wait, tmp_path / "free.png")
    assert np.mean(found[10:46, 12:52] == pixels_of(wall)) < 0.1
    said = from_text(read_png_text(tmp_path / "free.png"))
    assert (said.held, said.start) == (None, Start.NOISE)
    assert "not every pixel" in heard.notices[-1].hint


def test_what_is_held_stays_on_another_device(playing: Session, heard: Listener, wait: Wait, wall: Path) -> None:
    playing.hold_picture(str(wall))
    before = playing.dream
    playing.set_dream(replace(before, temperature=2.0))
    playing.set_device("cpu")
    sweep(playing, heard, wait)
    assert playing.hold == Hold(str(wall))
    playing.undo()
    assert (playing.hold, playing.dream.temperature) == (Hold(str(wall)), 1.0)
    assert playing.player is PlayerState.PAUSED


def test_undo_brings_no_hold_back_to_a_model_that_was_learned_since(
    playing: Session, heard: Listener, wait: Wait, wall: Path
) -> None:
    playing.hold_picture(str(wall))
    playing.set_dream(replace(playing.dream, temperature=2.0))
    playing.set_data(DatasetSpec((str(wall),)))
    playing.set_training(replace(playing.recipe.training, steps=3))
    playing.start()
    wait(lambda: bool(heard.ends))
    assert heard.ends == [(Outcome.COMPLETED, None)]
    assert playing.hold is None
    while playing.history[1]:
        playing.undo()
        assert playing.hold is None


def give_exemplar(session: Session, wait: Wait, path: Path) -> None:
    session.set_data(DatasetSpec((str(path),)))
    wait(lambda: session.dataset is not None and session.dataset.spec.paths == (str(path),))


def learn_a_little(session: Session, heard: Listener, wait: Wait) -> None:
    session.apply_preset("texture-fast")
    session.set_preprocess(replace(session.recipe.preprocess, height=22, width=22, held_out=0.0))
    session.set_model(TiledSpec(tile=4, filters=2))
    session.set_training(replace(session.recipe.training, seconds=0.0, steps=2, batch=2, chains=3))
    session.start()
    wait(lambda: bool(heard.ends))
    assert heard.ends == [(Outcome.COMPLETED, None)]


@pytest.mark.parametrize("freed", [True, False])
def test_another_model_dreams_on_the_canvas_that_was_asked_for_before_a_picture_became_it(
    playing: Session, heard: Listener, wait: Wait, wall: Path, freed: bool
) -> None:
    give_exemplar(playing, wait, wall)
    playing.heal()
    wait(lambda: (playing.dream.width, playing.dream.height) == (40, 36))
    if freed:
        playing.set_free()
        assert playing.dream.seamless is Seamless.NONE, "it goes on from what was there"
    learn_a_little(playing, heard, wait)
    assert (playing.dream.width, playing.dream.height, playing.dream.seamless) == (64, 56, Seamless.OWN)
    wait(lambda: heard.dreams()[-1].pictures.shape[1:3] == (56, 64))


def test_a_canvas_that_was_chosen_since_stays(playing: Session, heard: Listener, wait: Wait, wall: Path) -> None:
    give_exemplar(playing, wait, wall)
    playing.heal()
    wait(lambda: (playing.dream.width, playing.dream.height) == (40, 36))
    playing.set_free()
    playing.set_dream(replace(playing.dream, seamless=Seamless.X))
    learn_a_little(playing, heard, wait)
    assert (playing.dream.width, playing.dream.height, playing.dream.seamless) == (40, 36, Seamless.X)


@pytest.mark.parametrize("erased", [True, False])
def test_window_and_command_line_heal_the_same_pixels(
    playing: Session,
    heard: Listener,
    wait: Wait,
    wall: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    erased: bool,
) -> None:
    picture = with_hole(tmp_path / "torn.png", wall, slice(8, 20), slice(5, 25)) if erased else wall
    give_exemplar(playing, wait, picture)
    playing.heal()
    assert playing.player is PlayerState.PLAYING
    playing.pause_dream()
    wait(lambda: (playing.dream.width, playing.dream.height) == (40, 36))
    assert playing.dream.seamless is Seamless.NONE
    assert playing.hold == Hold(hole=Hole.ALPHA if erased else Hole.CENTRE)
    if not erased:
        playing.heal(Hole.TOP)
        playing.pause_dream()
    else:
        playing.restart_dream(Start.NOISE)
    sweep(playing, heard, wait)
    found = exported(playing, heard, wait, tmp_path / "window.png")
    hole = np.zeros((36, 40), np.bool_)
    hole[(slice(8, 20), slice(5, 25)) if erased else slice(18)] = True
    assert np.array_equal(found[~hole], pixels_of(wall)[~hole])
    assert np.mean(found[hole] == pixels_of(wall)[hole]) < 0.1
    assert np.array_equal(found, drawn_again(playing, tmp_path, monkeypatch))
    said, line = (from_text(read_png_text(tmp_path / name)) for name in ("window.png", "dream.png"))
    assert (said.held, said.model_hash, said.sweeps) == (line.held, line.model_hash, line.sweeps)
    assert said.held is not None
    assert (said.held.way, said.held.hole) == (Way.FILLED, "alpha" if erased else "top")
    playing.undo()
    playing.undo()
    assert playing.hold is None or playing.hold.hole is Hole.CENTRE


def test_what_cannot_be_held_is_said_and_nothing_is_held(
    playing: Session, heard: Listener, wait: Wait, tmp_path: Path
) -> None:
    playing.set_dream(replace(playing.dream, smooth=0.5))
    before = playing.dream
    playing.hold_picture(str(photograph(tmp_path / "tiny.png", (3, 9))))
    wait(lambda: bool(heard.notices))
    assert "less than one tile" in heard.notices[-1].message
    wait(lambda: playing.hold is None)
    playing.heal()
    wait(lambda: len(heard.notices) == 2)
    assert heard.notices[-1].message == "There is no exemplar at hand."
    wait(lambda: playing.hold is None and playing.dream == before)


def test_after_filling_the_dreams_own_settings_are_what_they_were(
    playing: Session, heard: Listener, wait: Wait, wall: Path, tmp_path: Path
) -> None:
    playing.set_dream(replace(playing.dream, chains=4, seamless=Seamless.X))
    before = playing.dream
    playing.hold_whole(str(wall))
    wait(lambda: (playing.dream.width, playing.dream.height) == (40, 36))
    playing.set_dream(replace(playing.dream, temperature=0.5))
    playing.save_project(tmp_path / "filled.harmonium")
    wait((tmp_path / "filled.harmonium").exists)
    before = replace(before, temperature=0.5)
    assert read_project(tmp_path / "filled.harmonium").dream == before
    playing.set_free()
    assert playing.dream.width == 40, "it goes on from what was there"
    playing.restart_dream(Start.NOISE)
    assert playing.dream == before
    wait(lambda: heard.dreams()[-1].pictures.shape[:3] == (4, 56, 64))
    assert heard.dreams()[-1].exact


def test_a_dream_that_begins_elsewhere_lets_go_of_a_filled_picture_with_its_canvas(
    playing: Session, heard: Listener, wait: Wait, wall: Path
) -> None:
    give_exemplar(playing, wait, wall)
    playing.set_dream(replace(playing.dream, smooth=0.5, drive=0.25))
    before = playing.dream
    playing.heal()
    wait(lambda: (playing.dream.width, playing.dream.height) == (40, 36))
    playing.undo()
    playing.redo()
    wait(lambda: (playing.dream.width, playing.dream.height) == (40, 36))
    playing.restart_dream(Start.PICTURE, str(wall))
    assert (playing.dream, playing.hold) == (before, None)
    wait(lambda: heard.dreams()[-1].canvas == (64, 56))


def test_undo_brings_no_canvas_back_of_a_picture_that_another_model_does_not_hold(
    playing: Session, heard: Listener, wait: Wait, wall: Path
) -> None:
    give_exemplar(playing, wait, wall)
    playing.heal()
    wait(lambda: (playing.dream.width, playing.dream.height) == (40, 36))
    playing.set_dream(replace(playing.dream, temperature=2.0))
    learn_a_little(playing, heard, wait)
    while playing.history[1]:
        playing.undo()
        assert playing.dream.width != 40
