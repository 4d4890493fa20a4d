"""A real session, begun and ended as the window does it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.session.session import Session
from studio.ui.main_window import MainWindow
from tests.helpers.look import themed
from tests.integration.listener import Listener
from tests.integration.person import WAIT, Person


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


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, session: Session, settings: QSettings) -> Iterator[MainWindow]:
    with themed(qapp, settings) as theme:
        window = MainWindow(session, settings, theme)  # not added to qtbot, whose closing would ask about changes
        theme.dress()
        window.resize(1280, 800)
        window.show()
        qtbot.waitExposed(window)
        yield window
        if window.isVisible():
            with qtbot.waitSignal(window.ended, timeout=WAIT):
                window.close_at_once()
        window.deleteLater()


@pytest.fixture
def person(window: MainWindow, session: Session, qtbot: QtBot) -> Person:
    return Person(window, session, qtbot)
