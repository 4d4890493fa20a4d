"""The page of codes: a map to click and drag on, sliders, two ends and the walk between them."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit, QSlider
from pytestqt.qtbot import QtBot

from studio.dream.walk import Walk
from studio.jobs.code_frames import CodeMap, CodePoint, CodeWish
from studio.jobs.status import Outcome
from studio.session.session import Session
from studio.ui.measure.pixels import differ, drawn
from studio.ui.panels import codes
from studio.ui.panels.codes import CodesPanel
from studio.ui.widgets.value_edit import ValueEdit
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def panel(qtbot: QtBot, session: FakeSession) -> CodesPanel:
    made = CodesPanel(cast(Session, session))
    qtbot.addWidget(made)
    made.resize(300, 800)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def found(panel: CodesPanel, session: FakeSession) -> CodeMap:
    """A map that is shown."""
    assert panel.isVisible()
    session.give_dataset()
    session.give_model("codes")
    return session.give_codes()


def wish(session: FakeSession) -> CodeWish:
    asked = session.last("show_code")
    assert asked is not None
    assert isinstance(asked[0], CodeWish)
    return asked[0]


def place_of(panel: CodesPanel, x: float, y: float) -> QPoint:
    return panel.map.spot(x, y).toPoint()


def test_it_says_what_to_do_until_there_is_a_map(panel: CodesPanel, session: FakeSession) -> None:
    assert panel.empty.isVisible()
    assert panel.empty.sentence() == codes.NO_PICTURES
    assert not panel.mean_button.isEnabled()
    assert not panel.again_button.isEnabled()
    session.give_model("codes")
    assert "map_codes" not in session.names()
    session.give_dataset()
    assert session.names().count("map_codes") == 1
    assert panel.empty.sentence() == codes.MAPPING
    panel.again_button.click()  # as after one that failed
    assert session.names().count("map_codes") == 2
    session.give_codes(0)
    assert panel.empty.sentence() == codes.TOO_FEW
    session.give_codes()
    assert panel.map.isVisible()
    assert wish(session) == CodeWish((CodePoint((0.0,) * 6),))
    assert panel.mean_button.isEnabled()
    session.give_model("rbm")
    assert session.names().count("map_codes") == 2


def test_a_click_and_a_drag_ask_for_the_code_under_the_cursor(
    panel: CodesPanel, session: FakeSession, found: CodeMap, qtbot: QtBot
) -> None:
    assert len(found.points) == 40
    qtbot.mousePress(panel.map, LEFT, pos=place_of(panel, 1.0, -0.5))
    assert wish(session).points[0].steps[:2] == pytest.approx((1.0, -0.5), abs=0.05)
    qtbot.mouseMove(panel.map, place_of(panel, -2.0, 1.5))
    assert wish(session).points[0].steps == pytest.approx((-2.0, 1.5, 0, 0, 0, 0), abs=0.05)
    qtbot.mouseMove(panel.map, QPoint(-500, -500))  # beside the map its edge counts
    assert wish(session).points[0].steps[0] >= -1.2 * max(3, np.abs(found.points).max())
    assert panel.directions.sliders[0].value() == wish(session).points[0].steps[0]
    before = drawn(panel.picture)
    session.give_code(wish(session))
    assert differ(before, drawn(panel.picture))


@pytest.mark.usefixtures("found")
def test_the_point_moves_by_keys(panel: CodesPanel, session: FakeSession, qtbot: QtBot) -> None:
    panel.map.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up):
        qtbot.keyClick(panel.map, key)
    assert wish(session).points[0].steps[:2] == (0.2, 0.1)
    qtbot.keyClick(panel.map, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert wish(session).points[0].steps[:2] == (0.2, -0.4)
    assert panel.map.accessibleDescription() == "0.2 deviations across, -0.4 up"
    qtbot.keyClick(panel.map, Qt.Key.Key_Return)
    assert wish(session).points[0].picture == panel.map.nearest()
    qtbot.keyClick(panel.map, Qt.Key.Key_Home)
    assert wish(session).points[0].steps[:2] == (0.0, 0.0)


def test_a_double_click_takes_a_picture_whole_and_mean_lets_go_of_it(
    panel: CodesPanel, session: FakeSession, found: CodeMap, qtbot: QtBot
) -> None:
    number = int(np.abs(found.points[:, :2]).sum(1).argmax())  # the loneliest
    at = place_of(panel, *(float(step) for step in found.points[number, :2]))
    qtbot.mouseClick(panel.map, LEFT, pos=at)
    qtbot.mouseDClick(panel.map, LEFT, pos=at)
    assert wish(session).points[0] == CodePoint(tuple(found.points[number].tolist()), number)
    assert f"picture {number + 1} of 40" in panel.words.text()
    qtbot.mouseClick(panel.map, LEFT, pos=place_of(panel, 0.5, 0.5))
    assert wish(session).points[0].picture == number
    qtbot.mouseClick(panel.mean_button, LEFT)
    assert wish(session).points[0] == CodePoint((0.0,) * 6)
    assert panel.words.text() == codes.WHAT_TO_DO


@pytest.mark.usefixtures("found")
def test_sliders_move_along_the_directions(panel: CodesPanel, session: FakeSession, qtbot: QtBot) -> None:
    number = panel.directions.sliders[0].findChild(ValueEdit)
    assert number is not None
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "1.5")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    track = panel.directions.sliders[4].findChild(QSlider)
    assert track is not None
    qtbot.mouseClick(track, LEFT, pos=QPoint(track.width() - 1, track.height() // 2))
    assert wish(session).points[0].steps == pytest.approx((1.5, 0, 0, 0, 3, 0))
    assert panel.map.place == pytest.approx((1.5, 0))
    qtbot.mouseDClick(track, LEFT)
    assert wish(session).points[0].steps == pytest.approx((1.5, 0, 0, 0, 0, 0))


def keep(panel: CodesPanel, session: FakeSession, qtbot: QtBot, *across: float) -> tuple[CodePoint, ...]:
    """Keep points of the map, as a person does."""
    for x in across:
        qtbot.mouseClick(panel.map, LEFT, pos=place_of(panel, x, 0.0))
        qtbot.mouseClick(panel.kept.keep_button, LEFT)
    return session.kept_codes


@pytest.mark.usefixtures("found")
def test_one_walks_through_kept_points_and_exports_the_way(
    panel: CodesPanel, session: FakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keep(panel, session, qtbot, -2.0)
    assert not panel.kept.share.isEnabled()
    points = keep(panel, session, qtbot, 0.0, 2.0)
    assert [point.steps[0] for point in points] == pytest.approx([-2, 0, 2], abs=0.05)
    assert [button.isVisible() for button in panel.kept.points] == [True] * 3 + [False] * 5
    track = panel.kept.share.findChild(QSlider)
    assert track is not None
    qtbot.mouseClick(track, LEFT, pos=QPoint(track.width() // 2, track.height() // 2))
    assert wish(session).share == pytest.approx(0.5, abs=0.05)
    assert wish(session).points == points
    panel.kept.loop.click()
    assert wish(session).loop
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "way"), ""))
    for key, name in ((".gif", "way.gif"), ("", "way")):
        panel.kept.kind.set_key(key)
        qtbot.mouseClick(panel.kept.export_button, LEFT)
        assert session.last("export_walk") == (tmp_path / name, points, Walk(60, loop=True))


@pytest.mark.usefixtures("found")
def test_kept_points_are_mixed_by_weights(
    panel: CodesPanel, session: FakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    points = keep(panel, session, qtbot, -2.0, 2.0)
    panel.kept.use.button("mixture").click()
    assert wish(session) == CodeWish(points, weights=(1.0, 1.0))
    assert not panel.kept.share.isVisible()
    assert [slider.isVisible() for slider in panel.kept.weights] == [True] * 2 + [False] * 6
    track = panel.kept.weights[1].findChild(QSlider)
    assert track is not None
    qtbot.mouseClick(track, LEFT, pos=QPoint(0, track.height() // 2))
    assert wish(session) == CodeWish(points, weights=(1.0, 0.0))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mixture"), ""))
    qtbot.mouseClick(panel.kept.export_button, LEFT)
    assert session.last("export_code") == (tmp_path / "mixture.png", CodeWish(points, weights=(1.0, 0.0)))


@pytest.mark.usefixtures("found")
def test_a_kept_point_is_gone_back_to_and_let_go(panel: CodesPanel, session: FakeSession, qtbot: QtBot) -> None:
    points = keep(panel, session, qtbot, -2.0, 1.0, 2.0)
    qtbot.mouseClick(panel.kept.points[0], LEFT)
    assert wish(session).points == points[:1]
    assert panel.map.place == points[0].steps[:2]
    qtbot.mouseClick(panel.kept.remove_button, LEFT)
    assert session.kept_codes == points[1:]
    qtbot.keyClick(panel.kept.points[1], Qt.Key.Key_Delete)
    assert session.kept_codes == points[1:2]
    assert not panel.kept.export_button.isEnabled()


@pytest.mark.usefixtures("found")
def test_a_hidden_page_asks_for_nothing_until_it_is_seen(panel: CodesPanel, session: FakeSession) -> None:
    panel.hide()
    session.give_end(Outcome.COMPLETED)
    assert session.names().count("map_codes") == 1
    panel.show()
    assert session.names().count("map_codes") == 2
    assert panel.map.isVisible()  # the map before, until the new one is here
    panel.again_button.click()
    assert session.names().count("map_codes") == 3


@pytest.mark.usefixtures("found")
def test_a_map_of_fewer_directions_has_fewer_sliders(panel: CodesPanel, session: FakeSession) -> None:
    panel.map.moved.emit(1.0, 1.0)
    session.give_codes(4, directions=3)
    assert wish(session).points[0].steps == (1.0, 1.0, 0.0)
    assert [slider.isVisible() for slider in panel.directions.sliders] == [True] * 3 + [False] * 3


@pytest.mark.usefixtures("found")
def test_every_control_has_a_name_and_a_tip_and_all_fit(panel: CodesPanel, qtbot: QtBot) -> None:
    for kind in (QAbstractButton, QSlider, QLineEdit):
        for control in panel.findChildren(kind):
            assert control.accessibleName(), control
            assert control.toolTip(), control
    assert panel.minimumSizeHint().width() <= 200
    for width in (200, 300, 640):
        panel.resize(width, 800)
        qtbot.waitUntil(lambda: panel.directions.width() == panel.kept.width() <= panel.width() - 32)
    qtbot.waitUntil(lambda: panel.picture.x() > panel.map.x())
