"""While a sweep of the dream takes long, what is asked meanwhile waits, and comes about in its order."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.jobs.status import Outcome, RunState
from studio.project.archive import read_project
from studio.session.session import Session
from studio.session.workshop import Workshop
from tests.integration.listener import Listener

WAIT = 30_000


class Sweep:
    """Holds the compute thread up in the middle of a sweep."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._wanted, self._go = threading.Event(), threading.Event()
        self.under_way = threading.Event()
        real = Workshop.play

        def play(workshop: Workshop, budget: float) -> float:
            if self._wanted.is_set() and workshop.playing:
                self._wanted.clear()
                self.under_way.set()
                self._go.wait(WAIT / 1000)
            return real(workshop, budget)

        monkeypatch.setattr(Workshop, "play", play)

    def begin(self) -> None:
        self._go.clear()
        self.under_way.clear()
        self._wanted.set()

    def end(self) -> None:
        self._go.set()


@pytest.fixture
def sweep(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sweep]:
    made = Sweep(monkeypatch)
    yield made
    made.end()


def learn(session: Session, steps: int) -> None:
    session.apply_preset("bars-rbm")
    session.set_sample("bars")
    session.set_training(dataclasses.replace(session.recipe.training, steps=steps))
    session.start()


@pytest.fixture
def at_a_sweep(session: Session, heard: Listener, qtbot: QtBot, sweep: Sweep) -> Sweep:
    """A model dreams, and a sweep of it does not come to its end."""
    learn(session, 30)
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    heard.ends.clear()
    sweep.begin()
    qtbot.waitUntil(sweep.under_way.is_set, timeout=WAIT)
    return sweep


def test_a_run_begins_after_the_model_before_was_put_away(
    session: Session, heard: Listener, qtbot: QtBot, at_a_sweep: Sweep
) -> None:
    session.new_project()
    learn(session, 1_000_000)
    qtbot.waitUntil(lambda: session._compute._run is not None, timeout=WAIT)
    at_a_sweep.end()
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.step > 20, timeout=WAIT)
    with qtbot.waitSignal(session.autosaved, timeout=WAIT) as told:
        session.autosave.now()
    assert read_project(told.args[0].autosave).weights
    session.stop(keep=True)
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    assert heard.ends[0] == (Outcome.STOPPED, None)
    assert session.kept is not None
    assert not heard.notices


def test_what_was_asked_for_is_written_before_the_end(
    session: Session, qtbot: QtBot, at_a_sweep: Sweep, tmp_path: Path
) -> None:
    session.save_project(tmp_path / "kept.harmonium")
    session.export_dream(tmp_path / "dream.png")
    session.export_filters(tmp_path / "filters.png")
    with qtbot.waitSignal(session.closed, timeout=WAIT):
        session.shutdown()
        at_a_sweep.end()
    assert read_project(tmp_path / "kept.harmonium").weights
    assert (tmp_path / "dream.png").is_file()
    assert (tmp_path / "filters.png").is_file()
    assert session.status.state is RunState.IDLE


def test_a_run_that_was_asked_for_at_the_end_does_not_begin(
    session: Session, heard: Listener, qtbot: QtBot, at_a_sweep: Sweep
) -> None:
    session.start()
    qtbot.waitUntil(lambda: session._compute._run is not None, timeout=WAIT)
    session.inspect_filter(0)
    with qtbot.waitSignal(session.closed, timeout=WAIT):
        session.shutdown()
        at_a_sweep.end()
    assert not heard.ends
