"""What the model sees in a picture, as a person looks: chosen, dropped, pointed at, enlarged, while it learns."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from studio.jobs.status import RunState
from studio.session.session import Session
from studio.ui import maps_box
from studio.ui.panels.filters import FiltersPanel
from tests.helpers import fake_data
from tests.helpers.fake_session import FakeSession

LEFT, COPY, PLAIN = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def session() -> FakeSession:
    made = FakeSession()
    made.give_dataset(36, side=48)
    return made


@pytest.fixture
def panel(qtbot: QtBot, session: FakeSession) -> FiltersPanel:
    made = FiltersPanel(cast(Session, session))
    qtbot.addWidget(made)
    made.resize(300, 700)
    made.show()
    qtbot.waitExposed(made)
    session.give_model("convolutional")
    return made


@pytest.fixture
def looking(qtbot: QtBot, panel: FiltersPanel, session: FakeSession) -> FiltersPanel:
    """The panel that shows what layers of 9 and 16 filters see in a picture."""
    qtbot.mouseClick(panel.see, LEFT)
    session.give_maps()
    return panel


def place_of(panel: FiltersPanel, cell: int) -> QPoint:
    return panel.maps.sheet.area_of_cell(cell).center().toPoint()


def dropped(panel: FiltersPanel, *paths: str) -> tuple[bool, bool]:
    """Drag files over the maps and drop them; returns whether each is taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    at = panel.maps.rect().center()
    entering = QDragEnterEvent(at, COPY, data, LEFT, PLAIN)
    entering.ignore()
    QApplication.sendEvent(panel.maps, entering)
    dropping = QDropEvent(at.toPointF(), COPY, data, LEFT, PLAIN)
    dropping.ignore()
    QApplication.sendEvent(panel.maps, dropping)
    return entering.isAccepted(), dropping.isAccepted()


@pytest.mark.parametrize("family", ["rbm", "texture", None])
def test_it_is_offered_for_models_that_have_maps(panel: FiltersPanel, session: FakeSession, family: str | None) -> None:
    assert panel.see.isVisible()
    panel.see.click()
    assert panel.maps.isVisible()
    session.give_model(family)
    assert not panel.see.isVisible()
    assert not panel.maps.isVisible()
    assert panel.words.isVisible()


def test_maps_take_the_place_of_the_filters_and_give_it_back(looking: FiltersPanel, qtbot: QtBot) -> None:
    assert not looking.sheet.isVisible()
    assert not looking.order.isVisible()
    assert looking.maps.sheet.count == 9
    assert looking.see.accessibleName() == "See filters"
    qtbot.keyClick(looking.see, Qt.Key.Key_Space)
    assert looking.order.isVisible()
    assert not looking.maps.isVisible()
    assert looking.see.accessibleName() == "See maps"


def test_the_first_training_picture_is_looked_at_and_others_are_stepped_to(
    panel: FiltersPanel, session: FakeSession, qtbot: QtBot
) -> None:
    chooser = panel.maps.chooser
    qtbot.mouseClick(panel.see, LEFT)
    assert session.last("see") == ("", 0, True)
    session.give_maps(index=0)
    assert (chooser.name.text(), chooser.place.text()) == ("wall 000.jpg", "1 of 36")
    qtbot.mouseClick(chooser.after, LEFT)
    qtbot.mouseClick(chooser.after, LEFT)
    assert session.last("see") == ("", 2, False), "two clicks are two places, though the first is not there yet"
    assert chooser.place.text() == "Looking..."
    session.give_maps(index=1)
    qtbot.keyClick(chooser.after, Qt.Key.Key_Space)
    assert session.last("see") == ("", 3, False)
    session.give_maps(index=3)
    assert chooser.place.text() == "4 of 36"
    session.give_maps(index=0)
    for _ in range(4):
        qtbot.mouseClick(chooser.before, LEFT)
    session.give_maps(index=35)
    assert session.last("see") == ("", -1, False)
    qtbot.mouseClick(chooser.before, LEFT)
    assert session.last("see") == ("", 34, False)


def test_a_dropped_picture_is_looked_at(looking: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    assert dropped(looking, "/far/dropped.png") == (True, True)
    assert session.last("see") == ("/far/dropped.png", 0, False)
    session.give_maps(count=0)
    chooser = looking.maps.chooser
    assert (chooser.name.text(), chooser.place.text()) == ("dropped.png", "from a file")
    qtbot.mouseClick(chooser.after, LEFT)
    assert session.last("see") == ("", 0, False), "back among the pictures learned from"


@pytest.mark.parametrize("paths", [("/far/wall.harmonium",), ("/far/a.png", "/far/b.png"), ("/far/folder",)])
def test_what_is_no_single_picture_is_left_to_the_window(
    looking: FiltersPanel, session: FakeSession, paths: Sequence[str]
) -> None:
    before = len(session.calls)
    assert dropped(looking, *paths) == (False, False)
    QApplication.sendEvent(looking.maps, QDragLeaveEvent())
    assert len(session.calls) == before


def test_a_picture_is_chosen_by_the_dialog(
    looking: FiltersPanel, session: FakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answers = ["", str(tmp_path / "face.png")]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (answers.pop(0), ""))
    before = len(session.calls)
    qtbot.mouseClick(looking.maps.chooser.open, LEFT)
    assert len(session.calls) == before, "thought better of it"
    qtbot.mouseClick(looking.maps.chooser.open, LEFT)
    assert session.last("see") == (str(tmp_path / "face.png"), 0, False)


def test_without_pictures_one_is_asked_for(
    qtbot: QtBot, session: FakeSession, panel: FiltersPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.dataset = None
    qtbot.mouseClick(panel.see, LEFT)
    assert session.last("see") is None
    assert panel.maps.empty.isVisible()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/far/face.png", ""))
    qtbot.mouseClick(panel.maps.open_button, LEFT)
    assert session.last("see") == ("/far/face.png", 0, False)
    session.give_maps(count=0)
    assert not panel.maps.empty.isVisible()
    assert not panel.maps.chooser.after.isEnabled()
    session.give_dataset(36, side=48)
    session.give_maps(count=0)
    assert panel.maps.chooser.after.isEnabled()


def test_pointing_says_how_strongly_and_lights_the_picture_where(
    looking: FiltersPanel, session: FakeSession, qtbot: QtBot
) -> None:
    box, frame = looking.maps, fake_data.maps_frame((9, 16), 0, 36)
    assert box.words.text().startswith("Point at a map")
    plain = box.chooser.picture._pixels.copy()
    qtbot.mouseMove(box.sheet, place_of(looking, 4))
    most, mean = frame.layers[0].maps[4].max(), frame.layers[0].maps[4].mean()
    assert box.words.text() == f"Filter 4 of layer 1: {most:.0%} at most, {mean:.0%} on average".replace("%", " %")
    assert (box.chooser.picture._pixels <= plain).all()
    assert (box.chooser.picture._pixels < plain).any()
    session.give_maps()
    assert box.words.text().startswith("Filter 4"), "still pointed at"
    qtbot.mouseMove(box.sheet, QPoint(1, 1))
    assert np.array_equal(box.chooser.picture._pixels, plain)


def test_a_click_inspects_the_filter_of_the_layer_in_sight(
    looking: FiltersPanel, session: FakeSession, qtbot: QtBot
) -> None:
    first, second = (fake_data.filter_frame(count, 8, 1, 1) for count in (9, 16))
    second = dataclasses.replace(second, layer="layer 2")
    session.frame_arrived.emit("filters", dataclasses.replace(first, layer="layer 1", deeper=(second,)))
    looking.layer.setCurrentIndex(1)
    looking.layer.activated.emit(1)
    assert looking.maps.sheet.count == 16
    qtbot.mouseClick(looking.maps.sheet, LEFT, pos=place_of(looking, 5))
    assert session.last("inspect_filter") == (9 + 5,)
    session.give_detail(9 + 5)
    assert looking.detail.isVisible()
    qtbot.mouseClick(looking.see, LEFT)
    assert looking.sheet.selected == 5, "the same filter among the filters"


def test_the_keyboard_walks_the_maps(looking: FiltersPanel, session: FakeSession, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right):
        qtbot.keyClick(looking.maps.sheet, key)
    assert looking.maps.words.text().startswith("Filter 1 of layer 1")
    qtbot.keyClick(looking.maps.sheet, Qt.Key.Key_Return)
    assert session.last("inspect_filter") == (1,)


def test_a_double_click_opens_the_large_view_that_follows(
    looking: FiltersPanel, session: FakeSession, qtbot: QtBot
) -> None:
    qtbot.mouseDClick(looking.maps.sheet, LEFT, pos=place_of(looking, 3))
    dialog = looking.maps._dialog
    assert dialog is not None
    assert dialog.windowTitle() == "Filter 3 of layer 1 in wall 000.jpg"
    assert dialog.map._pixels.shape[:2] == (20, 20)
    session.give_maps(index=7)
    assert dialog.windowTitle() == "Filter 3 of layer 1 in wall 007.jpg"
    assert dialog.words.text() == looking.maps.describe(3)
    dialog.close()
    assert looking.maps._dialog is None
    session.give_maps(index=8)
    qtbot.mouseDClick(looking.maps.sheet, LEFT, pos=place_of(looking, 3))
    session.give_model(None)
    assert looking.maps._dialog is None, "closed with its model"


def test_it_looks_again_while_the_model_learns_and_somebody_looks(
    looking: FiltersPanel, session: FakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps_box, "PAUSE", 1)
    monkeypatch.setattr(maps_box, "WORK", 0)
    session.give_maps()
    session.calls.clear()
    session.give_status(RunState.TRAINING)
    assert session.last("see") == ("", 0, True)
    session.calls.clear()
    session.give_maps()
    qtbot.waitUntil(lambda: session.last("see") == ("", 0, True))
    session.give_status(RunState.PAUSED)
    session.calls.clear()
    session.give_maps()
    assert not looking.maps._again.isActive()
    session.give_progress()
    assert session.last("see") == ("", 0, True), "a step was taken by hand"
    looking.hide()
    session.calls.clear()
    session.give_status(RunState.TRAINING)
    session.give_maps()
    session.give_status(RunState.IDLE)
    assert session.names() == []
    looking.show()
    assert session.last("see") == ("", 0, True)


def test_what_could_not_be_looked_at_leaves_the_maps_as_they_are(looking: FiltersPanel, session: FakeSession) -> None:
    session.give_maps(index=2)
    dropped(looking, "/far/broken.png")
    session.maps_seen.emit(None)
    chooser = looking.maps.chooser
    assert (chooser.name.text(), chooser.place.text()) == ("wall 002.jpg", "3 of 36")
    session.give_status(RunState.IDLE)
    assert session.last("see") == ("", 2, True), "not what could not be looked at"


def test_maps_of_another_model_are_not_kept(looking: FiltersPanel, session: FakeSession) -> None:
    session.give_model("convolutional")
    assert looking.maps.sheet.isVisible(), "until the new ones are there"
    session.maps_seen.emit(None)
    assert looking.maps.empty.isVisible()
    session.give_maps((4,))
    assert looking.maps.sheet.count == 4
    assert looking.maps.describe(3).startswith("Filter 3: ")
    assert looking.maps.describe(4) == ""


@pytest.mark.usefixtures("dressed")
def test_it_can_be_narrow_and_everything_has_a_name(looking: FiltersPanel, qtbot: QtBot) -> None:
    looking.resize(216, 700)
    qtbot.waitUntil(lambda: looking.width() == 216)
    looking.grab()
    box = looking.maps
    chooser = box.chooser
    beside = (chooser.name, chooser.place, chooser.open, chooser.before, chooser.after)

    def apart() -> bool:
        places = [part.geometry() for part in beside]
        left, right = chooser.picture.geometry().right(), chooser.width()
        return all(place.left() > left and place.right() <= right for place in places)

    qtbot.waitUntil(apart)
    room = box.words.fontMetrics().boundingRect(
        box.words.rect(), Qt.TextFlag.TextWordWrap, box.describe(8) or "no filter"
    )
    assert room.height() <= box.words.height()
    for part in (box.chooser.before, box.chooser.after, box.chooser.open, box.sheet, box.chooser.picture):
        assert part.accessibleName()
    assert box.chooser.name.accessibleName() == "Picture looked at: wall 000.jpg"
