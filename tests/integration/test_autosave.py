"""Unsaved work is copied while a run goes on, and comes back after an end nobody asked for."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.jobs.status import RunState
from studio.project.archive import read_project
from studio.project.recovery import Recoverable, Rescue, found_in, look
from studio.session.autosave import MINUTES_KEY, SIZE_KEY, Autosave, AutosaveSettings
from studio.session.session import Session
from studio.ui.conditions import ends_a_model
from tests.integration.listener import Listener

WAIT = 30_000
SOON = 0.002  # minutes


@pytest.fixture
def next_session(qtbot: QtBot, tmp_path: Path) -> Iterator[Session]:
    """The session of the next start."""
    session = Session(QSettings(str(tmp_path / "next.ini"), QSettings.Format.IniFormat))
    session.begin()
    yield session
    with qtbot.waitSignal(session.closed, timeout=WAIT):
        session.shutdown()
    session.deleteLater()


def train(session: Session, qtbot: QtBot, steps: int = 1_000_000) -> None:
    session.apply_preset("bars-rbm")
    session.set_data(DatasetSpec(("sample:bars",)))
    session.set_training(dataclasses.replace(session.recipe.training, steps=steps))
    session.start()
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.step > 20, timeout=WAIT)


def copied(session: Session, qtbot: QtBot) -> Recoverable:
    with qtbot.waitSignal(session.autosaved, timeout=WAIT) as told:
        session.autosave.now()
    kept = told.args[0]
    assert isinstance(kept, Recoverable)
    return kept


def offered(session: Session, qtbot: QtBot) -> tuple[Rescue, ...]:
    with qtbot.waitSignal(session.recoverable_found, timeout=WAIT) as told:
        session.look_for_recoverable()
    rescues: tuple[Rescue, ...] = told.args[0]
    return rescues


def test_a_run_is_copied_by_itself_without_being_stopped(
    session: Session, heard: Listener, settings: QSettings, qtbot: QtBot
) -> None:
    settings.setValue(MINUTES_KEY, SOON)
    copies: list[Recoverable] = []
    session.autosaved.connect(copies.append)
    train(session, qtbot)
    qtbot.waitUntil(lambda: len(copies) > 1, timeout=WAIT)
    assert session.status.state is RunState.TRAINING
    assert session.project.dirty
    project = read_project(copies[-1].autosave)
    assert project.state
    assert project.runs
    assert set(look(copies[-1]).words.split()) >= {"1", "run,", "steps"}
    assert not heard.notices


def test_what_was_never_trained_is_copied_too(session: Session, qtbot: QtBot) -> None:
    session.apply_preset("bars-rbm")
    project = read_project(copied(session, qtbot).autosave)
    assert project.recipe.preset == "bars-rbm"
    assert not project.weights


def test_saving_takes_the_copy_away(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    session.apply_preset("bars-rbm")
    kept = copied(session, qtbot)
    session.save_project(tmp_path / "a.harmonium")
    qtbot.waitUntil(lambda: not session.project.dirty and not kept.autosave.exists(), timeout=WAIT)
    assert (tmp_path / "a.harmonium").is_file()


def test_a_saved_project_is_copied_beside_its_file(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    session.apply_preset("bars-rbm")
    session.save_project(tmp_path / "a.harmonium")
    qtbot.waitUntil(lambda: session.project.path is not None, timeout=WAIT)
    before = (tmp_path / "a.harmonium").read_bytes()
    session.apply_preset("digits-rbm")
    kept = copied(session, qtbot)
    assert kept.autosave.parent == tmp_path
    assert (tmp_path / "a.harmonium").read_bytes() == before


def test_no_other_window_is_offered_the_work_of_one_that_lives(
    session: Session, next_session: Session, qtbot: QtBot
) -> None:
    session.apply_preset("bars-rbm")
    copied(session, qtbot)
    assert offered(next_session, qtbot) == ()


def test_what_the_system_ended_is_offered_opened_and_then_forgotten(
    session: Session, settings: QSettings, qtbot: QtBot, tmp_path: Path
) -> None:
    ended = Session(QSettings(str(tmp_path / "ended.ini"), QSettings.Format.IniFormat))
    ended.begin()
    train(ended, qtbot)
    with qtbot.waitSignal(ended.closed, timeout=WAIT):
        ended.shutdown(keep_unsaved=True)
    ended.deleteLater()
    (rescue,) = offered(session, qtbot)
    assert rescue.thumbnails
    weights = read_project(rescue.found.autosave).weights
    with qtbot.waitSignal(session.autosaved, timeout=WAIT) as told:
        session.recover(rescue)
    assert session.project.dirty
    assert session.kept is not None
    assert all(np.array_equal(session.kept.weights[name], weights[name]) for name in weights)
    assert ends_a_model(session)
    assert told.args[0].autosave != rescue.found.autosave
    qtbot.waitUntil(lambda: not rescue.found.autosave.exists(), timeout=WAIT)  # this session has a copy of its own now
    settings.setValue(MINUTES_KEY, 0)


def test_a_copy_can_be_saved_or_discarded_without_opening_it(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    for name in ("one", "two"):
        ended = Session(QSettings(str(tmp_path / f"{name}.ini"), QSettings.Format.IniFormat))
        ended.begin()
        ended.apply_preset("bars-rbm")
        with qtbot.waitSignal(ended.closed, timeout=WAIT):
            ended.shutdown(keep_unsaved=True)
        ended.deleteLater()
    first, second = offered(session, qtbot)
    data = first.found.autosave.read_bytes()
    session.save_recovered(first, tmp_path / "rescued")
    qtbot.waitUntil((tmp_path / "rescued.harmonium").is_file, timeout=WAIT)
    assert (tmp_path / "rescued.harmonium").read_bytes() == data
    session.discard_recovered(second)
    qtbot.waitUntil(lambda: found_in(session.autosave.folder) == (), timeout=WAIT)
    assert session.project.path is None


def test_what_was_given_up_is_not_offered(session: Session, qtbot: QtBot) -> None:
    session.apply_preset("bars-rbm")
    kept = copied(session, qtbot)
    session.new_project()
    qtbot.waitUntil(lambda: not kept.autosave.exists(), timeout=WAIT)


def test_too_large_is_said_once(session: Session, heard: Listener, settings: QSettings, qtbot: QtBot) -> None:
    settings.setValue(SIZE_KEY, 0.0)
    train(session, qtbot, steps=30)
    for _ in range(2):
        with qtbot.waitSignal(session.autosave.settled, timeout=WAIT):
            session.autosave.now()
    assert [notice.message.split(":")[0] for notice in heard.notices] == ["The project is not autosaved"]


def test_switched_off_nothing_is_planned(session: Session, settings: QSettings) -> None:
    session.set_autosave(AutosaveSettings(minutes=0))
    session.apply_preset("bars-rbm")
    assert not session.autosave._timer.isActive()
    session.set_autosave(AutosaveSettings(minutes=3))
    assert 170_000 < session.autosave._timer.remainingTime() <= 180_000
    assert float(str(settings.value(MINUTES_KEY))) == 3


def test_the_second_window_on_a_project_is_told(
    session: Session, next_session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.harmonium"
    session.apply_preset("bars-rbm")
    session.save_project(path)
    qtbot.waitUntil(lambda: session.project.path is not None, timeout=WAIT)
    second = Listener(next_session)
    next_session.open_project(path)
    qtbot.waitUntil(lambda: bool(second.notices), timeout=WAIT)
    assert "already open in another window (process" in second.notices[-1].message
    session.new_project()
    next_session.new_project()
    second.notices.clear()
    next_session.open_project(path)
    qtbot.waitUntil(lambda: next_session.project.path == path, timeout=WAIT)
    assert not second.notices


LOCK_AND_DIE = """
import os, sys
from pathlib import Path
from studio.session.project_lock import ProjectLock
lock = ProjectLock(Path(sys.argv[2]))
assert lock.take(Path(sys.argv[1])) is None
os._exit(9)
"""


def test_the_lock_of_a_process_that_died_is_taken_over(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.harmonium"
    subprocess.run([sys.executable, "-c", LOCK_AND_DIE, str(path), str(tmp_path)], check=False)
    assert (tmp_path / ".a.harmonium.lock").is_file()
    session.apply_preset("bars-rbm")
    session.save_project(path)
    qtbot.waitUntil(lambda: session.project.path is not None, timeout=WAIT)
    assert not heard.notices


def test_who_waits_for_a_copy_is_told_when_it_is_not_needed_any_more(settings: QSettings, qtbot: QtBot) -> None:
    # A save that ends while the studio quits: the copy it waits for is never written.
    saver = Autosave(settings)
    saver.now()
    with qtbot.waitSignal(saver.settled, timeout=WAIT):
        saver.forget()
