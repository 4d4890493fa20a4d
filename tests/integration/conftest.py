"""A real session, begun and ended as the window does it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from studio.session.session import Session
from tests.integration.listener import Listener


@pytest.fixture
def session(qtbot: QtBot, settings: QSettings) -> Iterator[Session]:
    session = Session(settings)
    session.begin()
    yield session
    with qtbot.waitSignal(session.closed, timeout=30_000):
        session.shutdown()
    session.deleteLater()


@pytest.fixture
def heard(session: Session) -> Listener:
    return Listener(session)
