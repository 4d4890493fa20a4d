"""Pages of curves: which there are for a family, and how they stand."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.jobs.frames import SpectrumFrame
from studio.jobs.status import Outcome, RunState
from studio.models.spec import ConvSpec, TiledSpec
from studio.project.looks_done import LOOKS_DONE
from studio.ui.panels.plots import PlotsPanel
from tests.helpers.fake_session import FakeSession
from tests.unit.ui.panels.plots import drawn, give


@pytest.mark.parametrize("width", [200, 320])
def test_plots_stand_above_each_other_where_it_is_narrow(
    plots: PlotsPanel, session: FakeSession, qtbot: QtBot, width: int
) -> None:
    plots.resize(width, 500)
    session.give_curves(20)
    drawn(qtbot, plots.views["error"], 0)
    first, second = plots.views["error"].geometry(), plots.views["gap"].geometry()
    assert second.top() > first.bottom()
    assert plots.width() == width
    assert not plots.tabs.isVisible()
    plots.tab_choice.chosen.emit("weights")
    assert plots.views["weights"].isVisible()
    assert plots.tabs.key() == "weights"


def test_where_it_is_low_the_curves_come_before_their_options(plots: PlotsPanel, session: FakeSession) -> None:
    session.give_curves(20)
    plots.resize(320, 120)
    assert plots.smoothing.isHidden()
    assert plots.csv_button.isHidden()
    first, second = plots.views["error"].geometry(), plots.views["gap"].geometry()
    assert second.left() > first.right()
    plots.resize(320, 500)
    assert plots.smoothing.isVisible()


def test_a_texture_has_its_similarity_in_place_of_a_gap(plots: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    assert plots.views["gap"].isVisible()
    assert plots.views["similarity"].isHidden()
    session.set_model(TiledSpec())
    assert plots.views["gap"].isHidden()
    session.give_status(RunState.TRAINING)
    give(session, "weight_norm", [3.0, 4.0])
    qtbot.waitUntil(lambda: "on its way" in plots.views["similarity"].empty.text())
    session.give_status(RunState.IDLE, Outcome.STOPPED)
    session.ended.emit(Outcome.STOPPED, None)
    qtbot.waitUntil(lambda: "too short" in plots.views["similarity"].empty.text())
    give(session, "texture_similarity", [0.4, 0.6, 0.8])
    drawn(qtbot, plots.views["similarity"], 0)
    assert plots.views["error"].isVisible()
    drawing = plots.views["similarity"]._drawing
    assert drawing.target == LOOKS_DONE  # the line it climbs to is in sight from the first
    assert drawing.y_range is not None
    assert drawing.y_range[1] > LOOKS_DONE
    session.give_model("rbm")
    assert plots.views["similarity"].isHidden()


def test_a_convolutional_model_is_shown_what_it_measures_alone(plots: PlotsPanel, session: FakeSession) -> None:
    session.set_model(ConvSpec())
    assert plots.tab_choice.keys() == ["learning", "units", "weights"]
    assert plots.views["similarity"].isHidden()
    assert plots.views["gap"].isVisible()


def test_each_family_has_the_pages_that_say_something(plots: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    assert plots.tabs.button("spectrum").isHidden()
    plots.show_page("likelihood")
    session.set_model(TiledSpec())
    assert plots.tabs.key() == "learning"  # the page in sight went
    assert plots.views["similarity"].isVisible()
    assert plots.tabs.button("likelihood").isHidden()
    assert plots.tab_choice.keys() == ["learning", "spectrum", "units", "weights"]
    right, left = Qt.Key.Key_Right, Qt.Key.Key_Left
    for step, key in ((right, "spectrum"), (right, "units"), (left, "spectrum"), (left, "learning"), (left, "weights")):
        qtbot.keyClick(plots.tabs, step)
        assert plots.tabs.key() == key


def test_the_spectra_of_picture_and_dream_are_drawn_while_seen(
    plots: PlotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    session.set_model(TiledSpec())
    session.give_model("texture")
    assert "spectra" not in session.wanted
    qtbot.mouseClick(plots.tabs.button("spectrum"), Qt.MouseButton.LeftButton)
    assert "spectra" in session.wanted
    assert plots.spectra.empty.isVisible()
    lengths = np.array([32, 8, 2], np.float32)
    picture, dream = np.array([1, 0.5, -2], np.float32), np.array([0, 0.5, -3], np.float32)
    session.frame_arrived.emit("spectra", SpectrumFrame(lengths, picture, dream, 3))
    assert not plots.spectra.empty.isVisible()
    lines = plots.spectra.drawing.lines
    assert lines["picture"].x.tolist() == lines["dream"].x.tolist() == [-5, -3, -1]
    assert lines["picture"].y.tolist() == picture.tolist()
    assert lines["dream"].y.tolist() == dream.tolist()
    assert lines["picture"].colour != lines["dream"].colour
    assert "picture</span>" in plots.spectra.names.text()
    assert "waves of 32 to 2 px" in plots.spectra.names.text()
    plots.show_page("weights")
    assert "spectra" not in session.wanted
    session.give_model(None)
    plots.show_page("spectrum")
    assert plots.spectra.empty.isVisible()


def test_what_a_model_does_not_measure_is_said(plots: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    plots.show_page("likelihood")
    view = plots.views["likelihood"]
    assert view.empty.text() == "Curves appear here while the model learns."
    give(session, "weight_norm", [3.0])
    qtbot.waitUntil(lambda: view.draws >= 1)
    assert view.empty.text() == "Curves appear here while the model learns."
    give(session, "weight_norm", [3.0, 4.0], number=2)
    qtbot.waitUntil(lambda: view.empty.text() == "Not measured for this model.")
    assert view.empty.isVisible()
    give(session, "pseudo_likelihood", [-100.0, -90.0], number=3)
    drawn(qtbot, view)
