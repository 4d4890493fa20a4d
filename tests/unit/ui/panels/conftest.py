"""The dream that a model plays, and its curves; both panels know the one fake session."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from studio.session.session import Session
from studio.ui.panels.dream import DreamPanel
from studio.ui.panels.plots import PlotsPanel
from tests.helpers.fake_session import FakeSession


@pytest.fixture
def panel(qtbot: QtBot, fake: FakeSession, session: Session) -> DreamPanel:
    fake.has_model = True
    panel = DreamPanel(session)
    qtbot.addWidget(panel)
    panel.resize(800, 600)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def plots(qtbot: QtBot, session: Session) -> PlotsPanel:
    made = PlotsPanel(session)
    qtbot.addWidget(made)
    made.resize(900, 260)
    made.show()
    qtbot.waitExposed(made)
    return made
