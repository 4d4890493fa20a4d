"""A read that never returns keeps neither the session nor the process."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from studio.data import sources
from studio.session import session as ending
from studio.session.session import Session
from studio.session.worker import Worker
from tests.unit.data.files import write_pictures

WAIT = 30_000


class Share:
    """A share that does not answer until it is told to."""

    def __init__(self) -> None:
        self.asked, self.answers = threading.Event(), threading.Event()

    def read_start(self, _path: Path, _count: int) -> bytes:
        self.asked.set()
        self.answers.wait()
        return b""


def test_the_session_ends_without_a_thread_that_is_stuck(
    qtbot: QtBot, settings: QSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pictures(tmp_path, 2)
    share = Share()
    monkeypatch.setattr(sources, "read_start", share.read_start)
    monkeypatch.setattr(ending, "PATIENCE_MS", 0)
    session = Session(settings)
    session.begin()
    session.add_data((str(tmp_path),))
    try:
        assert share.asked.wait(30)
        with qtbot.waitSignal(session.closed, timeout=WAIT):
            session.shutdown()
        assert session.left_behind == (session.pictures.worker,)
    finally:
        share.answers.set()
        session.pictures.worker.wait()
        session.deleteLater()


def test_what_is_being_written_is_waited_for(qtbot: QtBot) -> None:
    worker, goes_on, begun = Worker("files"), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        goes_on.wait()

    done: list[str] = []
    worker.ask("reading", work, reads=True)
    assert begun.wait(30)
    assert worker.only_reads
    worker.ask("writing", lambda: done.append("written"))
    worker.ask("looking", lambda: done.append("looked"), reads=True)
    waited_for = not worker.only_reads
    with qtbot.waitSignal(worker.finished, timeout=WAIT):
        worker.close()
        goes_on.set()
    worker.wait()
    assert waited_for
    assert done == ["written"]
