"""What is done to the model, as a person does it beside the filters."""

from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog
from pytestqt.qtbot import QtBot

from studio.jobs.status import RunState
from studio.models.altered import Altered, Fade, FadeWay, Glitch, GlitchKind, Transplant
from studio.models.parts import Part
from studio.session.session import Session
from studio.ui.panels.dream import DreamPanel
from studio.ui.panels.filters import FiltersPanel
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton
DEEP = (Part("layer 1", 0, 9), Part("layer 2", 9, 16))


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def panel(qtbot: QtBot, session: FakeSession) -> FiltersPanel:
    session.give_model("convolutional", parts=DEEP)
    made = FiltersPanel(cast(Session, session))
    qtbot.addWidget(made)
    made.resize(300, 1100)
    made.show()
    qtbot.waitExposed(made)
    session.give_filters(25, 8)
    made.alter.fold.set_open(True)
    return made


def add(panel: FiltersPanel, qtbot: QtBot, kind: GlitchKind, where: str = "") -> None:
    panel.alter.kind.set_key(str(kind))
    panel.alter.where.set_key(where)
    qtbot.mouseClick(panel.alter.add_button, LEFT)


def test_a_glitch_is_added_turned_drawn_anew_and_removed(
    panel: FiltersPanel, session: FakeSession, qtbot: QtBot
) -> None:
    add(panel, qtbot, GlitchKind.FLIPS, "1")
    (first,) = session.altered.operations
    assert isinstance(first, Glitch)
    assert (first.kind, first.part, first.units) == (GlitchKind.FLIPS, 1, ())
    row = panel.alter.rows[0]
    assert row.title.text() == f"Bit flips, layer 2, seed {first.seed}"
    assert row.slider is not None
    row.slider._typed("0.75")
    assert session.altered.operations == (Glitch(GlitchKind.FLIPS, 0.75, first.seed, 1),)
    assert panel.alter.rows[0] is row  # the hand that turns it keeps hold of it
    qtbot.mouseClick(row.anew_button, LEFT)
    changed = session.altered.operations[0]
    assert isinstance(changed, Glitch)
    assert changed.seed != first.seed
    add(panel, qtbot, GlitchKind.GAIN)
    assert len(panel.alter.rows) == 2
    qtbot.mouseClick(panel.alter.rows[0].remove_button, LEFT)
    assert [one.kind for one in session.altered.operations if isinstance(one, Glitch)] == [GlitchKind.GAIN]
    assert len(panel.alter.rows) == 1


def test_chosen_filters_alone_are_glitched(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    assert panel.alter.where.findData("chosen") < 0
    qtbot.mouseClick(panel.sheet, LEFT, pos=panel.sheet.area_of_cell(7).center().toPoint())
    add(panel, qtbot, GlitchKind.SHUFFLE, "chosen")
    (one,) = session.altered.operations
    assert isinstance(one, Glitch)
    assert one.units == (7,)


def test_a_fade_is_chosen_turned_and_removed(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    box = panel.alter
    assert not box.fade.isVisible()
    qtbot.mouseClick(box.fade_button, LEFT)
    dialog = panel.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit("/pictures/moss.harmonium")
    dialog.reject()
    assert session.altered.fade == Fade("/pictures/moss.harmonium", 0.5)
    assert box.fade.title.text() == "Fade to moss"
    box.fade.slider._typed("0.25")
    box.fade.way.chosen.emit("energies")
    assert session.altered.fade == Fade("/pictures/moss.harmonium", 0.25, FadeWay.ENERGIES)
    assert not box.keep_button.isEnabled()
    assert "two models" in box.keep_button.toolTip()
    qtbot.mouseClick(box.fade.remove_button, LEFT)
    assert session.altered.neutral


def test_filters_of_another_project_are_named(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    box = panel.alter
    assert not box.transplant_button.isEnabled()
    qtbot.mouseClick(panel.sheet, LEFT, pos=panel.sheet.area_of_cell(7).center().toPoint())
    box.ask_for_filters("/pictures/moss.harmonium")
    dialog = panel.findChild(QInputDialog)
    assert dialog is not None
    assert dialog.textValue() == "7"
    dialog.textValueSelected.emit("many")
    assert session.altered.neutral
    dialog.textValueSelected.emit("3")
    dialog.reject()
    assert session.altered.operations == (Transplant("/pictures/moss.harmonium", (7,), (3,)),)
    assert box.rows[0].slider is None


def test_the_step_that_is_played_is_on_the_list(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    assert not panel.alter.past.isVisible()
    session.set_altered(Altered((Glitch(GlitchKind.GAIN, 0.5),), step=1200))
    assert panel.alter.past.title.text() == "Weights as of step 1,200"
    qtbot.mouseClick(panel.alter.past.remove_button, LEFT)
    assert session.altered == Altered((Glitch(GlitchKind.GAIN, 0.5),))


def test_it_is_reset_and_kept(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    assert not panel.alter.reset_button.isEnabled()
    add(panel, qtbot, GlitchKind.GAIN)
    qtbot.mouseClick(panel.alter.keep_button, LEFT)
    assert session.last("keep_altered") == ()
    qtbot.mouseClick(panel.alter.reset_button, LEFT)
    assert session.altered.neutral
    assert not panel.alter.rows


def test_nothing_is_altered_while_a_run_goes_on(panel: FiltersPanel, session: FakeSession) -> None:
    session.give_status(RunState.TRAINING)
    assert not panel.alter.add_button.isEnabled()
    assert panel.alter.reason.isVisible()
    session.give_status(RunState.IDLE)
    assert panel.alter.add_button.isEnabled()
    assert not panel.alter.reason.isVisible()


def test_a_line_over_the_canvas_says_what_is_done(qtbot: QtBot, session: FakeSession) -> None:
    session.give_model("convolutional", parts=DEEP)
    made = DreamPanel(cast(Session, session))
    qtbot.addWidget(made)
    made.resize(700, 600)
    made.show()
    qtbot.waitExposed(made)
    assert not made.altered.isVisible()
    session.set_altered(Altered((Glitch(GlitchKind.GAIN, 0.5, 7),), Fade("/a/moss.harmonium", 0.5)))
    assert made.altered.isVisible()
    assert made.altered.words.text() == "The model is altered: Gain noise, seed 7; Fade of weights to moss"
    qtbot.mouseClick(made.altered.reset_button, LEFT)
    assert session.altered.neutral
    assert not made.altered.isVisible()
