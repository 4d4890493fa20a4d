"""The session with its real threads: what is kept, opened, and unsaved."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.dream.settings import DreamSettings, Start
from studio.jobs.status import Outcome, Progress, RunState
from studio.project.archive import read_project
from studio.session.session import Session
from tests.integration.listener import Listener
from tests.integration.small_session import WAIT, run_to_end, shape

LEARNED = Progress(1, 10, 0.1, "", 0.1, 0.9, 100.0, 0.1, "cpu")


def test_saved_and_opened_it_dreams_the_same(session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    session.set_dream(DreamSettings(chains=4, seed=3))
    path = tmp_path / "bars.harmonium"
    session.save_project(path)
    qtbot.waitUntil(lambda: session.project.path == path and not session.project.dirty, timeout=WAIT)
    assert session.recent[0] == path
    kept = session.kept
    assert kept is not None
    session.new_project()
    assert not session.has_model
    session.open_project(path)
    qtbot.waitUntil(lambda: session.has_model, timeout=WAIT)
    assert session.dream == DreamSettings(chains=4, seed=3)
    assert session.recipe.preset == "bars-rbm"
    assert len(session.runs) == 1
    assert session.runs[0].curves.last("reconstruction_error") is not None
    assert session.kept is not None
    assert np.array_equal(session.kept.weights["weights"], kept.weights["weights"])
    assert read_project(path).state


def test_settings_edited_after_training_come_back_as_they_were(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    session.set_model(session.recipe.changed("model.hidden", "7").model)
    path = tmp_path / "edited.harmonium"
    session.save_project(path)
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
    assert read_project(path).weights["weights"].shape[1] == 32
    session.new_project()
    session.open_project(path)
    qtbot.waitUntil(lambda: session.has_model, timeout=WAIT)
    assert session.recipe.to_dict()["model"]["hidden"] == 7
    session.continue_training()
    assert "goes on with the model at hand" in heard.notices[-1].message
    assert run_to_end(heard, qtbot) is Outcome.COMPLETED


def test_saving_while_it_trains_does_not_stop_it(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    shape(session, steps=1_000_000)
    session.start()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    session.save_project(tmp_path / "busy.harmonium")
    qtbot.waitUntil(lambda: session.project.path is not None, timeout=WAIT)
    assert session.status.state is RunState.TRAINING
    assert read_project(tmp_path / "busy.harmonium").weights
    session.stop()
    run_to_end(heard, qtbot)


def test_a_project_that_cannot_be_saved_says_so(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    shape(session)
    session.save_project(tmp_path / "gone" / "x.harmonium")
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    assert "no folder" in heard.notices[-1].message
    assert session.project.dirty


def test_a_new_project_knows_nothing_of_the_last_ones_run(session: Session, heard: Listener, qtbot: QtBot) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    session.restart_dream(Start.DATA)
    replaced: list[None] = []
    session.project_replaced.connect(lambda: replaced.append(None))
    session.new_project()
    assert (session.status.outcome, session.progress) == (None, None)
    assert session.start_of_dream == (Start.NOISE, "", -1)
    session.new_project()
    assert replaced


def test_what_is_at_stake_grows_with_what_is_learned_and_goes_with_a_save(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    first = session.at_stake
    session.continue_training()
    run_to_end(heard, qtbot)
    assert 0 < first < session.at_stake
    before = session.at_stake
    session.set_training(dataclasses.replace(session.recipe.training, steps=1_000_000))
    session.start()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    session.stop(keep=False)
    run_to_end(heard, qtbot)
    assert session.at_stake == before
    session.save_project(tmp_path / "a.harmonium")
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
    assert session.at_stake == 0


def test_a_run_in_progress_is_unsaved_work(session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path) -> None:
    shape(session, steps=1_000_000)
    session.save_project(tmp_path / "a.harmonium")
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
    session.start()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    assert session.project.dirty
    session.stop(keep=False)
    run_to_end(heard, qtbot)
    assert not session.project.dirty


@pytest.fixture
def saved(session: Session, qtbot: QtBot, tmp_path: Path) -> Path:
    """A project that is saved, and would learn for as long as it is let."""
    shape(session, steps=1_000_000)
    path = tmp_path / "a.harmonium"
    session.save_project(path)
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
    return path


def begin_run(session: Session, qtbot: QtBot) -> None:
    session.start()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)


@pytest.mark.usefixtures("saved")
def test_a_run_that_was_quicker_than_the_word_of_its_beginning_is_thrown_away_whole(
    session: Session, heard: Listener, qtbot: QtBot
) -> None:
    """What it learned may be pulled before it is told that it began."""
    session.status_changed.connect(
        lambda status: session.progressed.emit(LEARNED) if status.state is RunState.PREPARING else None
    )
    begin_run(session, qtbot)
    session.stop(keep=False)
    run_to_end(heard, qtbot)
    assert not session.project.dirty


@pytest.mark.usefixtures("saved")
def test_what_was_changed_while_a_run_was_thrown_away_stays_unsaved(
    session: Session, heard: Listener, qtbot: QtBot
) -> None:
    begin_run(session, qtbot)
    session.set_training(dataclasses.replace(session.recipe.training, batch=13))
    session.stop(keep=False)
    run_to_end(heard, qtbot)
    assert session.project.dirty


def test_a_run_that_was_saved_as_it_stood_and_thrown_away_leaves_a_file_that_holds_another_model(
    session: Session, saved: Path, heard: Listener, qtbot: QtBot
) -> None:
    begin_run(session, qtbot)
    session.pause()
    with qtbot.waitSignal(session.files.saved, timeout=WAIT):
        session.save_project(saved)
    session.stop(keep=False)
    run_to_end(heard, qtbot)
    assert session.project.dirty


def test_a_model_that_a_new_run_ended_is_brought_back_and_they_change_places(
    session: Session, heard: Listener, qtbot: QtBot
) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    first = session.kept
    assert first is not None
    assert session.model_before is None
    session.set_model(session.recipe.changed("model.hidden", "7").model)
    session.start()
    run_to_end(heard, qtbot)
    second = session.kept
    at_stake = session.at_stake
    session.bring_back_model()
    assert session.kept is first
    assert session.recipe.to_dict()["model"]["hidden"] == 32
    assert session.project.dirty
    with qtbot.waitSignal(session.filter_inspected, timeout=WAIT):
        session.inspect_filter(31)
    session.continue_training()
    assert run_to_end(heard, qtbot) is Outcome.COMPLETED
    assert session.kept is not None
    assert session.kept.weights["weights"].shape[1] == 32
    session.bring_back_model()
    assert session.kept is second
    assert session.at_stake == at_stake
    session.new_project()
    assert session.model_before is None


def test_a_model_that_is_in_a_file_is_not_kept_beside_the_next(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    session.save_project(tmp_path / "a.harmonium")
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
    session.start()
    run_to_end(heard, qtbot)
    assert session.model_before is None
