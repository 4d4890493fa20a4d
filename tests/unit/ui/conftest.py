"""A fake session, a theme that leaves no trace, and a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.session.session import Session
from studio.ui.main_window import MainWindow
from studio.ui.theme import Theme
from tests.helpers.fake_session import FakeSession
from tests.helpers.look import themed


@pytest.fixture
def fake() -> FakeSession:
    return FakeSession()


@pytest.fixture
def session(fake: FakeSession) -> Session:
    """The same fake, as panels know it."""
    return cast(Session, fake)


@pytest.fixture
def theme(qapp: QApplication, settings: QSettings) -> Iterator[Theme]:
    with themed(qapp, settings) as theme:
        yield theme


@pytest.fixture
def dressed(theme: Theme) -> None:
    theme.dress()


@pytest.fixture
def open_window(
    qtbot: QtBot, session: Session, settings: QSettings, theme: Theme
) -> Iterator[Callable[[], MainWindow]]:
    windows: list[MainWindow] = []

    def build(width: int = 1280, height: int = 800) -> MainWindow:
        window = MainWindow(session, settings, theme)
        theme.dress()
        windows.append(window)
        window.resize(width, height)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield build
    for window in windows:  # before the theme goes, which qtbot's own would outlive
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window: Callable[[], MainWindow]) -> MainWindow:
    return open_window()
