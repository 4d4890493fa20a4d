"""What is asked for while something else is still under way: nothing is mixed up, and nothing is lost."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.dream.mixer import Mixer
from studio.dream.settings import Blend
from studio.dream.strokes import Brush, Form, Stroke
from studio.jobs.status import Outcome, PlayerState, RunState
from studio.models.altered import Altered, Glitch, GlitchKind
from studio.models.spec import TiledSpec
from studio.project.archive import Project, read_project, write_project
from studio.project.going_on import fits
from studio.project.recipe import Recipe
from studio.session import autosave, files
from studio.session.session import Session
from studio.session.workshop import Workshop
from tests.integration.listener import Listener
from tests.unit.cli.small_projects import rbm_project, texture_project

WAIT = 30_000
MUTED = Mixer(muted=frozenset({1, 2}))
SHUFFLED = Altered((Glitch(GlitchKind.SHUFFLE, 0.8, 3),))
BARS = DatasetSpec(("sample:bars",))
BLOB = Stroke(Brush.COLOUR, Form.LINE, points=((6.0, 6.0, 1.0),), size=6, colour=(1.0, 1.0, 1.0))
Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    return lambda seen: qtbot.waitUntil(seen, timeout=WAIT)


class Gate:
    """Holds a thread up until it is opened."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.reached = threading.Event()

    def open(self) -> None:
        self._event.set()

    def pass_through(self) -> None:
        self.reached.set()
        assert self._event.wait(30)

    def before(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return work that waits for the gate first."""

        def waits(*what: object) -> Any:
            self.pass_through()
            return work(*what)

        return waits


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open()


@pytest.fixture
def wall(session: Session, wait: Wait, tmp_path: Path) -> Path:
    """The file of a texture model that dreams, held still."""
    path = texture_project(tmp_path / "wall.harmonium")
    session.open_project(path)
    wait(lambda: session.player is PlayerState.PLAYING)
    session.pause_dream()
    return path


def settled(session: Session, wait: Wait) -> None:
    """Wait until the compute thread has done all that was asked for."""
    done: list[None] = []
    told = session.devices_found.connect(lambda _: done.append(None))
    session._compute.ask("Looking for devices", lambda workshop: workshop.devices())
    wait(lambda: bool(done))
    session.devices_found.disconnect(told)


def held(session: Session, wait: Wait) -> int:
    """Return how many numbers of the dream are held still."""
    found: list[int] = []

    def look(workshop: Workshop) -> None:
        chain = workshop.player.chain
        mask = chain.controls.mask if chain is not None else None
        found.append(0 if mask is None else int(mask.sum()))

    session._compute.ask("Looking", look)
    wait(lambda: bool(found))
    return found[0]


def learn(session: Session, heard: Listener, wait: Wait) -> None:
    session.apply_preset("bars-rbm")
    session.set_data(BARS)
    session.set_training(dataclasses.replace(session.recipe.training, steps=40))
    session.start()
    wait(lambda: heard.ends == [(Outcome.COMPLETED, None)])
    session.set_training(dataclasses.replace(session.recipe.training, steps=1_000_000))


def test_a_project_that_is_put_away_while_it_is_saved_is_saved_whole(
    session: Session, wall: Path, gate: Gate, wait: Wait, tmp_path: Path
) -> None:
    other = rbm_project(tmp_path / "other.harmonium")
    session.set_training(dataclasses.replace(session.recipe.training, batch=13))
    session._compute.ask("A large canvas", lambda _: gate.pass_through())
    session.save_project()
    session.open_project(other)
    wait(lambda: session.project.path == other)
    gate.open()
    settled(session, wait)
    session.files.read_mask(other)  # the thread of files takes one after the other
    wait(lambda: session.recent[:2] == (wall, other))
    assert session.project.path == other
    assert not session.project.dirty
    project = read_project(wall)
    assert isinstance(project.recipe.model, TiledSpec)
    assert project.weights.keys() != read_project(other).weights.keys()
    assert project.meta["draft"]["training"]["batch"] == 13


def test_what_is_changed_while_a_project_is_written_stays_unsaved(
    session: Session, wall: Path, gate: Gate, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "write_project", gate.before(write_project))
    told: list[bool] = []
    session.set_training(dataclasses.replace(session.recipe.training, batch=13))
    session.project_changed.connect(lambda info: told.append(info.dirty))
    session.save_project()
    wait(gate.reached.is_set)
    session.set_training(dataclasses.replace(session.recipe.training, batch=14))
    gate.open()
    wait(lambda: bool(told))
    assert told == [True]
    assert read_project(wall).meta["draft"]["training"]["batch"] == 13


def test_a_model_is_in_its_file_whatever_else_was_changed_while_it_was_written(
    session: Session, heard: Listener, gate: Gate, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "write_project", gate.before(write_project))
    learn(session, heard, wait)
    assert session.at_stake > 0
    session.save_project(tmp_path / "a.harmonium")
    wait(gate.reached.is_set)
    session.set_training(dataclasses.replace(session.recipe.training, batch=14))
    gate.open()
    wait(lambda: session.project.path is not None)
    assert (session.project.dirty, session.at_stake) == (True, 0)


def test_what_is_learned_while_a_project_is_written_is_still_at_stake(
    session: Session, heard: Listener, gate: Gate, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "write_project", gate.before(write_project))
    learn(session, heard, wait)
    session.save_project(tmp_path / "a.harmonium")
    wait(gate.reached.is_set)
    session.continue_training()
    wait(lambda: session.progress is not None)
    session.stop(keep=True)
    wait(lambda: len(heard.ends) == 2)
    gate.open()
    wait(lambda: session.project.path is not None)
    assert session.at_stake > 0


def test_what_is_changed_while_another_project_is_read_is_not_put_away(
    session: Session,
    heard: Listener,
    wall: Path,
    gate: Gate,
    wait: Wait,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = rbm_project(tmp_path / "other.harmonium")
    monkeypatch.setattr(files, "read_project", gate.before(read_project))
    session.open_project(other)
    wait(gate.reached.is_set)
    session.set_training(dataclasses.replace(session.recipe.training, batch=13))
    gate.open()
    wait(lambda: bool(heard.notices))
    assert "was not opened" in heard.notices[-1].message
    assert (session.project.path, session.recipe.training.batch) == (wall, 13)
    session.open_project(other)
    wait(lambda: session.project.path == other)


def test_start_reads_the_pictures_that_were_chosen_where_reading_them_was_cancelled(
    session: Session, heard: Listener, wait: Wait
) -> None:
    learn(session, heard, wait)
    chosen = DatasetSpec(("sample:glyphs",))
    session.set_data(chosen)
    session.cancel_loading()
    session.start()
    wait(lambda: session.status.state is RunState.TRAINING)
    assert session.dataset is not None
    assert session.dataset.spec == chosen
    session.stop(keep=False)
    wait(lambda: session.status.state is RunState.IDLE)


def test_cancelling_what_is_read_calls_the_run_off_that_waits_for_it(session: Session, heard: Listener) -> None:
    session.apply_preset("bars-rbm")
    session.set_data(BARS)
    session.start()
    session.cancel_loading()
    assert heard.states == [RunState.PREPARING, RunState.IDLE]
    assert not session.runs


def test_a_run_that_is_stopped_before_its_first_step_leaves_the_model_before(
    session: Session, heard: Listener, wait: Wait
) -> None:
    learn(session, heard, wait)
    assert session.kept is not None
    before = session.kept.weights["weights"].copy()
    session.start()
    session.stop(keep=True)
    wait(lambda: len(heard.ends) == 2)
    assert np.array_equal(session.kept.weights["weights"], before)
    assert len(session.runs) == 1


def test_a_run_that_is_thrown_away_leaves_what_was_done_to_the_model_before(
    session: Session, heard: Listener, wait: Wait
) -> None:
    learn(session, heard, wait)
    session.set_mixer(MUTED)
    session.set_altered(SHUFFLED)
    settled(session, wait)
    session.start()
    wait(lambda: session.status.state is RunState.TRAINING)
    assert (session.mixer, session.altered.neutral) == (Mixer(), True)
    session.stop(keep=False)
    wait(lambda: len(heard.ends) == 2)
    assert (session.mixer, session.altered) == (MUTED, SHUFFLED)
    levels: list[object] = []
    session._compute.ask("Looking", lambda workshop: levels.extend((workshop.altered, workshop.player.chain)))
    wait(lambda: bool(levels))
    assert levels[0] == SHUFFLED
    session.set_training(dataclasses.replace(session.recipe.training, batch=13))
    session.undo()
    assert (session.mixer, session.altered) == (MUTED, SHUFFLED)


@pytest.mark.usefixtures("wall")
def test_on_another_device_the_model_goes_on_with_all_that_was_done_to_it(session: Session, wait: Wait) -> None:
    session.set_mixer(MUTED)
    session.set_altered(SHUFFLED)
    session.begin_stroke(BLOB)
    settled(session, wait)
    before, strokes = held(session, wait), session.strokes
    assert before > 0
    session.set_device("cpu")
    assert held(session, wait) == before
    assert (session.mixer, session.altered, session.strokes) == (MUTED, SHUFFLED, strokes)
    session.undo()
    assert session.strokes == ()
    assert held(session, wait) == 0


def test_what_was_painted_does_not_outlive_its_model(session: Session, wall: Path, wait: Wait, tmp_path: Path) -> None:
    session.begin_stroke(BLOB)
    assert held(session, wait) > 0
    session.open_project(rbm_project(tmp_path / "other.harmonium"))
    wait(lambda: session.project.path != wall)
    assert held(session, wait) == 0


@pytest.mark.usefixtures("wall")
def test_a_device_that_cannot_take_the_model_leaves_it_on_the_processor(
    session: Session, heard: Listener, wait: Wait
) -> None:
    session.set_mixer(MUTED)
    session.set_device("cuda:7")
    wait(lambda: bool(heard.notices))
    settled(session, wait)
    assert session.device == "cpu"
    assert session.kept is not None
    assert session.mixer == MUTED
    assert session.player is PlayerState.PAUSED


@pytest.mark.usefixtures("wall")
def test_of_two_devices_chosen_in_a_hurry_the_later_counts(session: Session, heard: Listener, wait: Wait) -> None:
    for names, device in ((("cuda:7", "cpu"), "cpu"), (("cuda:7", "cuda:6"), "cpu")):
        heard.notices.clear()
        for name in names:
            session.set_device(name)
        wait(lambda: bool(heard.notices))
        settled(session, wait)
        assert session.device == device
        assert session.kept is not None
        assert session.player is PlayerState.PAUSED


def test_what_is_altered_after_a_save_was_asked_for_is_not_in_the_file_and_unsaved(
    session: Session, wall: Path, gate: Gate, qtbot: QtBot
) -> None:
    session._compute.ask("A large canvas", lambda _: gate.pass_through())
    session.save_project()
    session.set_altered(SHUFFLED)
    with qtbot.waitSignal(session.files.saved, timeout=WAIT):
        gate.open()
    assert session.project.dirty
    assert "altered" not in read_project(wall).meta


def test_a_canvas_that_was_chosen_for_one_project_is_not_the_next_ones(
    session: Session, wall: Path, gate: Gate, wait: Wait, tmp_path: Path
) -> None:
    session._compute.ask("A large canvas", lambda _: gate.pass_through())
    session.set_dream(dataclasses.replace(session.dream, width=48, height=48))
    session.open_project(rbm_project(tmp_path / "other.harmonium"))
    wait(lambda: session.project.path != wall)
    before = session.dream
    gate.open()
    settled(session, wait)
    assert session.dream == before
    assert not session.project.dirty
    session.set_dream(dataclasses.replace(session.dream, chains=4))
    settled(session, wait)
    assert session.dream.chains == 4


@pytest.mark.usefixtures("wall")
def test_what_an_opened_project_lacks_is_said_once_it_is_in_hand(
    session: Session, heard: Listener, wait: Wait, tmp_path: Path
) -> None:
    path = texture_project(tmp_path / "blended.harmonium")
    project = read_project(path)
    dream = dataclasses.replace(project.dream, blend=Blend.PICTURE, blend_picture=str(tmp_path / "gone.png"))
    write_project(path, dataclasses.replace(project, dream=dream))
    said: list[int] = []
    session.project_replaced.connect(lambda: said.append(len(heard.notices)))
    session.open_project(path)
    wait(lambda: bool(heard.notices))
    assert "gone.png" in heard.notices[-1].message
    assert said == [0]


def test_a_model_goes_on_with_pictures_that_it_can_see() -> None:
    small, large = Preprocess(width=12, height=12), Preprocess(width=24, height=24)
    texture, whole = Recipe(preprocess=small, model=TiledSpec(tile=4)), Recipe(preprocess=small)
    assert fits(texture, large)
    assert not fits(texture, dataclasses.replace(large, colour=Colour.RGB))
    assert fits(whole, small)
    assert not fits(whole, large)


def test_a_copy_that_is_being_written_is_not_taken_for_a_later_one(
    settings: QSettings, qtbot: QtBot, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    saver = autosave.Autosave(settings)
    done: list[None] = []
    monkeypatch.setattr(saver.copies, "write", gate.before(saver.copies.write))
    saver.settled.connect(lambda: done.append(None))
    first, later = Project(Recipe()), Project(Recipe().changed("training.batch", "13"))
    saver.now()
    saver.write(first, None)
    qtbot.waitUntil(gate.reached.is_set, timeout=WAIT)
    saver.now()
    with qtbot.waitSignal(saver.worker.replied, timeout=WAIT):
        gate.open()
    saver.write(later, None)
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT)
    assert saver.copies.kept is not None
    assert read_project(saver.copies.kept.autosave).recipe.training.batch == 13
    saver.stop()
    saver.worker.close()
    saver.worker.wait()
    saver.copies.release()
