"""What a convolutional machine sees, with real threads: while it learns, afterwards, and when it cannot."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.data.picture import write_png
from studio.data.spec import DatasetSpec
from studio.jobs.frames import MapsFrame
from studio.jobs.status import Outcome, RunState
from studio.models.spec import ConvSpec, RbmSpec, Visible
from studio.session.session import Session
from tests.integration.listener import Listener

WAIT = 30_000


@pytest.fixture
def seen(session: Session) -> list[MapsFrame | None]:
    found: list[MapsFrame | None] = []
    session.maps_seen.connect(found.append)
    return found


def learn(session: Session, steps: int) -> None:
    session.set_data(DatasetSpec(("sample:glyphs",)))
    session.apply_preset("digits-cdbn")
    session.set_model(ConvSpec(4, 5, 2, Visible.BERNOULLI, 0.4, 0.4, deeper=("5x3/2",)))
    session.set_training(dataclasses.replace(session.recipe.training, seconds=0.0, steps=steps, batch=4, chains=3))
    session.start()


def test_every_layer_is_seen_while_it_learns_and_afterwards(
    session: Session, heard: Listener, seen: list[MapsFrame | None], qtbot: QtBot, tmp_path: Path
) -> None:
    session.see()
    learn(session, 1_000_000)
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    for index in (0, 1, 2, -1):
        session.see(index=index)
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] is not None and seen[-1].index > 2, timeout=WAIT)
    frame = seen[-1]
    assert frame is not None
    assert frame.index == frame.count - 1
    assert [layer.layer for layer in frame.layers] == ["layer 1", "layer 2"]
    assert session.status.state is RunState.TRAINING
    session.see(quietly=True)
    session.stop()
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    assert heard.ends == [(Outcome.STOPPED, None)]
    path = tmp_path / "glyph.png"
    write_png(path, np.random.default_rng(1).random((60, 40, 1), np.float32))
    session.see(str(path))
    qtbot.waitUntil(lambda: seen[-1] is not None and seen[-1].name == "glyph.png", timeout=WAIT)
    assert not heard.notices


def test_what_cannot_be_looked_at_is_told_to_who_asked(
    session: Session, heard: Listener, seen: list[MapsFrame | None], qtbot: QtBot, tmp_path: Path
) -> None:
    learn(session, 2)
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    session.see(str(tmp_path / "none.png"), quietly=True)
    qtbot.waitUntil(lambda: seen == [None], timeout=WAIT)
    assert not heard.notices
    session.see(str(tmp_path / "none.png"))
    qtbot.waitUntil(lambda: seen == [None, None], timeout=WAIT)
    assert ["none.png" in notice.message for notice in heard.notices] == [True]
    session.see()
    qtbot.waitUntil(lambda: isinstance(seen[-1], MapsFrame), timeout=WAIT)


def test_a_model_without_maps_says_so(
    session: Session, heard: Listener, seen: list[MapsFrame | None], qtbot: QtBot
) -> None:
    session.set_data(DatasetSpec(("sample:bars",)))
    session.apply_preset("bars-rbm")
    session.set_model(RbmSpec(8))
    session.set_training(dataclasses.replace(session.recipe.training, steps=2))
    session.start()
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    session.see()
    qtbot.waitUntil(lambda: seen == [None], timeout=WAIT)
    assert "has no maps" in heard.notices[-1].message
