"""The sheet of filters and the closer look."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.jobs.frames import FilterFrame, publish
from studio.session.session import Session
from studio.ui.panels.filters import FiltersPanel
from tests.helpers import fake_data
from tests.helpers.fake_session import FakeSession


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def panel(qtbot: QtBot, session: FakeSession) -> FiltersPanel:
    made = FiltersPanel(cast(Session, session))
    qtbot.addWidget(made)
    made.resize(300, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def place_of(panel: FiltersPanel, cell: int) -> QPoint:
    return panel.sheet.area_of_cell(cell).center().toPoint()


def test_it_says_what_will_be_here(panel: FiltersPanel, session: FakeSession) -> None:
    assert panel.empty.isVisible()
    assert not panel.export_button.isEnabled()
    session.give_filters(16, 8)
    assert panel.sheet.isVisible()
    assert panel.export_button.isEnabled()
    session.give_model(None)
    assert panel.empty.isVisible()


def test_a_hidden_panel_draws_nothing_and_catches_up(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    panel.hide()
    assert "filters" not in session.wanted
    session.give_filters(16, 8)
    qtbot.waitUntil(lambda: not panel._pause.isActive())
    assert panel.sheet.count == 0
    panel.show()
    assert "filters" in session.wanted
    assert panel.sheet.count == 16


def test_quick_frames_are_drawn_at_most_eight_times_a_second_and_the_last_one_lands(
    panel: FiltersPanel, session: FakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(panel.sheet, "set_cells", lambda cells: drawn.append(len(cells)))
    for count in range(1, 30):
        session.give_filters(count, 4)
    assert len(drawn) == 1
    qtbot.waitUntil(lambda: drawn[-1] == 29)
    assert len(drawn) == 2


def test_hovering_tells_about_a_filter(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    frame = session.give_filters(25, 8)
    qtbot.mouseMove(panel.sheet, place_of(panel, 11))
    assert panel.words.text().startswith("Filter 11, fires for ")
    assert panel.words.text().endswith(f"norm {frame.norms[11]:.1f}")
    qtbot.mouseMove(panel.sheet, QPoint(1, 1))
    assert panel.words.text() == "Click a filter to see what excites it."


def test_a_click_inspects_and_the_detail_appears(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_filters(25, 8)
    qtbot.mouseClick(panel.sheet, Qt.MouseButton.LeftButton, pos=place_of(panel, 7))
    assert session.last("inspect_filter") == (7,)
    session.give_detail(7)
    assert panel.detail.isVisible()
    assert panel.detail.exciting.count == 10
    assert len(panel.detail.histogram.bars()) == 20


@pytest.mark.parametrize("key", ["norm", "activity"])
def test_sorted_cells_keep_their_own_numbers(panel: FiltersPanel, session: FakeSession, qtbot: QtBot, key: str) -> None:
    frame = session.give_filters(25, 8)
    panel.order.set_key(key)
    panel.order.chosen.emit(key)
    values = frame.norms if key == "norm" else frame.activity
    qtbot.mouseClick(panel.sheet, Qt.MouseButton.LeftButton, pos=place_of(panel, 0))
    assert session.last("inspect_filter") == (int(np.argmax(values)),)
    panel.order.set_key("index")
    panel.order.chosen.emit("index")
    assert panel.sheet.selected == int(np.argmax(values))


def test_the_keyboard_walks_and_inspects(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_filters(25, 8)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(panel.sheet, key)
    assert session.last("inspect_filter") is None
    assert panel.words.text().startswith("Filter 2,")
    qtbot.keyClick(panel.sheet, Qt.Key.Key_Return)
    assert session.last("inspect_filter") == (2,)


def test_colour_is_offered_for_colour_only(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_filters(9, 8, channels=1)
    assert panel.colour.keys() == ["grey", "diverging"]
    qtbot.waitUntil(lambda: not panel._pause.isActive())
    session.give_filters(9, 8, channels=3)
    assert panel.colour.keys() == ["rgb", "grey", "diverging"]
    assert panel.colour.key() == "rgb"
    for mode, channels in (("grey", 1), ("diverging", 3)):
        panel.colour.set_key(mode)
        panel.colour.chosen.emit(mode)
        assert panel.sheet._cells.shape[3] == channels


def test_a_double_click_opens_the_large_view_that_follows(
    panel: FiltersPanel, session: FakeSession, qtbot: QtBot
) -> None:
    session.give_filters(25, 8)
    qtbot.mouseDClick(panel.sheet, Qt.MouseButton.LeftButton, pos=place_of(panel, 3))
    dialog = panel._dialog
    assert dialog is not None
    session.give_detail(3)
    assert dialog.windowTitle() == "Filter 3"
    session.give_detail(5)
    assert dialog.windowTitle() == "Filter 5"
    dialog.close()
    assert panel._dialog is None
    session.give_detail(6)


def test_the_sheet_zooms_by_wheel_and_keys(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_filters(25, 8)
    qtbot.keyClick(panel.sheet, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert panel.sheet.view.zoom == 8
    session.give_filters(25, 8)
    assert panel.sheet.view.zoom == 8


def test_export_asks_for_a_file(
    panel: FiltersPanel, session: FakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.give_filters(4, 8)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "f.png"), ""))
    panel.export_button.click()
    assert session.last("export_filters") == (tmp_path / "f.png",)


@pytest.mark.parametrize("mode", ["grey", "diverging", "rgb"])
def test_nan_is_drawn_without_complaint(panel: FiltersPanel, session: FakeSession, mode: str, qtbot: QtBot) -> None:
    nan = np.full(4, np.nan, np.float32)
    broken = FilterFrame("hidden", 1, publish(np.full((4, 6, 6, 3), np.nan, np.float32)), publish(nan), publish(nan))
    session.frame_arrived.emit("filters", broken)
    panel.colour.set_key(mode)
    panel.colour.chosen.emit(mode)
    panel.order.set_key("norm")
    panel.order.chosen.emit("norm")
    for place in (0, 1):  # where the pointer is already no movement would be told
        qtbot.mouseMove(panel.sheet, place_of(panel, place))
    assert "Filter" in panel.words.text()
    panel.grab()


def test_no_filters_and_one_filter(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_filters(1, 1)
    assert panel.sheet.count == 1
    qtbot.waitUntil(lambda: not panel._pause.isActive())
    zero = publish(np.zeros(0, np.float32))
    session.frame_arrived.emit(
        "filters", FilterFrame("hidden", 1, publish(np.zeros((0, 4, 4, 1), np.float32)), zero, zero)
    )
    assert panel.empty.isVisible()


def test_it_can_be_narrow(panel: FiltersPanel, session: FakeSession, make_fit: Callable[[FiltersPanel], None]) -> None:
    session.give_filters(100, 28)
    session.give_detail(3)
    make_fit(panel)
    strip = panel.detail.exciting
    assert strip.height() == strip.heightForWidth(strip.width())


@pytest.fixture
def make_fit(qtbot: QtBot) -> Callable[[FiltersPanel], None]:
    def fit(panel: FiltersPanel) -> None:
        panel.resize(200, 900)
        qtbot.waitUntil(lambda: panel.detail.isVisible() and panel.width() == 200)
        panel.grab()

    return fit


def layered(counts: Sequence[int]) -> FilterFrame:
    first, *rest = (
        dataclasses.replace(fake_data.filter_frame(count, 8, 1, 1), layer=f"layer {place}")
        for place, count in enumerate(counts, 1)
    )
    return dataclasses.replace(first, deeper=tuple(rest))


def choose_layer(panel: FiltersPanel, place: int) -> None:
    panel.layer.setCurrentIndex(place)
    panel.layer.activated.emit(place)


def test_the_layer_to_see_is_chosen_and_numbers_count_from_the_first(
    panel: FiltersPanel, session: FakeSession, qtbot: QtBot
) -> None:
    session.give_filters(9, 8)
    assert panel.layer.isHidden()
    qtbot.waitUntil(lambda: not panel._pause.isActive())
    frame = layered((9, 16, 25))
    session.frame_arrived.emit("filters", frame)
    assert [panel.layer.itemText(place) for place in range(panel.layer.count())] == ["layer 1", "layer 2", "layer 3"]
    choose_layer(panel, 2)
    assert panel.sheet.count == 25
    qtbot.mouseClick(panel.sheet, Qt.MouseButton.LeftButton, pos=place_of(panel, 7))
    assert session.last("inspect_filter") == (9 + 16 + 7,)
    assert panel.describe(9 + 16 + 7).startswith("Filter 7 of layer 3, fires for ")
    assert panel.words.text() == panel.describe(9 + 16 + 7)
    assert panel.describe(9 + 16 + 25) == ""


def test_the_layer_stays_chosen_while_the_model_stays(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.frame_arrived.emit("filters", layered((9, 16)))
    choose_layer(panel, 1)
    qtbot.waitUntil(lambda: not panel._pause.isActive())
    session.frame_arrived.emit("filters", layered((9,)))
    assert panel.sheet.count == 9, "a layer that is not learned yet cannot be seen"
    qtbot.waitUntil(lambda: not panel._pause.isActive())
    session.frame_arrived.emit("filters", layered((9, 16)))
    assert panel.sheet.count == 16
    session.give_model(None)
    session.frame_arrived.emit("filters", layered((4, 9)))
    qtbot.waitUntil(lambda: panel.sheet.count == 4)


def test_a_deeper_filter_is_named_with_its_layer(panel: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.frame_arrived.emit("filters", layered((9, 16)))
    choose_layer(panel, 1)
    qtbot.mouseDClick(panel.sheet, Qt.MouseButton.LeftButton, pos=place_of(panel, 3))
    session.filter_inspected.emit(dataclasses.replace(fake_data.filter_detail(9 + 3, 8, 1), layer="layer 2"))
    assert panel._dialog is not None
    assert panel._dialog.windowTitle() == "Filter 3 of layer 2"
    panel._dialog.close()
