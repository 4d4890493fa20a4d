"""Small runs of a session with its real threads."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.jobs.status import Outcome, PlayerState
from studio.session.session import Session
from tests.integration.listener import Listener
from tests.unit.cli.small_projects import texture_project

WAIT = 30_000
Wait = Callable[[Callable[[], bool]], None]
BARS = DatasetSpec(("sample:bars",))


def shape(session: Session, steps: int = 60, **training: object) -> None:
    session.apply_preset("bars-rbm")
    session.set_data(BARS)
    session.set_training(dataclasses.replace(session.recipe.training, steps=steps, **training))  # type: ignore[arg-type]  # names come from the tests


def run_to_end(heard: Listener, qtbot: QtBot) -> Outcome:
    count = len(heard.ends)
    qtbot.waitUntil(lambda: len(heard.ends) > count, timeout=WAIT)
    return heard.ends[-1][0]


def open_texture(session: Session, qtbot: QtBot, folder: Path) -> None:
    """Let a small texture model dream."""
    session.open_project(texture_project(folder / "wall.harmonium"))
    qtbot.waitUntil(lambda: session.player is PlayerState.PLAYING, timeout=WAIT)


def sweep(session: Session, heard: Listener, wait: Wait, count: int = 3) -> None:
    """Take sweeps from a beginning, and look until they are seen."""
    heard.frames.clear()
    for _ in range(count):
        session.sweep_once()
    wait(lambda: bool(heard.dreams()) and heard.dreams()[-1].sweep == count)


def pixels_of(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image)
