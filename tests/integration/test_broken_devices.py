"""A device that fails in the middle of a run takes as little with it as can be, and a way out is offered."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.dream.player import Player
from studio.errors import DeviceError, OutOfMemoryError
from studio.jobs.advice import Advice
from studio.jobs.feed import Feed
from studio.jobs.status import Outcome, PlayerState, RunState
from studio.models.spec import ConvSpec
from studio.project import job
from studio.project.archive import read_project
from studio.project.way_out import way_out
from studio.session.session import Session
from studio.session.workshop import COPY_EVERY, Workshop
from studio.training.settings import TrainSettings
from studio.training.trainer import Trainer
from tests.integration.listener import Listener

WAIT = 30_000
NO_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
LOST = RuntimeError("CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA")


def fail_at(monkeypatch: pytest.MonkeyPatch, ready: Callable[[Trainer], bool], error: Exception) -> None:
    """Let a step fail half way: a weight is changed already."""
    real = Trainer.step

    def step(self: Trainer) -> None:
        if ready(self):
            self.parameters["weights"].fill_(float("nan"))
            raise error
        real(self)

    monkeypatch.setattr(Trainer, "step", step)


def lose_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_model: object) -> None:
        raise LOST

    monkeypatch.setattr(job, "weights_of", gone)


def train(session: Session, steps: int = 1_000_000) -> None:
    session.apply_preset("bars-rbm")
    session.set_data(DatasetSpec(("sample:bars",)))
    session.set_training(dataclasses.replace(session.recipe.training, steps=steps))
    session.start()


def end_of(heard: Listener, qtbot: QtBot) -> DeviceError:
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    outcome, error = heard.ends[-1]
    assert outcome is Outcome.FAILED
    assert isinstance(error, DeviceError)
    return error


def test_out_of_memory_keeps_the_last_good_weights_and_offers_a_smaller_batch(
    session: Session, heard: Listener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    advice: list[Advice | None] = []
    session.advice_changed.connect(advice.append)
    fail_at(monkeypatch, lambda trainer: trainer.steps == 60, NO_MEMORY)
    train(session)
    assert "ran out of memory" in end_of(heard, qtbot).message
    assert session.kept is not None
    assert session.project.dirty
    assert session.runs[-1].steps == 60
    assert all(np.isfinite(array).all() for array in session.kept.weights.values())
    offer = advice[-1]
    assert offer is not None
    assert offer.change == {"training.batch": 25}
    monkeypatch.undo()
    session.take_advice(offer)
    session.set_training(dataclasses.replace(session.recipe.training, steps=20))
    session.continue_training()
    qtbot.waitUntil(lambda: len(heard.ends) == 2, timeout=WAIT)
    assert heard.ends[-1][0] is Outcome.COMPLETED
    assert session.runs[-1].settings.batch == 25


def test_a_lost_device_leaves_the_last_copy(
    session: Session, heard: Listener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the device held cannot be read any more; the copy that was made for the disk is there."""
    lost = [False]
    fail_at(monkeypatch, lambda _trainer: lost[0], LOST)
    train(session)
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.step > 20, timeout=WAIT)
    with qtbot.waitSignal(session.autosaved, timeout=WAIT) as told:
        session.autosave.now()
    copied = read_project(told.args[0].autosave).weights
    lose_what_it_holds(monkeypatch)
    lost[0] = True
    assert "failed" in end_of(heard, qtbot).message
    assert session.kept is not None
    assert all(np.array_equal(session.kept.weights[name], array) for name, array in copied.items())
    monkeypatch.undo()
    seen = len(heard.dreams())
    qtbot.waitUntil(lambda: len(heard.dreams()) > seen, timeout=WAIT)  # it dreams on, on the CPU


def test_a_device_that_fails_at_once_leaves_the_model_before(
    session: Session, heard: Listener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(session, steps=30)
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    assert session.kept is not None
    before = session.kept.weights["weights"].copy()
    heard.ends.clear()
    fail_at(monkeypatch, lambda _trainer: True, NO_MEMORY)
    session.start()
    end_of(heard, qtbot)
    assert np.array_equal(session.kept.weights["weights"], before)
    assert len(session.runs) == 1
    assert session.status.state is RunState.IDLE


def test_a_dream_that_fails_stops_alone(
    session: Session, heard: Listener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(session)
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.step > 5, timeout=WAIT)

    def tick(self: Player, *_: float) -> float:
        if self.state is PlayerState.PLAYING:
            raise NO_MEMORY
        return 1.0

    monkeypatch.setattr(Player, "tick", tick)
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    assert "ran out of memory" in heard.notices[-1].message
    qtbot.waitUntil(lambda: session.player is PlayerState.PAUSED, timeout=WAIT)
    assert session.status.state is RunState.TRAINING
    assert session.progress is not None
    step = session.progress.step
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.step > step, timeout=WAIT)


def test_a_run_on_a_gpu_is_copied_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    workshop, now, copies = Workshop(Feed()), [0.0], list[float]()
    monkeypatch.setattr("studio.session.workshop.time.monotonic", lambda: now[0])

    def copy() -> None:
        copies.append(now[0])
        workshop._copied_at = now[0]

    monkeypatch.setattr(workshop, "to_autosave", copy)
    between = workshop._between(lambda: 0.5, "cuda:0")
    for now[0] in (1.0, COPY_EVERY + 1, COPY_EVERY + 2, 2 * COPY_EVERY + 3):
        assert between() == 0.5
    assert copies == [COPY_EVERY + 1, 2 * COPY_EVERY + 3]


def test_the_way_out_is_a_smaller_batch_or_the_cpu() -> None:
    short, gone = OutOfMemoryError("cuda:0 ran out of memory."), DeviceError("cuda:0 failed.")
    settings = TrainSettings(batch=100)
    assert way_out(short, settings, "cuda:0") == Advice(
        short.message, "Train with batches of 50, and continue?", {"training.batch": 50}
    )
    for error, batch in ((short, 1), (gone, 100)):
        found = way_out(error, TrainSettings(batch=batch), "cuda:0")
        assert found is not None
        assert found.device == "cpu"
    assert way_out(gone, settings, "cpu") is None


def test_taking_the_cpu_as_the_way_out_shows_it_chosen(session: Session, qtbot: QtBot) -> None:
    session.set_device("auto")
    with qtbot.waitSignal(session.devices_found):
        session.take_advice(Advice("It failed.", "The CPU?", device="cpu"))
    assert session.device == "cpu"


def test_an_advice_whose_parts_hold_together_alone_is_taken_whole(session: Session) -> None:
    """The deviation may not be above the one that it falls from, whichever of them is named first."""
    session.set_model(ConvSpec())
    session.take_advice(Advice("It is rough.", "Softer?", {"model.deviation": 0.3, "model.first_deviation": 0.3}))
    assert session.recipe.model == ConvSpec(deviation=0.3, first_deviation=0.3)
    session.undo()
    assert session.recipe.model == ConvSpec()
