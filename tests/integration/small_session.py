"""Small runs of a session with its real threads."""

from __future__ import annotations

import dataclasses

from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.jobs.status import Outcome
from studio.session.session import Session
from tests.integration.listener import Listener

WAIT = 30_000
BARS = DatasetSpec(("sample:bars",))


def shape(session: Session, steps: int = 60, **training: object) -> None:
    session.apply_preset("bars-rbm")
    session.set_data(BARS)
    session.set_training(dataclasses.replace(session.recipe.training, steps=steps, **training))  # type: ignore[arg-type]  # names come from the tests


def run_to_end(heard: Listener, qtbot: QtBot) -> Outcome:
    count = len(heard.ends)
    qtbot.waitUntil(lambda: len(heard.ends) > count, timeout=WAIT)
    return heard.ends[-1][0]
