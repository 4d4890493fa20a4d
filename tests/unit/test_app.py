"""What happens when something crashes, and when the system asks for the end."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from studio.app import CrashNotices, SignalWatch
from studio.session.crash_hook import CrashHook
from studio.session.notices import Level
from studio.session.session import Session
from tests.helpers.fake_session import FakeSession


@pytest.fixture
def hook() -> Iterator[CrashHook]:
    before = sys.excepthook
    made = CrashHook()
    sys.excepthook = made._caught
    yield made
    sys.excepthook = before


@pytest.fixture
def watch() -> Iterator[SignalWatch]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    made = SignalWatch()
    made.install()
    yield made
    made._timer.stop()
    for number, handler in before.items():
        signal.signal(number, handler)


def crash() -> None:
    error = ZeroDivisionError("by zero")
    sys.excepthook(ZeroDivisionError, error, None)


def test_a_crash_becomes_a_sentence_and_a_line_in_the_log(
    qtbot: QtBot, hook: CrashHook, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeSession()
    notices = CrashNotices(cast(Session, fake))
    hook.crashed.connect(notices.tell)
    with qtbot.waitSignal(fake.notice_posted) as posted:
        crash()
    notice = posted.args[0]
    assert notice.level is Level.ERROR
    assert "ZeroDivisionError: by zero" in notice.message
    assert "Save the project" in notice.hint
    assert caplog.records[-1].levelno == logging.CRITICAL


def test_a_crash_in_another_thread_is_told_on_the_windows(qtbot: QtBot, hook: CrashHook) -> None:
    fake = FakeSession()
    notices = CrashNotices(cast(Session, fake))
    hook.crashed.connect(notices.tell)
    told: list[threading.Thread] = []
    fake.notice_posted.connect(lambda _notice: told.append(threading.current_thread()))
    thread = threading.Thread(target=crash)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(told))
    assert told == [threading.current_thread()]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send to oneself")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_the_window_to_close(qtbot: QtBot, watch: SignalWatch, number: signal.Signals) -> None:
    with qtbot.waitSignal(watch.asked, timeout=3000):
        os.kill(os.getpid(), number)
