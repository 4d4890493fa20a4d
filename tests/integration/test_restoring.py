"""A picture that was taken away is dropped on the canvas, and drawn again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.data.picture import write_png
from studio.jobs.status import PlayerState
from studio.project.picture_recipe import KEY
from studio.session.notices import Level
from studio.session.session import Session
from studio.ui.recipe_dialog import RecipeDialog
from tests.integration.listener import Listener
from tests.integration.person import WAIT, Person
from tests.unit.cli.small_projects import rbm_project, texture_project


@pytest.fixture
def at_work(person: Person, session: Session, qtbot: QtBot, tmp_path: Path) -> Person:
    session.open_project(texture_project(tmp_path / "wall.harmonium"))
    qtbot.waitUntil(lambda: session.player is PlayerState.PLAYING, timeout=WAIT)
    qtbot.waitUntil(lambda: person.window.dream.canvas.view.size.width() > 0, timeout=WAIT)
    return person


def exported(person: Person, heard: Listener, path: Path) -> Path:
    person.session.pause_dream()
    person.session.export_dream(path)
    person.qtbot.waitUntil(lambda: heard.notices[-1:] != [] and path.name in heard.notices[-1].message, timeout=WAIT)
    return path


def dropped(person: Person, path: Path) -> RecipeDialog:
    person.drop(path, person.window.dream)
    person.qtbot.waitUntil(lambda: person.window.dream.findChild(RecipeDialog) is not None, timeout=WAIT)
    dialog = person.window.dream.findChild(RecipeDialog)
    assert dialog is not None
    return dialog


def test_the_same_pixels_come_back(at_work: Person, heard: Listener, qtbot: QtBot, tmp_path: Path) -> None:
    session = at_work.session
    session.set_dream(replace(session.dream, seed=11, width=32, height=24))
    qtbot.waitUntil(lambda: bool(heard.dreams()) and heard.dreams()[-1].sweep > 3, timeout=WAIT)
    first = exported(at_work, heard, tmp_path / "first.png")
    session.set_dream(replace(session.dream, seed=5, temperature=2.0, width=40, height=40))
    session.play()
    dialog = dropped(at_work, first)
    assert "seed 11" in dialog.words.text()
    at_work.press(dialog.restore)
    qtbot.waitUntil(lambda: session.player is PlayerState.PAUSED, timeout=WAIT)
    assert (session.dream.seed, session.dream.width) == (11, 32)
    again = exported(at_work, heard, tmp_path / "again.png")
    with Image.open(first) as before, Image.open(again) as after:
        assert np.array_equal(np.asarray(before), np.asarray(after))
        assert before.text[KEY] == after.text[KEY]  # type: ignore[attr-defined]  # Pillow's PNG has it
    session.undo()
    assert session.dream.seed == 5


def test_another_model_gives_its_settings_and_asks_for_its_project(
    at_work: Person, session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    at_work.session.set_dream(replace(session.dream, temperature=0.5))
    picture = exported(at_work, heard, tmp_path / "first.png")
    session.open_project(rbm_project(tmp_path / "other.harmonium"))
    qtbot.waitUntil(lambda: session.family == "rbm", timeout=WAIT)
    qtbot.waitUntil(lambda: session.dream.temperature == 1.0, timeout=WAIT)
    dialog = dropped(at_work, picture)
    assert "Another model drew it" in dialog.words.text()
    assert not dialog.restore.isVisible()
    assert dialog.project.isVisible()
    at_work.press(dialog.settings)
    qtbot.waitUntil(lambda: session.dream.temperature == 0.5, timeout=WAIT)


def test_a_damaged_recipe_is_one_sentence_and_the_picture_is_used(
    at_work: Person, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "bad.png"
    write_png(path, np.zeros((24, 24, 3), np.float32), {KEY: "{"})
    at_work.drop(path, at_work.window.dream)
    qtbot.waitUntil(lambda: any("damaged" in notice.message for notice in heard.notices), timeout=WAIT)
    assert [notice.level for notice in heard.notices if "damaged" in notice.message] == [Level.WARNING]
    qtbot.waitUntil(lambda: at_work.window.dream.strip.start.key() == "picture", timeout=WAIT)
