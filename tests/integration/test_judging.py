"""The evaluation with real threads: beside a dream and a run, cancelled, and the same figures as in the shell."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.cli.main import main
from studio.jobs.evaluation import Outline, Section
from studio.models.spec import RbmSpec
from studio.session.notices import Level
from studio.session.session import Session
from studio.ui.evaluate_dialog import EvaluateDialog
from tests.integration.listener import Listener
from tests.integration.person import CTRL, WAIT, Person


class Found:
    """What an evaluation says."""

    def __init__(self, session: Session) -> None:
        self.outline: Outline | None = None
        self.sections: list[Section] = []
        self.ends = 0
        session.evaluation_found.connect(self._take)
        session.evaluation_ended.connect(self._end)

    def _take(self, found: Outline | Section) -> None:
        if isinstance(found, Outline):
            self.outline = found
        else:
            self.sections.append(found)

    def _end(self) -> None:
        self.ends += 1

    def values(self) -> dict[str, float]:
        return {one.key: one.value for section in self.sections for one in section.findings}


def learn(session: Session, heard: Listener, qtbot: QtBot, hidden: int = 6, steps: int = 120) -> None:
    session.apply_preset("bars-rbm")
    session.set_sample("bars")
    session.set_model(RbmSpec(hidden))
    session.set_training(dataclasses.replace(session.recipe.training, steps=steps, seed=4))
    session.start()
    qtbot.waitUntil(lambda: len(heard.ends) == 1, timeout=WAIT)


def test_window_and_shell_print_the_same_figures(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    learn(session, heard, qtbot)
    found = Found(session)
    dreams = len(heard.dreams())
    session.evaluate()
    assert session.evaluating
    qtbot.waitUntil(lambda: found.ends == 1, timeout=WAIT)
    assert found.outline is not None
    assert tuple(section.title for section in found.sections) == found.outline.titles
    qtbot.waitUntil(lambda: len(heard.dreams()) > dreams, timeout=WAIT)  # the dream went on
    path = tmp_path / "bars.harmonium"
    with qtbot.waitSignal(session.project_changed, timeout=WAIT):
        session.save_project(path)
    qtbot.waitUntil(path.exists, timeout=WAIT)
    capsys.readouterr()
    assert main(["evaluate", str(path), "--exact", "--confidence", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    values = found.values()
    for key in ("likelihood.exact", "likelihood.exact_training", "likelihood.base_rate", "confidence.relative"):
        assert values[key] == pytest.approx(printed[key]["value"], rel=1e-6), key


def test_it_is_cancelled_and_begun_again(session: Session, heard: Listener, qtbot: QtBot) -> None:
    learn(session, heard, qtbot, hidden=32)  # annealed, which takes a while
    found = Found(session)
    session.evaluate()
    qtbot.waitUntil(lambda: found.outline is not None, timeout=WAIT)
    session.cancel_evaluation()
    assert found.ends == 1
    assert not session.evaluating
    known = len(found.sections)
    session.evaluate()
    qtbot.waitUntil(lambda: len(found.sections) > known, timeout=WAIT)
    session.new_project()
    assert not session.evaluating  # the model was put away
    assert not [notice for notice in heard.notices if notice.level is Level.ERROR]


def test_a_run_goes_on_beside_it(session: Session, heard: Listener, qtbot: QtBot) -> None:
    learn(session, heard, qtbot)
    found = Found(session)
    session.set_training(dataclasses.replace(session.recipe.training, steps=1_000_000))
    session.start()
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.step > 5, timeout=WAIT)
    session.evaluate()
    qtbot.waitUntil(lambda: found.ends == 1, timeout=2 * WAIT)
    assert len(found.sections) == 4
    step = session.progress.step if session.progress is not None else 0
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.step > step, timeout=WAIT)
    session.stop(keep=False)
    qtbot.waitUntil(lambda: len(heard.ends) == 2, timeout=WAIT)


def test_a_person_asks_for_it_by_its_key(person: Person, heard: Listener, qtbot: QtBot) -> None:
    window, session = person.window, person.session
    person.keys(Qt.Key.Key_E, CTRL)
    assert window.findChild(EvaluateDialog) is None  # there is no model
    learn(session, heard, qtbot)
    person.keys(Qt.Key.Key_E, CTRL)
    dialog = window.findChild(EvaluateDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.run_button.text() == "Measure again", timeout=WAIT)
    assert dialog.cards[0].verdict.text()
    dialog.close()
    qtbot.waitUntil(lambda: window.findChild(EvaluateDialog) is None, timeout=WAIT)
