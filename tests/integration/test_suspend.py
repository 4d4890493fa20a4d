"""The machine sleeps for a night: clocks jump by hours, and what waited for them goes on at its own pace."""

from __future__ import annotations

import dataclasses
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot

from studio.dream.player import FRAME, Player
from studio.dream.settings import DreamSettings
from studio.jobs.feed import Feed
from studio.jobs.frames import DreamFrame
from studio.jobs.status import Outcome, RunState
from studio.project import job
from studio.project.archive import Project, read_project
from studio.project.recipe import Recipe
from studio.session import workshop
from studio.session.autosave import FOLDER_KEY, MINUTES_KEY, Autosave
from studio.session.session import Session
from studio.training.run import run
from studio.training.trainer import Trainer
from tests.integration.person import CTRL, WAIT, Person
from tests.unit.dream.test_player import Clock, to_pictures
from tests.unit.models.enumeration import random_rbm

NIGHT = 8 * 3600.0
LOST = RuntimeError("CUDA error: unspecified launch failure")


class Bed:
    """Clocks that jump when the machine wakes."""

    def __init__(self) -> None:
        self.slept = 0.0

    def clock(self) -> float:
        return time.perf_counter() + self.slept


@pytest.fixture
def bed(session: Session, monkeypatch: pytest.MonkeyPatch) -> Bed:
    made = Bed()
    monkeypatch.setattr(workshop, "run", partial(run, clock=made.clock))
    session.autosave._clock = made.clock
    return made


def train(person: Person, folder: Path, seconds: float) -> None:
    """Press Start on a run that is as long as the preset's clock says."""
    session = person.session
    person.drop(folder)
    person.sees_names_of(folder)
    person.choose_preset("bars-rbm")
    session.set_training(dataclasses.replace(session.recipe.training, steps=0, epochs=0.0, seconds=seconds))
    person.qtbot.waitUntil(person.window.training.head.big.isEnabled, timeout=WAIT)
    person.press(person.window.training.head.big)
    person.qtbot.waitUntil(lambda: session.progress is not None and session.progress.step > 20, timeout=WAIT)


def test_a_timed_run_goes_on_after_a_night(person: Person, session: Session, bed: Bed, pictures_folder: Path) -> None:
    train(person, pictures_folder, seconds=900.0)
    bed.slept = NIGHT
    assert session.progress is not None
    before = session.progress
    person.qtbot.waitUntil(lambda: session.progress is not before, timeout=WAIT)
    curve = session.runs[-1].curves.get("reconstruction_error")
    assert curve is not None
    measured = len(curve)
    person.qtbot.waitUntil(lambda: len(curve) > measured + 1, timeout=WAIT)
    assert session.status.state is RunState.TRAINING
    now = session.progress
    assert now.seconds < 60
    assert now.images_per_second > 0
    assert now.seconds_left is None or 0 <= now.seconds_left < 2 * 900
    person.sees_move(person.window.dream.canvas)


def test_a_device_that_did_not_survive_the_night_leaves_the_last_copy(
    person: Person, session: Session, bed: Bed, pictures_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, ends = person.window, list[Outcome]()
    session.ended.connect(lambda outcome, _error: ends.append(outcome))
    train(person, pictures_folder, seconds=900.0)
    with person.qtbot.waitSignal(session.autosaved, timeout=WAIT) as told:
        session.autosave.now()
    copied = read_project(told.args[0].autosave).weights

    def gone(*_: object) -> None:
        raise LOST

    monkeypatch.setattr(Trainer, "step", gone)
    monkeypatch.setattr(job, "weights_of", gone)
    bed.slept = NIGHT
    person.qtbot.waitUntil(lambda: bool(ends), timeout=WAIT)
    monkeypatch.undo()
    assert ends == [Outcome.FAILED]
    assert window.banner.notice is not None
    assert "failed" in window.banner.notice.message
    assert session.kept is not None
    assert all(np.array_equal(session.kept.weights[name], array) for name, array in copied.items())
    person.sees_move(window.dream.canvas)  # it dreams on
    monkeypatch.setattr(window.dialogs, "ask_save", lambda *given: given[-1]([str(pictures_folder / "kept.harmonium")]))
    person.keys(Qt.Key.Key_S, CTRL)
    person.qtbot.waitUntil(lambda: not window.isWindowModified(), timeout=WAIT)
    assert read_project(pictures_folder / "kept.harmonium").weights


@pytest.fixture
def autosave(tmp_path: Path) -> Autosave:
    settings = QSettings(str(tmp_path / "own.ini"), QSettings.Format.IniFormat)
    settings.setValue(FOLDER_KEY, str(tmp_path / "recovery"))
    settings.setValue(MINUTES_KEY, 5.0)
    return Autosave(settings, clock=Clock())


def test_a_night_while_a_copy_is_written_puts_the_next_one_off_by_no_more_than_usual(
    autosave: Autosave, qtbot: QtBot
) -> None:
    clock = autosave._clock
    assert isinstance(clock, Clock)
    autosave.worker.start()
    try:
        for took in (0.1, NIGHT, 0.1):
            autosave.touch()
            assert autosave._timer.remainingTime() <= 6 * 60_000
            autosave.now()
            with qtbot.waitSignal(autosave.settled, timeout=WAIT):
                autosave.write(Project(Recipe()), None, captured=took)
            clock.now += took
    finally:
        autosave.stop()
        autosave.forget()
        autosave.worker.close()
        autosave.worker.wait()


def test_the_dream_wakes_at_its_own_pace() -> None:
    feed, clock = Feed(), Clock()
    player = Player(feed, clock)
    player.settings = DreamSettings(sweeps_per_frame=2)
    player.load(random_rbm(1, shape=(1, 3, 4), hidden=5).float(), to_pictures, "cpu")
    player.play()
    for _ in range(40):
        player.tick(budget=1.0)
        clock.now += FRAME
    assert player.chain is not None
    before = player.chain.sweeps
    clock.now += NIGHT
    rates = list[float]()
    for _ in range(40):
        player.tick(budget=1.0)
        frame = feed.take().get("dream")
        if isinstance(frame, DreamFrame):
            rates.append(frame.sweeps_per_second)
        assert 0 <= player.tick(budget=1.0) <= FRAME + 1e-9
        clock.now += FRAME
    assert player.chain.sweeps - before <= 2 * 42  # frames that were slept through are not made up for
    assert all(rate >= 0 and np.isfinite(rate) for rate in rates)
    assert rates[-1] == pytest.approx(2 / FRAME, rel=0.1)
    assert torch.is_grad_enabled()
