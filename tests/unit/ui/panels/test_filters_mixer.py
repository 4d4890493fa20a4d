"""The mixer beside the filters, as a person turns it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from studio.dream.mixer import Mixer, PartMix
from studio.models.parts import Part
from studio.session.session import Session
from studio.ui.panels.filters import FiltersPanel
from studio.ui.played_keys import PlayedKeys
from studio.ui.widgets.sheet_marks import CellMark
from studio.ui.widgets.value_edit import ValueEdit
from tests.helpers import fake_data
from tests.helpers.fake_session import FakeSession

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
ONE = (Part("hidden", 0, 25),)
TWO = (Part("encoder", 0, 5, "The encoder does not draw."), Part("hidden", 5, 20))
DEEP = (Part("layer 1", 0, 9), Part("layer 2", 9, 16))


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def panel(qtbot: QtBot, session: FakeSession) -> FiltersPanel:
    session.give_model("rbm", parts=ONE)
    made = FiltersPanel(cast(Session, session))
    qtbot.addWidget(made)
    made.resize(300, 900)
    made.show()
    qtbot.waitExposed(made)
    session.give_filters(25, 8)
    return made


def place_of(panel: FiltersPanel, cell: int) -> QPoint:
    return panel.sheet.area_of_cell(cell).center().toPoint()


def choose(panel: FiltersPanel, qtbot: QtBot, *cells: int) -> None:
    for number, cell in enumerate(cells):
        modifier = CTRL if number else Qt.KeyboardModifier.NoModifier
        qtbot.mouseClick(panel.sheet, LEFT, modifier, place_of(panel, cell))


def press(panel: FiltersPanel, qtbot: QtBot, key: str) -> None:
    qtbot.mouseClick(panel.mixer.units.switches[key], LEFT)


def test_a_filter_that_is_clicked_can_be_muted_and_is_marked(
    panel: FiltersPanel, session: FakeSession, qtbot: QtBot
) -> None:
    assert not panel.mixer.units.isVisible()
    choose(panel, qtbot, 7)
    assert panel.mixer.units.isVisible()
    assert panel.mixer.units.title.text() == "Filter 7"
    press(panel, qtbot, "muted")
    assert session.mixer == Mixer(muted=frozenset([7]))
    assert panel.sheet.mark(7) == CellMark(silent=True, muted=True)
    assert panel.words.text().endswith(", muted")
    press(panel, qtbot, "muted")
    assert session.mixer == Mixer()
    assert panel.sheet.mark(7).empty


def test_solo_veils_all_others(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    choose(panel, qtbot, 3)
    press(panel, qtbot, "solo")
    assert session.mixer.solo == {3}
    assert [cell for cell in range(25) if not panel.sheet.mark(cell).silent] == [3]


def test_a_held_filter_has_its_mark_wherever_the_order_puts_it(
    panel: FiltersPanel, session: FakeSession, qtbot: QtBot
) -> None:
    choose(panel, qtbot, 3)
    press(panel, qtbot, "held")
    assert panel.sheet.mark(3).held
    panel.order.set_key("norm")
    panel.order.chosen.emit("norm")
    held = [cell for cell in range(25) if panel.sheet.mark(cell).held]
    assert [panel._number(cell) for cell in held] == [3]
    assert session.mixer.held == {3}


def test_the_gain_is_turned_and_typed(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    choose(panel, qtbot, 3)
    number = panel.mixer.units.gain.findChild(ValueEdit)
    assert number is not None
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "2.5")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert session.mixer.gain(3) == 2.5
    assert "gain 2.50" in panel.words.text()
    number.selectAll()
    qtbot.keyClicks(number, "77")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert session.mixer.gain(3) == 2.5
    assert panel.mixer.units.gain.value() == 2.5
    assert session.last("notify") is not None


def test_several_filters_are_turned_together(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    choose(panel, qtbot, 3, 8, 9)
    assert panel.mixer.units.title.text() == "3 filters"
    assert [cell for cell in range(25) if panel.sheet.mark(cell).chosen] == [3, 8, 9]
    press(panel, qtbot, "muted")
    assert session.mixer.muted == {3, 8, 9}
    choose(panel, qtbot, 3, 4)
    assert not panel.mixer.units.switches["muted"].isChecked()
    qtbot.mouseClick(panel.sheet, LEFT, CTRL, place_of(panel, 3))
    assert panel.mixer.units.title.text() == "Filter 4"


def test_filters_are_grouped_and_found_again(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    box = panel.mixer
    box.fold.set_open(True)
    assert not box.group_button.isEnabled()
    choose(panel, qtbot, 3, 8)
    qtbot.mouseClick(box.group_button, LEFT)
    dialog = box.findChild(QInputDialog)
    assert dialog is not None
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    qtbot.keyClicks(field, "edges")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.mixer.group("edges") == (3, 8)
    assert box.groups.currentText() == "edges"
    choose(panel, qtbot, 1)
    box.groups.chosen.emit("edges")
    assert box.units.title.text() == "2 filters"
    press(panel, qtbot, "solo")
    assert session.mixer.solo == {3, 8}
    qtbot.mouseClick(box.ungroup_button, LEFT)
    assert session.mixer.groups == ()
    assert box.groups.keys() == [""]
    assert not box.ungroup_button.isEnabled()


def test_reset_turns_everything_back(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    panel.mixer.fold.set_open(True)
    assert not panel.mixer.reset_button.isEnabled()
    choose(panel, qtbot, 3)
    press(panel, qtbot, "muted")
    qtbot.mouseClick(panel.mixer.reset_button, LEFT)
    assert session.mixer == Mixer()
    assert session.last("set_mixer") == (Mixer(), "the reset of the mixer")


def test_a_right_click_offers_the_switches(panel: FiltersPanel, session: FakeSession) -> None:
    at = place_of(panel, 6)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, panel.sheet.mapToGlobal(at))
    QApplication.sendEvent(panel.sheet, event)
    (menu,) = panel.mixer.findChildren(QMenu)
    actions = {made.text(): made for made in menu.actions() if isinstance(made, QAction)}
    assert list(actions) == ["Mute", "Solo", "Hold on"]
    actions["Hold on"].trigger()
    assert session.mixer.held == {6}
    menu.close()


def test_what_cannot_be_played_says_why(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_model("codes", parts=TWO)
    choose(panel, qtbot, 2)
    assert panel.mixer.units.reason.text() == "The encoder does not draw."
    assert not panel.mixer.units.switches["muted"].isEnabled()
    choose(panel, qtbot, 7)
    assert not panel.mixer.units.reason.isVisible()
    assert panel.mixer.units.switches["muted"].isEnabled()
    session.give_model("codes", parts=TWO[:1])
    panel.mixer.fold.set_open(True)
    assert panel.mixer.reason.isVisible()
    assert not panel.mixer.keys.isEnabled()


def test_layers_have_a_temperature_and_a_gain(panel: FiltersPanel, session: FakeSession) -> None:
    panel.mixer.fold.set_open(True)
    assert not panel.mixer.parts.temperature.isVisible()
    session.give_model("convolutional", parts=DEEP)
    parts = panel.mixer.parts
    assert parts.temperature.isVisible()
    parts.temperature.edited.emit(2.0)
    assert session.mixer.part(0) == PartMix(2.0)
    parts.choice.set_key("1")
    parts.choice.chosen.emit("1")
    assert parts.temperature.value() == 1
    parts.gain.edited.emit(0.5)
    assert session.mixer.parts == (PartMix(2.0), PartMix(1.0, 0.5))
    parts.gain.edited.emit(99.0)
    assert session.mixer.part(1).gain == 0.5


def test_the_strongest_filters_are_on_the_keys(panel: FiltersPanel, session: FakeSession) -> None:
    norms = session.give_filters(25, 8).norms
    assert len(panel.mixer.keys.units) == 8
    assert list(panel.mixer.keys.units) == sorted(range(25), key=lambda unit: -norms[unit])[:8]
    session.give_model("convolutional", parts=DEEP)
    first, second = fake_data.filter_frame(9, 8, 1, 10), fake_data.filter_frame(16, 8, 1, 10)
    session.frame_arrived.emit("filters", replace(first, deeper=(second,)))
    assert max(panel.mixer.keys.units) < 9
    panel.layer.set_key("1")
    panel.layer.chosen.emit("1")
    assert min(panel.mixer.keys.units) >= 9
    assert panel.mixer.parts.number == 1
    panel.layer.chosen.emit("0")
    session.give_model("codes", parts=TWO)
    session.give_filters(25, 8)
    assert min(panel.mixer.keys.units) >= 5
    assert "filter" in panel.mixer.keys.keys[0].accessibleName()


def test_a_key_of_the_row_sounds_while_the_mouse_is_down(
    panel: FiltersPanel, session: FakeSession, qtbot: QtBot
) -> None:
    panel.mixer.fold.set_open(True)
    key, unit = panel.mixer.keys.keys[2], panel.mixer.keys.units[2]
    qtbot.mousePress(key, LEFT)
    assert session.last("press_units") == (frozenset([unit]),)
    qtbot.mouseRelease(key, LEFT)
    assert session.last("press_units") == (frozenset(),)
    assert session.mixer == Mixer()


def test_digits_play_chords_and_leave_what_is_typed_alone(
    panel: FiltersPanel, session: FakeSession, qtbot: QtBot
) -> None:
    field = QLineEdit(panel)
    field.show()
    PlayedKeys(panel, panel.mixer.keys)
    units = panel.mixer.keys.units
    panel.sheet.setFocus()
    qtbot.keyPress(panel.sheet, Qt.Key.Key_1)
    qtbot.keyPress(panel.sheet, Qt.Key.Key_4)
    assert session.last("press_units") == (frozenset([units[0], units[3]]),)
    assert panel.mixer.keys.keys[3].isDown()
    session.give_filters(9, 8)  # the keys stay as they are while any is down
    assert panel.mixer.keys.units == units
    qtbot.keyRelease(panel.sheet, Qt.Key.Key_1)
    assert session.last("press_units") == (frozenset([units[3]]),)
    QApplication.sendEvent(panel, QEvent(QEvent.Type.WindowDeactivate))
    assert session.last("press_units") == (frozenset(),)
    before = len(session.calls)
    qtbot.keyClicks(field, "148")
    qtbot.keyClick(panel.sheet, Qt.Key.Key_2, CTRL)
    qtbot.keyClick(panel.sheet, Qt.Key.Key_9)
    assert field.text() == "148"
    assert "press_units" not in session.names()[before:]


def test_another_model_lets_go_of_the_keys(panel: FiltersPanel, session: FakeSession) -> None:
    panel.mixer.keys.press(0)
    session.give_model("rbm", parts=ONE)
    assert session.last("press_units") == (frozenset(),)
    assert panel.mixer.keys.units == ()
    assert not panel.mixer.keys.press(0)
