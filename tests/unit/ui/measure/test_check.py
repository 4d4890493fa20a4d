"""What the check says when something does not appear; that it passes when all does is an integration test."""

from __future__ import annotations

import sys
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.errors import StudioError
from studio.session.notices import Level, Notice
from studio.ui.measure import start
from studio.ui.measure.check import Check
from studio.ui.measure.start import bench_start
from tests.helpers.fake_session import FakeSession


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def check(qtbot: QtBot, session: FakeSession) -> Check:
    window = QWidget()
    qtbot.addWidget(window)
    return Check(cast(Any, session), cast(Any, window))


def test_it_names_what_did_not_appear(qtbot: QtBot, check: Check) -> None:
    with qtbot.waitSignal(check.ended) as ended:
        check.begin(limit_ms=60)
    assert ended.args == ["After 0.06 s the window had not appeared."]


def test_an_error_in_the_banner_ends_it_at_once(qtbot: QtBot, check: Check, session: FakeSession) -> None:
    check.begin()
    with qtbot.waitSignal(check.ended) as ended:
        session.notice_posted.emit(Notice(Level.INFO, "Saved."))
        session.notice_posted.emit(Notice(Level.ERROR, "first.harmonium is damaged.", "Install it again."))
    assert ended.args == ["Instead of the window this appeared: first.harmonium is damaged. Install it again."]


def test_start_figures_are_medians(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = ((99.0, 99.0), (9.0, 9.0), (0.5, 2.0), (0.75, 2.5))  # the first compiles the modules
    times = iter([{"window": window, "dream": dream} for window, dream in seconds])
    monkeypatch.setattr(start, "one_start", lambda _compiled: next(times))
    found = bench_start(3)
    assert found["start.window"].value == 0.75
    assert (found["start.dream"].value, found["start.dream"].ratio) == (2.5, 0.5)


def test_a_start_that_fails_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(StudioError, match="did not start"):
        bench_start(1)
