"""An autoencoder and its RBM with real threads: learned, dreamt, filters seen; one alone learns without a dream."""

from __future__ import annotations

import dataclasses

from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.jobs.frames import FilterFrame, ReconstructionFrame
from studio.jobs.status import Outcome
from studio.models.code_spec import CodeSpec
from studio.session.notices import Level
from studio.session.session import Session
from tests.integration.listener import Listener

WAIT = 30_000
SMALL = CodeSpec(widths=(4, 6), code=5, hidden=6)


def prepared(session: Session, spec: CodeSpec) -> None:
    session.set_data(DatasetSpec(("sample:faces",)))
    session.apply_preset("faces-ae-rbm")
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, height=16, width=16))
    session.set_model(spec)
    session.set_training(dataclasses.replace(session.recipe.training, seconds=0.0, steps=10, batch=4))
    for kind in ("filters", "reconstructions"):
        session.set_wanted(kind, True)


def test_it_learns_and_dreams_in_codes(session: Session, heard: Listener, qtbot: QtBot) -> None:
    prepared(session, SMALL)
    session.start()
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    assert heard.ends == [(Outcome.COMPLETED, None)]
    frames = [frame for frame in heard.frames["filters"] if isinstance(frame, FilterFrame)]
    assert [layer.layer for layer in (frames[-1], *frames[-1].deeper)] == ["encoder", "hidden"]
    assert any(isinstance(frame, ReconstructionFrame) for frame in heard.frames["reconstructions"])
    qtbot.waitUntil(lambda: [frame.pictures.shape for frame in heard.dreams()[-1:]] == [(1, 16, 16, 1)], timeout=WAIT)
    with qtbot.waitSignal(session.filter_inspected, timeout=WAIT) as inspected:
        session.inspect_filter(7)
    assert inspected.args[0].layer == "hidden"


def test_one_alone_learns_and_says_once_that_it_does_not_dream(session: Session, heard: Listener, qtbot: QtBot) -> None:
    prepared(session, dataclasses.replace(SMALL, hidden=0))
    session.start()
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    assert heard.ends == [(Outcome.COMPLETED, None)]
    said = [notice for notice in heard.notices if "does not dream" in notice.message]
    assert len(said) == 1
    assert said[0].level is not Level.ERROR
