"""A session with a model, the dream played by it, and its curves."""

from __future__ import annotations

from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from studio.session.session import Session
from studio.ui.panels.dream import DreamPanel
from studio.ui.panels.plots import PlotsPanel
from tests.helpers.fake_session import FakeSession


@pytest.fixture
def session() -> FakeSession:
    made = FakeSession()
    made.has_model = True
    return made


@pytest.fixture
def panel(qtbot: QtBot, session: FakeSession) -> DreamPanel:
    panel = DreamPanel(cast(Session, session))
    qtbot.addWidget(panel)
    panel.resize(800, 600)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def plots(qtbot: QtBot, session: FakeSession) -> PlotsPanel:
    made = PlotsPanel(cast(Session, session))
    qtbot.addWidget(made)
    made.resize(900, 260)
    made.show()
    qtbot.waitExposed(made)
    return made
