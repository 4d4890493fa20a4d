"""The watch on what tests leave behind sees each kind of leak and clears it away."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers import leaks


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "GRACE", 0.05)


def test_a_clean_test_leaves_nothing(qtbot: QtBot) -> None:
    watch = leaks.Watch()
    thread = QThread()
    thread.start()
    thread.quit()
    thread.wait()
    timer = QTimer()
    timer.start(1000)
    timer.stop()
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.deleteLater()
    assert watch.finish() == []


def test_a_forgotten_python_thread_is_named() -> None:
    watch = leaks.Watch()
    release = threading.Event()
    thread = threading.Thread(target=release.wait, name="forgotten")
    thread.start()
    left = watch.finish()
    release.set()
    thread.join()
    assert len(left) == 1
    assert "'forgotten'" in left[0]


def test_a_running_qthread_is_named_and_ended() -> None:
    watch = leaks.Watch()
    thread = QThread()
    thread.start()
    left = watch.finish()
    assert len(left) == 1
    assert f"QThread started at {__file__}" in left[0]
    assert thread.isFinished()


@pytest.mark.usefixtures("qapp")
def test_an_active_timer_is_named_and_stopped() -> None:
    watch = leaks.Watch()
    timer = QTimer()
    timer.start(60_000)
    left = watch.finish()
    assert len(left) == 1
    assert f"QTimer started at {__file__}" in left[0]
    assert not timer.isActive()


@pytest.mark.usefixtures("qapp")
def test_an_orphan_widget_is_named_and_deleted() -> None:
    watch = leaks.Watch()
    widget = QWidget()
    widget.setObjectName("orphan")
    left = watch.finish()
    assert len(left) == 1
    assert "QWidget 'orphan'" in left[0]
    assert widget not in QApplication.topLevelWidgets()
