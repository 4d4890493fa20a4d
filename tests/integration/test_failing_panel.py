"""A panel that fails takes neither the window nor the others down."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app import CrashNotices
from studio.jobs.frames import FilterFrame
from studio.jobs.status import RunState
from studio.session.crash_hook import CrashHook
from studio.session.crash_log import CrashLog
from studio.session.session import Session
from studio.ui.main_window import MainWindow
from studio.ui.panels.filters import FiltersPanel
from studio.ui.panels.reconstructions import ReconstructionsPanel
from tests.integration.person import Person


@pytest.fixture
def hook(session: Session, tmp_path: Path) -> Iterator[CrashHook]:
    """The hook as the studio has it, in place of that of the tests; its log is of no interest here."""
    before = sys.excepthook
    made = CrashHook(CrashLog(tmp_path))
    notices = CrashNotices(session, session)
    made.crashed.connect(notices.tell)
    sys.excepthook = made._caught
    yield made
    sys.excepthook = before


def broken(*_: object) -> None:
    raise RuntimeError("this panel is broken")


def test_filters_and_curves_that_fail_leave_the_rest_at_work(
    hook: CrashHook,
    session: Session,
    qtbot: QtBot,
    pictures_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    for panel in (FiltersPanel, ReconstructionsPanel):
        monkeypatch.setattr(panel, "_arrive", broken)
    window: MainWindow = request.getfixturevalue("window")
    person = Person(window, session, qtbot)
    frames: list[object] = []
    session.frame_arrived.connect(lambda _kind, frame: frames.append(frame))
    with qtbot.capture_exceptions():
        sys.excepthook = hook._caught
        person.trains(pictures_folder, epochs=20)
        assert any(isinstance(frame, FilterFrame) for frame in frames)
        assert session.status.state is RunState.IDLE
        assert session.has_model
        person.sees_move(window.dream.canvas)
        assert window.banner.notice is not None
        assert "this panel is broken" in window.banner.notice.message
