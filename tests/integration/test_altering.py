"""Altering with real threads: a copy is played, the trained model stays, all of it undone, kept, drawn by the shell."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.cli.main import main
from studio.dream.mixer import Mixer
from studio.dream.settings import DreamSettings, Start
from studio.dream.snapshot import SnapshotSettings
from studio.jobs.feed import Feed
from studio.jobs.status import PlayerState, RunState
from studio.models.altered import UNALTERED, Altered, Fade, FadeWay, Glitch, GlitchKind, Transplant
from studio.project.archive import read_project
from studio.project.hashing import model_hash
from studio.session.session import Session
from studio.session.workshop import Workshop
from tests.integration.listener import Listener
from tests.unit.cli.small_projects import conv_project, rbm_project, texture_project

WAIT = 30_000
HERE = DreamSettings(width=32, height=24, seed=6)
SHUFFLED = Altered((Glitch(GlitchKind.SHUFFLE, 0.8, 3),))
Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    return lambda seen: qtbot.waitUntil(seen, timeout=WAIT)


@pytest.fixture
def other(tmp_path: Path) -> str:
    return str(texture_project(tmp_path / "other.harmonium", smooth=True))


@pytest.fixture
def playing(session: Session, wait: Wait, tmp_path: Path) -> Session:
    """A session in which a small texture model dreams, held still on 32 x 24 px."""
    session.open_project(texture_project(tmp_path / "wall.harmonium"))
    wait(lambda: session.player is PlayerState.PLAYING)
    session.pause_dream()
    session.set_snapshots(SnapshotSettings(every=0))
    session.set_dream(HERE)
    return session


def dreamt(session: Session, heard: Listener, wait: Wait, count: int = 2) -> NDArray[np.float32]:
    """Begin anew, take sweeps one by one, and return what the last shows."""
    session.restart_dream(Start.NOISE)
    for number in range(1, count + 1):
        heard.frames.clear()
        session.sweep_once()
        wait(partial(shows, heard, number))
    return heard.dreams()[-1].pictures


def shows(heard: Listener, sweep: int) -> bool:
    return bool(heard.dreams()) and heard.dreams()[-1].sweep == sweep


def weights_now(session: Session, wait: Wait, path: Path) -> str:
    """Return the hash of what would be saved."""
    session.save_project(path)
    wait(lambda: session.project.path == path and not session.project.dirty)
    return model_hash(read_project(path).weights)


def test_it_acts_and_is_undone_and_the_project_stays(
    playing: Session, heard: Listener, wait: Wait, tmp_path: Path
) -> None:
    learned = dreamt(playing, heard, wait)
    before = model_hash(read_project(tmp_path / "wall.harmonium").weights)
    playing.set_altered(SHUFFLED, "a glitch")
    altered = dreamt(playing, heard, wait)
    assert not np.array_equal(altered, learned)
    assert weights_now(playing, wait, tmp_path / "saved.harmonium") == before
    playing.undo()
    assert playing.altered == UNALTERED
    assert np.array_equal(dreamt(playing, heard, wait), learned)
    playing.redo()
    assert np.array_equal(dreamt(playing, heard, wait), altered)


def test_the_chain_goes_on_from_where_it_stands(playing: Session, heard: Listener, wait: Wait) -> None:
    dreamt(playing, heard, wait)
    heard.frames.clear()
    playing.set_altered(SHUFFLED)
    playing.sweep_once()
    wait(lambda: shows(heard, 3))


def test_what_is_altered_is_saved_and_opened_again(
    playing: Session, heard: Listener, wait: Wait, tmp_path: Path
) -> None:
    playing.set_altered(SHUFFLED)
    altered = dreamt(playing, heard, wait)
    weights_now(playing, wait, tmp_path / "saved.harmonium")
    playing.new_project()
    wait(lambda: playing.altered == UNALTERED and playing.player is PlayerState.EMPTY)
    playing.open_project(tmp_path / "saved.harmonium")
    wait(lambda: playing.player is PlayerState.PLAYING)
    assert playing.altered == SHUFFLED
    playing.pause_dream()
    assert np.array_equal(dreamt(playing, heard, wait), altered)


def test_it_is_kept_until_that_is_undone(playing: Session, heard: Listener, wait: Wait, tmp_path: Path) -> None:
    learned = dreamt(playing, heard, wait)
    before = model_hash(read_project(tmp_path / "wall.harmonium").weights)
    playing.set_altered(SHUFFLED)
    altered = dreamt(playing, heard, wait)
    playing.keep_altered()
    wait(lambda: playing.altered == UNALTERED)
    assert np.array_equal(dreamt(playing, heard, wait), altered)
    kept = weights_now(playing, wait, tmp_path / "kept.harmonium")
    assert kept != before
    playing.undo()
    assert playing.altered == SHUFFLED
    assert np.array_equal(dreamt(playing, heard, wait), altered)
    playing.undo()
    assert np.array_equal(dreamt(playing, heard, wait), learned)
    assert weights_now(playing, wait, tmp_path / "back.harmonium") == before
    playing.redo()
    playing.redo()
    assert playing.altered == UNALTERED
    assert np.array_equal(dreamt(playing, heard, wait), altered)
    assert weights_now(playing, wait, tmp_path / "again.harmonium") == kept


def test_a_snapshot_brings_back_how_the_model_was_altered(
    playing: Session, heard: Listener, wait: Wait, qtbot: QtBot, other: str
) -> None:
    joined = Altered((), Fade(other, 0.5, FadeWay.ENERGIES))
    playing.set_altered(joined)
    playing.set_mixer(Mixer().with_muted((0, 3), True))
    dreamt(playing, heard, wait)
    playing.keep_snapshot()
    wait(lambda: len(playing.snapshots) == 1)
    playing.sweep_once()
    wait(lambda: shows(heard, 3))
    then = heard.dreams()[-1].pictures
    playing.set_altered(UNALTERED)
    playing.sweep_once()
    wait(lambda: shows(heard, 4))
    with qtbot.waitSignal(playing.rewound, timeout=WAIT):
        playing.rewind(1)
    assert playing.altered == joined
    heard.frames.clear()
    playing.sweep_once()
    wait(lambda: shows(heard, 3))
    assert np.array_equal(heard.dreams()[-1].pictures, then)


def test_what_does_not_fit_is_said_and_what_was_played_plays_on(
    playing: Session, heard: Listener, wait: Wait, tmp_path: Path
) -> None:
    playing.set_altered(SHUFFLED)
    altered = dreamt(playing, heard, wait)
    wrong = replace_fade(SHUFFLED, str(rbm_project(tmp_path / "digits.harmonium")))
    playing.set_altered(wrong)
    wait(lambda: bool(heard.notices))
    assert heard.notices[-1].message == "digits.harmonium holds an RBM, and this model is a texture model."
    wait(lambda: playing.altered == SHUFFLED)
    assert np.array_equal(dreamt(playing, heard, wait), altered)


def replace_fade(altered: Altered, path: str) -> Altered:
    return dataclasses.replace(altered, fade=Fade(path, 0.5))


def test_a_slider_that_moves_on_is_followed_to_where_it_stops(
    playing: Session, heard: Listener, wait: Wait, other: str
) -> None:
    for share in np.linspace(0, 1, 21):
        playing.set_altered(Altered((), Fade(other, float(share))), "the share of the fade")
    wait(lambda: playing._asked is None)
    found = dreamt(playing, heard, wait)
    playing.set_altered(UNALTERED)
    playing.set_altered(Altered((), Fade(other, 1.0)))
    wait(lambda: playing._asked is None)
    assert np.array_equal(dreamt(playing, heard, wait), found)


def test_a_layered_model_fades_by_energies_as_it_dreams(
    session: Session, heard: Listener, wait: Wait, tmp_path: Path
) -> None:
    path = conv_project(tmp_path / "deep.harmonium")
    session.open_project(path)
    wait(lambda: session.player is PlayerState.PLAYING)
    session.set_mixer(Mixer().with_gain((1, 5), 0.5))
    for altered in (Altered((), Fade(str(path), 0.5, FadeWay.ENERGIES)), UNALTERED, SHUFFLED):
        heard.frames.clear()
        session.set_altered(altered)
        wait(lambda: len(heard.dreams()) > 2)
    assert not heard.notices


def test_the_copied_command_draws_the_same_pixels(
    playing: Session, heard: Listener, wait: Wait, tmp_path: Path, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    glitches = (Glitch(GlitchKind.QUANTISE, 0.9, 1, units=(1, 2)), Transplant(other, (3,), (5,)))
    for number, way in enumerate(FadeWay):
        playing.set_altered(Altered(glitches, Fade(other, 0.3, way)))
        dreamt(playing, heard, wait)
        path = tmp_path / f"window{number}.png"
        playing.export_dream(path)
        wait(path.exists)
        words = shlex.split(playing.command_for_dream())
        assert "--transplant" in words
        monkeypatch.chdir(tmp_path)
        assert main(words[1:]) == 0
        with Image.open(path) as window, Image.open(tmp_path / "dream.png") as line:
            assert np.array_equal(np.asarray(window), np.asarray(line))


def test_a_picture_of_a_glitched_model_is_drawn_again(
    playing: Session, heard: Listener, wait: Wait, tmp_path: Path, qtbot: QtBot
) -> None:
    playing.set_altered(SHUFFLED)
    then = dreamt(playing, heard, wait)
    path = tmp_path / "glitched.png"
    playing.export_dream(path)
    wait(lambda: any("Saved glitched" in notice.message for notice in heard.notices))
    playing.set_altered(UNALTERED)
    with qtbot.waitSignal(playing.recipe_looked_for, timeout=WAIT) as looked:
        playing.look_for_recipe(path)
    assert looked.args is not None
    found = looked.args[1]
    assert found.restores
    heard.frames.clear()
    playing.restore(found)
    wait(lambda: shows(heard, 2))
    assert playing.altered == SHUFFLED
    assert np.array_equal(heard.dreams()[-1].pictures, then)


def test_training_goes_on_from_what_was_learned(session: Session, heard: Listener, wait: Wait) -> None:
    session.apply_preset("bars-rbm")
    session.set_sample("bars")
    session.set_training(dataclasses.replace(session.recipe.training, steps=20, seed=4))
    session.start()
    wait(lambda: len(heard.ends) == 1)
    session.set_altered(SHUFFLED)
    session.keep_altered()
    wait(lambda: session.altered == UNALTERED)
    session.set_altered(SHUFFLED)
    session.continue_training()
    wait(lambda: len(heard.ends) == 2)
    assert heard.ends[1][1] is None
    assert session.altered == UNALTERED
    session.undo()
    assert session.altered == UNALTERED  # the weights that it altered are no more
    assert session._base == 0


def test_a_snapshot_from_before_a_run_alters_nothing_that_learns(
    session: Session, heard: Listener, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    session.apply_preset("bars-rbm")
    session.set_sample("bars")
    session.set_training(dataclasses.replace(session.recipe.training, steps=20, seed=4))
    session.start()
    wait(lambda: len(heard.ends) == 1)
    path = tmp_path / "bars.harmonium"
    session.save_project(path)
    wait(path.exists)
    session.set_mixer(Mixer().with_gain((1, 2), 0.5))
    session.set_altered(Altered((), Fade(str(path), 0.5, FadeWay.ENERGIES)))
    session.keep_snapshot()
    wait(lambda: len(session.snapshots) == 1)
    session.set_training(dataclasses.replace(session.recipe.training, steps=100_000))
    session.continue_training()
    wait(lambda: session.status.state is RunState.TRAINING)
    session.pause()
    with qtbot.waitSignal(session.rewound, timeout=WAIT):
        session.rewind(1)
    assert session.altered == UNALTERED
    heard.frames.clear()
    session.play()
    wait(lambda: len(heard.dreams()) > 2)
    session.stop()
    wait(lambda: len(heard.ends) == 2)
    assert heard.ends[1][1] is None


def test_a_copy_of_unsaved_work_holds_what_was_learned(tmp_path: Path) -> None:
    project = read_project(texture_project(tmp_path / "wall.harmonium"))
    workshop = Workshop(Feed())
    workshop.open(project, "cpu")
    assert workshop.alter(SHUFFLED).altered == SHUFFLED
    for kept in (workshop.to_autosave().project, workshop.captured()):
        assert model_hash(kept.weights) == model_hash(project.weights)
