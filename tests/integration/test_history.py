"""All that can be undone, undone to the beginning and made again."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.dream.settings import Show
from studio.dream.strokes import Brush, Form, Stroke
from studio.jobs.status import PlayerState
from studio.session.session import Session
from studio.session.undo import DEEPEST, Document, Undo
from studio.ui.history_dialog import HistoryDialog
from tests.integration.person import CTRL, SHIFT, WAIT, Person
from tests.unit.cli.small_projects import rbm_project, texture_project

ACTIONS = 500


def digest(document: Document) -> str:
    return hashlib.sha256(repr(document).encode()).hexdigest()


def random_action(session: Session, random: np.random.Generator) -> None:
    """Do one thing of those an artist does."""
    dream = session.dream
    match int(random.integers(9)):
        case 0:
            session.set_dream(dataclasses.replace(dream, temperature=float(random.uniform(0.5, 2))))
        case 1:
            session.set_dream(dataclasses.replace(dream, smooth=float(random.uniform(0, 0.9))))
        case 2:
            session.set_dream(dataclasses.replace(dream, show=Show.SAMPLE if dream.show is Show.MEAN else Show.MEAN))
        case 3:
            points = tuple((float(x), float(y), 1.0) for x, y in random.uniform(0, 14, (3, 2)))
            session.begin_stroke(Stroke(Brush.COLOUR, points=points, size=3.0, colour=(0.5, 0.5, 0.5)))
        case 4:
            session.extend_stroke(((float(random.uniform(0, 14)), 5.0, 0.5),))
        case 5:
            session.begin_stroke(Stroke(Brush.HOLE, Form.BLOCKS, seed=int(random.integers(1000))))
        case 6:
            session.clear_strokes()
        case 7:
            gains = dataclasses.replace(session.mixer, muted=frozenset({int(random.integers(20))}))
            session.set_mixer(gains)
        case _:
            training = session.recipe.training
            session.set_training(dataclasses.replace(training, learning_rate=float(random.uniform(0.001, 0.1))))


def test_five_hundred_actions_are_undone_to_the_beginning_and_made_again(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.open_project(rbm_project(tmp_path / "small.harmonium"))
    qtbot.waitUntil(lambda: session.player is PlayerState.PLAYING, timeout=WAIT)
    session._undo = Undo(clock=iter(range(10**6)).__next__)  # no two actions are one gesture
    random, began = np.random.default_rng(5), digest(session.document)
    passed = [began]
    for _ in range(ACTIONS):
        before = session.history[1]
        random_action(session, random)
        if session.history[1] > before:
            passed.append(digest(session.document))
        else:
            passed[-1] = digest(session.document)
    assert len(passed) > ACTIONS // 2
    assert len(passed) <= DEEPEST + 1
    steps = len(passed) - 1
    for expected in reversed(passed[:-1]):
        session.undo()
        assert digest(session.document) == expected
    assert digest(session.document) == began
    for expected in passed[1:]:
        session.redo()
        assert digest(session.document) == expected
    session.go_to_change(0)
    assert digest(session.document) == began
    session.go_to_change(steps)
    assert digest(session.document) == passed[-1]


def test_a_click_in_the_history_goes_there(person: Person, session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    session.open_project(texture_project(tmp_path / "wall.harmonium"))
    qtbot.waitUntil(lambda: session.player is PlayerState.PLAYING, timeout=WAIT)
    for temperature, smooth in ((0.5, 0.0), (0.5, 0.4)):
        session.set_dream(dataclasses.replace(session.dream, temperature=temperature, smooth=smooth))
    person.keys(Qt.Key.Key_H, CTRL | SHIFT)
    dialog = person.window.findChild(HistoryDialog)
    assert dialog is not None
    texts = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert texts == ["As it was opened", "The dream's temperature", "The dream's smooth"]
    assert dialog.list.item(2).font().bold()
    qtbot.mouseClick(
        dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=dialog.list.visualItemRect(dialog.list.item(0)).center()
    )
    assert (session.dream.temperature, session.dream.smooth) == (1.0, 0.0)
    assert dialog.list.item(0).font().bold()
    qtbot.mouseClick(
        dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=dialog.list.visualItemRect(dialog.list.item(1)).center()
    )
    assert session.dream.temperature == 0.5
