"""A run is paused, saved, the studio is quit; opened again it goes on, and ends as if nothing had happened."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from studio.cli import autosaved
from studio.cli.main import main
from studio.jobs.status import Outcome, RunState
from studio.project.archive import Project, read_project, write_project
from studio.project.hashing import model_hash
from studio.session.session import Session
from studio.ui.training_head import TrainingHead
from tests.integration.listener import Listener
from tests.integration.person import WAIT, Person

STEPS = 1000
TRAIN = ["train", "--data", "sample:bars", "--preset", "bars-rbm", "--seed", "1", "--steps", str(STEPS)]


@pytest.fixture
def uninterrupted(tmp_path: Path) -> Project:
    assert main([*TRAIN, "--out", str(tmp_path / "whole.harmonium")]) == 0
    return read_project(tmp_path / "whole.harmonium")


@pytest.fixture
def saved(qtbot: QtBot, tmp_path: Path) -> Path:
    """A project that was saved in the pause of a run, by a studio that was closed then."""
    session = Session(QSettings(str(tmp_path / "first.ini"), QSettings.Format.IniFormat))
    session.begin()
    session.apply_preset("bars-rbm")
    session.set_sample("bars")
    session.set_training(dataclasses.replace(session.recipe.training, steps=STEPS, seed=1))
    session.step(40)  # and a pause after them
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.step == 40, timeout=WAIT)
    path = tmp_path / "paused.harmonium"
    session.save_project(path)
    qtbot.waitUntil(lambda: session.project.path == path, timeout=WAIT)
    with qtbot.waitSignal(session.closed, timeout=WAIT):
        session.shutdown()
    session.deleteLater()
    return path


@pytest.fixture
def ends(session: Session) -> list[Outcome]:
    found: list[Outcome] = []
    session.ended.connect(lambda outcome, _error: found.append(outcome))
    return found


def continues(person: Person, path: Path) -> None:
    session = person.session
    session.open_project(path)
    head: TrainingHead = person.window.training.head
    person.qtbot.waitUntil(lambda: head.resume.isVisible() and head.resume.isEnabled(), timeout=WAIT)
    person.qtbot.waitUntil(lambda: session.dataset is not None and not session.pictures.loading, timeout=WAIT)
    person.press(head.resume)


def test_it_ends_with_the_weights_of_a_run_that_nobody_paused(
    saved: Path, person: Person, heard: Listener, ends: list[Outcome], uninterrupted: Project, qtbot: QtBot
) -> None:
    before = read_project(saved)
    assert before.meta["steps"] == 40
    continues(person, saved)
    qtbot.waitUntil(lambda: bool(ends), timeout=WAIT)
    session = person.session
    assert ends == [Outcome.COMPLETED]
    assert session.kept is not None
    assert model_hash(session.kept.weights) == model_hash(uninterrupted.weights)
    assert session.kept.recipe == uninterrupted.recipe
    assert len(session.runs) == 1
    assert session.runs[0].steps == STEPS
    curve = session.runs[0].curves.get("reconstruction_error")
    assert curve is not None
    assert list(curve.steps) == sorted(curve.steps)
    assert any("goes on at step" in notice.message for notice in heard.notices)


def test_after_a_change_a_new_run_begins_from_its_weights(
    saved: Path, person: Person, ends: list[Outcome], qtbot: QtBot
) -> None:
    session = person.session
    session.open_project(saved)
    qtbot.waitUntil(lambda: session.has_model and session.dataset is not None, timeout=WAIT)
    session.set_training(dataclasses.replace(session.recipe.training, steps=30))
    session.continue_training()
    qtbot.waitUntil(lambda: bool(ends), timeout=WAIT)
    assert len(session.runs) == 2
    assert session.runs[1].steps == 30


def test_discarded_it_is_as_it_was_opened(saved: Path, person: Person, ends: list[Outcome], qtbot: QtBot) -> None:
    before = read_project(saved)
    session = person.session
    session.open_project(saved)
    qtbot.waitUntil(lambda: session.has_model and session.dataset is not None, timeout=WAIT)
    session.continue_training()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    session.stop(keep=False)
    qtbot.waitUntil(lambda: bool(ends), timeout=WAIT)
    assert session.kept is not None
    assert model_hash(session.kept.weights) == model_hash(before.weights)
    assert len(session.runs) == 1
    assert session.runs[0].curves.latest == before.runs[0].curves.latest


def test_what_the_run_needs_is_damaged(
    saved: Path, person: Person, heard: Listener, ends: list[Outcome], qtbot: QtBot
) -> None:
    session = person.session
    session.open_project(saved)
    qtbot.waitUntil(lambda: session.has_model and session.dataset is not None, timeout=WAIT)
    kept = session.kept
    assert kept is not None
    session.kept = dataclasses.replace(kept, meta={**kept.meta, "steps": "many"})
    session.continue_training()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    assert "is damaged" in heard.notices[-1].message
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.step > 0, timeout=WAIT)
    session.stop()
    qtbot.waitUntil(lambda: bool(ends), timeout=WAIT)
    assert len(session.runs) == 2


def test_what_was_changed_before_the_cut_stays_in_the_record(saved: Path, tmp_path: Path) -> None:
    project = read_project(saved)
    changed = [(3, "learning_rate", 0.001)]
    project.runs[-1].changes = list(changed)
    write_project(tmp_path / "cut.harmonium", project)
    out = tmp_path / "done.harmonium"
    assert main(["train", "--continue", str(tmp_path / "cut.harmonium"), "--out", str(out)]) == 0
    (record,) = read_project(out).runs
    assert (record.steps, record.changes) == (STEPS, changed)


def test_a_copy_of_the_command_line_goes_on_to_the_same_weights(
    tmp_path: Path, uninterrupted: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(autosaved, "SHARE", 1.0)
    monkeypatch.setattr(autosaved, "discard", lambda _path: None)  # as after a crash
    real = write_project

    def write(path: Path, project: Project) -> None:
        if project.meta["steps"] < STEPS // 2:
            real(path, project)

    monkeypatch.setattr(autosaved, "write_project", write)
    assert main([*TRAIN, "--out", str(tmp_path / "a.harmonium"), "--autosave", "0.00001"]) == 0
    copy = tmp_path / "a.autosave.harmonium"
    assert 0 < int(read_project(copy).meta["steps"]) < STEPS
    assert main(["train", "--continue", str(copy), "--out", str(tmp_path / "b.harmonium")]) == 0
    assert "cut short goes on at step" in capsys.readouterr().err
    found = read_project(tmp_path / "b.harmonium")
    assert model_hash(found.weights) == model_hash(uninterrupted.weights)
    assert len(found.runs) == 1
    assert found.runs[0].steps == STEPS
    assert main(["train", "--continue", str(copy), "--steps", "5", "--out", str(tmp_path / "c.harmonium")]) == 0
    assert len(read_project(tmp_path / "c.harmonium").runs) == 2
