"""Curves that a session gives, and the wait until they are drawn."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.project.history import RunRecord
from studio.training.settings import TrainSettings
from studio.ui.widgets.curve_view import CurveView
from tests.helpers.fake_session import FakeSession


def drawn(qtbot: QtBot, view: CurveView, times: int = 1) -> None:
    start = view.draws
    qtbot.waitUntil(lambda: view.draws >= start + times and view.has_data)


def give(session: FakeSession, metric: str, values: list[float], number: int = 1) -> RunRecord:
    record = RunRecord(number, "", TrainSettings())
    record.curves.extend((metric, 10 * step, value) for step, value in enumerate(values))
    session.runs.append(record)
    session.curves_changed.emit()
    return record
