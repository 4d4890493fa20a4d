"""The window's session and the command line give the same weights and the same pixels for the same recipe."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.cli.main import main
from studio.dream.settings import DreamSettings, Start
from studio.jobs.status import Outcome
from studio.project.archive import read_project
from studio.session.session import Session
from tests.integration.listener import Listener

WAIT = 30_000


@pytest.fixture
def learned(session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path) -> Path:
    """Train in the session with every panel looking, and save."""
    for kind in ("filters", "dream", "reconstructions"):
        session.set_wanted(kind, True)
    session.apply_preset("bars-rbm")
    session.set_sample("bars")
    session.set_training(dataclasses.replace(session.recipe.training, steps=150, seed=4))
    session.start()
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    assert heard.ends[0][0] is Outcome.COMPLETED
    path = tmp_path / "window.harmonium"
    session.save_project(path)
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
    return path


def test_the_same_recipe_learns_the_same_weights(learned: Path, tmp_path: Path) -> None:
    other = tmp_path / "line.harmonium"
    command = ["train", "--data", "sample:bars", "--preset", "bars-rbm", "--steps", "150", "--seed", "4"]
    assert main([*command, "--out", str(other)]) == 0
    window, line = read_project(learned), read_project(other)
    assert window.recipe == line.recipe
    for name, array in window.weights.items():
        assert array.tobytes() == line.weights[name].tobytes(), name


def test_the_copied_command_draws_the_same_pixels(
    learned: Path, session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.pause_dream()
    session.set_dream(DreamSettings(chains=4, seed=9))
    session.restart_dream(Start.NOISE)

    def swept(sweep: int) -> None:
        qtbot.waitUntil(
            lambda: [(len(one.pictures), one.sweep) for one in heard.dreams()[-1:]] == [(4, sweep)], timeout=WAIT
        )

    swept(0)  # else a picture of the dream before, at its third sweep, would be taken for this one's
    for _ in range(3):
        session.sweep_once()
    swept(3)
    session.export_dream(tmp_path / "window.png")
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    words = shlex.split(session.command_for_dream())
    assert words[:3] == ["harmonium", "dream", str(learned)]
    monkeypatch.chdir(tmp_path)
    assert main(words[1:]) == 0
    with Image.open(tmp_path / "window.png") as window, Image.open(tmp_path / "dream.png") as line:
        assert np.array_equal(np.asarray(window), np.asarray(line))
