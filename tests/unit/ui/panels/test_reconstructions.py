"""Pairs of input and output."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.jobs.frames import ReconstructionFrame, publish
from studio.session.session import Session
from studio.ui.images import from_qimage
from studio.ui.panels.reconstructions import ReconstructionsPanel
from tests.helpers.fake_session import FakeSession


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def panel(qtbot: QtBot, session: FakeSession) -> ReconstructionsPanel:
    made = ReconstructionsPanel(cast(Session, session))
    qtbot.addWidget(made)
    made.resize(300, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_pairs_take_the_place_of_the_words(panel: ReconstructionsPanel, session: FakeSession) -> None:
    assert panel.empty.isVisible()
    session.give_reconstructions(8)
    assert not panel.empty.isVisible()
    assert panel.strip.count == 8
    session.give_model(None)
    assert panel.empty.isVisible()


def test_each_output_is_under_its_input(panel: ReconstructionsPanel, session: FakeSession, qtbot: QtBot) -> None:
    inputs, outputs = np.zeros((3, 4, 4, 1), np.float32), np.ones((3, 4, 4, 1), np.float32)
    session.frame_arrived.emit("reconstructions", ReconstructionFrame(publish(inputs), publish(outputs), 1))
    qtbot.waitUntil(lambda: panel.strip.height() > 0)
    drawn = from_qimage(panel.strip.grab().toImage())
    for column in range(3):
        above, below = panel.strip.box(column, 0).center(), panel.strip.box(column, 1).center()
        assert above.x() == below.x()
        assert drawn[above.y(), above.x(), 0] == 0
        assert drawn[below.y(), below.x(), 0] == 255


def test_a_hidden_panel_waits(panel: ReconstructionsPanel, session: FakeSession) -> None:
    assert "reconstructions" in session.wanted
    panel.hide()
    assert "reconstructions" not in session.wanted
    session.give_reconstructions(4)
    assert panel.strip.count == 0
    panel.show()
    assert panel.strip.count == 4


def test_other_kinds_are_left_alone(panel: ReconstructionsPanel, session: FakeSession) -> None:
    session.give_dream(4, 8)
    session.give_filters(4, 8)
    assert panel.strip.count == 0


def test_nan_nothing_and_narrow(panel: ReconstructionsPanel, session: FakeSession) -> None:
    panel.resize(200, 500)
    nan = publish(np.full((4, 5, 5, 3), np.nan, np.float32))
    session.frame_arrived.emit("reconstructions", ReconstructionFrame(nan, nan, 1))
    panel.grab()
    assert panel.strip.box(3, 1).right() < panel.strip.width()
    nothing = publish(np.zeros((0, 5, 5, 3), np.float32))
    session.frame_arrived.emit("reconstructions", ReconstructionFrame(nothing, nothing, 1))
    assert panel.empty.isVisible()
    panel.grab()


def test_a_texture_is_shown_beside_its_dream(panel: ReconstructionsPanel, session: FakeSession) -> None:
    seen = []
    for family in ("rbm", "texture", None):
        session.give_model(family)
        seen.append((panel.headings[False].isVisible(), panel.headings[True].isVisible()))
        assert panel.empty.text().startswith("Pieces" if family == "texture" else "Pairs")
    assert seen == [(True, False), (False, True), (True, False)]
