"""The time-lapse with real threads: kept while training, looked at, dreamt from, saved, drawn by the shell."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.cli.main import main
from studio.dream.settings import DreamSettings, Start
from studio.jobs.lapse_frames import LapsePicture
from studio.jobs.status import PlayerState
from studio.project.archive import read_project
from studio.project.lapse import from_arrays
from studio.session.session import Session
from tests.integration.listener import Listener

WAIT = 30_000


def wait(qtbot: QtBot, seen: Callable[[], bool]) -> None:
    qtbot.waitUntil(seen, timeout=WAIT)


@pytest.fixture
def learned(session: Session, heard: Listener, qtbot: QtBot) -> Session:
    session.apply_preset("bars-rbm")
    session.set_sample("bars")
    session.set_training(dataclasses.replace(session.recipe.training, steps=120, seed=4))
    session.start()
    wait(qtbot, lambda: len(heard.ends) == 1)
    return session


def looked(session: Session, qtbot: QtBot, step: int) -> LapsePicture:
    with qtbot.waitSignal(session.lapse_shown, timeout=WAIT) as shown:
        session.look_at_step(step)
    assert shown.args is not None
    picture = shown.args[0]
    assert isinstance(picture, LapsePicture)
    return picture


def test_a_run_is_looked_back_on(learned: Session, heard: Listener, qtbot: QtBot, tmp_path: Path) -> None:
    steps = learned.lapse_steps
    assert steps[0] == 0
    assert steps[-1] == 120
    pictures = [looked(learned, qtbot, step) for step in (0, 120)]
    assert not np.array_equal(pictures[0].filters, pictures[1].filters)
    path = tmp_path / "lapse.gif"
    learned.export_lapse(path, pictures)
    wait(qtbot, lambda: any("Saved lapse.gif" in notice.message for notice in heard.notices))
    with Image.open(path) as image:
        assert getattr(image, "n_frames", 1) == 2
        assert image.info["duration"] == 200
    learned.continue_training()
    wait(qtbot, lambda: len(heard.ends) == 2)
    assert learned.lapse_steps[-1] == 240
    learned.continue_training()
    learned.stop(keep=False)
    wait(qtbot, lambda: len(heard.ends) == 3)
    wait(qtbot, lambda: learned.lapse_steps[-1] == 240)


def test_one_dreams_from_a_step_and_the_shell_does(
    learned: Session, heard: Listener, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = learned.lapse_steps[len(learned.lapse_steps) // 2]
    project = tmp_path / "window.harmonium"
    learned.save_project(project)
    wait(qtbot, lambda: not learned.project.dirty)
    assert from_arrays(read_project(project).lapse).steps == learned.lapse_steps
    learned.new_project()
    wait(qtbot, lambda: learned.player is PlayerState.EMPTY and not learned.lapse_steps)
    learned.open_project(project)
    wait(qtbot, lambda: learned.player is PlayerState.PLAYING)
    learned.pause_dream()
    learned.set_dream(DreamSettings(chains=4, seed=9))
    learned.dream_from_step(step)
    learned.restart_dream(Start.NOISE)
    heard.frames.clear()
    learned.sweep_once()
    wait(qtbot, lambda: bool(heard.dreams()) and heard.dreams()[-1].sweep == 1)
    learned.export_dream(tmp_path / "window.png")
    wait(qtbot, (tmp_path / "window.png").exists)
    words = shlex.split(learned.command_for_dream())
    assert words[words.index("--step") + 1] == str(step)
    monkeypatch.chdir(tmp_path)
    assert main(words[1:]) == 0
    with Image.open(tmp_path / "window.png") as window, Image.open(tmp_path / "dream.png") as line:
        assert np.array_equal(np.asarray(window), np.asarray(line))
    learned.undo()
    assert learned.altered.neutral
