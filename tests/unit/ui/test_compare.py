"""Two pictures compared: by a line, in turn, by their difference, side by side."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from pytestqt.qtbot import QtBot

from studio.dream.snapshot import Snapshot
from studio.dream.strokes import Stroke
from studio.jobs.fill_frames import FillFrame
from studio.jobs.status import PlayerState
from studio.session.answers import SnapshotPicture
from studio.session.session import Session
from studio.ui.compare_pixels import Way, alike, composed
from studio.ui.conditions import compare_reason
from studio.ui.panels.dream import DreamPanel
from studio.ui.widgets.compare_canvas import TURN
from studio.ui.widgets.loupe import halves, part
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton
BLACK, WHITE = np.zeros((8, 10, 1), np.uint8), np.full((8, 10, 1), 255, np.uint8)


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def panel(qtbot: QtBot, session: FakeSession) -> DreamPanel:
    session.give_model()
    made = DreamPanel(cast(Session, session))
    qtbot.addWidget(made)
    made.resize(700, 600)
    made.show()
    qtbot.waitExposed(made)
    session.give_dream(1, 40)
    session.give_snapshots(3, 40)
    return made


def give(session: FakeSession, snapshot: Snapshot, level: int = 0, side: int = 40) -> None:
    session.snapshot_shown.emit(SnapshotPicture(snapshot, np.full((1, side, side, 3), level, np.uint8)))


def shown(panel: DreamPanel) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return panel.compare.canvas._pixels


def test_the_line_parts_the_pictures() -> None:
    made = composed(BLACK, WHITE, Way.SLIDER, 0.3)
    assert made[:, :3].max() == 0
    assert made[:, 3:].min() == 255
    assert np.array_equal(composed(BLACK, WHITE, Way.SLIDER, 1.0), BLACK)
    assert np.array_equal(composed(BLACK, WHITE, Way.SLIDER, 0.0), WHITE)


def test_difference_turns_and_sides() -> None:
    assert composed(BLACK, WHITE, Way.DIFFERENCE, 0.5).min() == 255
    assert composed(WHITE, WHITE, Way.DIFFERENCE, 0.5).max() == 0
    assert np.array_equal(composed(BLACK, WHITE, Way.FLICKER, 0.5), BLACK)
    assert np.array_equal(composed(BLACK, WHITE, Way.FLICKER, 0.5, second=True), WHITE)
    assert composed(BLACK, WHITE, Way.BESIDE, 0.5).shape == (8, 24, 1)


def test_pictures_of_unlike_sizes_share_a_corner() -> None:
    one, other = alike(BLACK, np.full((4, 20, 3), 9, np.uint8))
    assert one.shape == other.shape == (8, 20, 3)
    assert one[:, :10].max() == 0
    assert one[:, 10:].min() == other[4:].min() == 0x77


def test_c_compares_the_latest_snapshot_with_the_dream(panel: DreamPanel, session: FakeSession) -> None:
    panel.toggle_comparison()
    assert panel.compare.isVisible()
    assert session.last("look_at_snapshot") == (3,)
    give(session, session.snapshots[2])
    assert shown(panel).shape == (40, 40, 3)
    assert shown(panel)[:, :20].max() == 0
    assert shown(panel)[:, 20:].max() > 0
    before = shown(panel).copy()
    session.give_dream(1, 40, sweep=401)  # the dream plays on
    assert not np.array_equal(shown(panel), before)
    panel.toggle_comparison()
    assert panel.canvas.isVisible()


def test_the_line_follows_mouse_and_arrows(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    panel.show_comparison(True, 1)
    give(session, session.snapshots[0])
    canvas = panel.compare.canvas
    target = canvas.view.target()
    at = QPoint(round(target.left() + target.width() / 4), round(target.center().y()))
    qtbot.mousePress(canvas, LEFT, pos=at)
    assert canvas.share == pytest.approx(0.25, abs=0.02)
    qtbot.mouseMove(canvas, QPoint(round(target.right()) + 50, at.y()))
    assert canvas.share == 1
    qtbot.mouseRelease(canvas, LEFT)
    qtbot.mouseMove(canvas, at)
    assert canvas.share == 1
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.share == pytest.approx(0.95)
    assert shown(panel)[:, :38].max() == 0


def test_it_flickers_slowly_and_only_while_it_is_seen(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    assert TURN * 3 > 1000
    panel.show_comparison(True, 1)
    give(session, session.snapshots[0])
    canvas = panel.compare.canvas
    qtbot.mouseClick(panel.compare.way.button("flicker"), LEFT)
    assert canvas.way is Way.FLICKER
    assert shown(panel).max() == 0
    qtbot.waitUntil(lambda: canvas.second)
    assert shown(panel).max() > 0
    panel.show_comparison(False)
    assert not canvas._turn.isActive()


def test_any_two_are_chosen_and_few_are_kept(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    panel.show_comparison(True, 1)
    give(session, session.snapshots[0])
    view = panel.compare
    view.other.set_key("2")
    view.other.chosen.emit("2")
    assert session.last("look_at_snapshot") == (2,)
    give(session, session.snapshots[1], 200)
    qtbot.mouseClick(view.way.button("beside"), LEFT)
    assert shown(panel).shape == (40, 84, 3)
    assert shown(panel)[:, 44:].min() == 200
    asked = len(session.calls)
    view.one.set_key("3")
    view.one.chosen.emit("3")
    give(session, session.snapshots[2], 100)
    assert session.names()[asked:] == ["look_at_snapshot"]
    assert sorted(view._pictures) == [2, 3]
    session.name_snapshot(3, "the good one")
    assert view.one.currentText() == "3: the good one"
    qtbot.mouseClick(view.close_button, LEFT)
    assert panel.canvas.isVisible()


def fill(session: FakeSession, level: float) -> FillFrame:
    """Give a hole that is filled at a level; the input is black, one pass grey."""
    one = np.zeros((40, 40, 1), np.float32)
    frame = FillFrame(one, one + np.float32(0.5), one + np.float32(level), one[..., 0], (one,), sweep=9)
    session.frame_arrived.emit("fill", frame)
    return frame


def test_what_is_held_is_compared_with_what_fills_it(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.hold_whole("wall.png")
    session.begin_stroke(Stroke())
    panel.toggle_comparison()
    view = panel.compare
    assert (view.one.key(), view.other.key()) == ("covered", "mean")
    assert session.last("look_at_filling") == (None,)
    fill(session, 1.0)
    assert shown(panel)[:, :20].max() == 0
    assert shown(panel)[:, 20:].min() == 255
    session.calls.clear()
    qtbot.waitUntil(lambda: "look_at_filling" in session.names())  # the chains go on
    fill(session, 0.2)
    assert shown(panel)[:, 20:].max() == 51
    view.one.set_key("one_pass")
    view.one.chosen.emit("one_pass")
    assert shown(panel)[:, :20].min() == 128
    session.clear_strokes()
    session.hold = None
    session.hold_changed.emit(None)
    assert view.one.findData("covered") < 0
    assert (view.one.key(), view.other.key()) == ("0", "0")
    assert not view._timer.isActive()


def test_a_painted_dream_is_compared_with_its_snapshot_unless_there_is_none(
    panel: DreamPanel, session: FakeSession
) -> None:
    session.begin_stroke(Stroke())
    panel.toggle_comparison()
    assert (panel.compare.one.key(), panel.compare.other.key()) == ("3", "0")
    panel.toggle_comparison()
    session.give_snapshots(0)
    panel.toggle_comparison()
    assert (panel.compare.one.key(), panel.compare.other.key()) == ("covered", "mean")
    session.player = PlayerState.PLAYING
    assert not compare_reason(cast(Session, session))
    session.clear_strokes()
    assert compare_reason(cast(Session, session))


def test_the_loupe_enlarges_both_where_mouse_and_arrows_are(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot
) -> None:
    panel.show_comparison(True, 1)
    view = panel.compare
    view.other.set_key("2")
    view.other.chosen.emit("2")
    give(session, session.snapshots[0])
    give(session, session.snapshots[1], 255)
    qtbot.mouseClick(view.way.button("loupe"), LEFT)
    canvas = view.canvas
    target = canvas.view.target()
    at = QPoint(round(target.center().x()), round(target.top() + 0.75 * target.height()))
    qtbot.mouseMove(canvas, at)
    assert canvas.place.y() == pytest.approx(0.75, abs=0.02)
    left, right = (half.center().toPoint() for half in halves(QPointF(at), canvas.size()))
    picture = canvas.grab().toImage()
    assert (picture.pixelColor(left).red(), picture.pixelColor(right).red()) == (0, 255)
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.place.y() == pytest.approx(0.7, abs=0.02)
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.place.x() == pytest.approx(0.45, abs=0.02)


def test_the_loupe_stays_in_the_room_and_shows_few_pixels_large() -> None:
    room = QSize(400, 300)
    for x, y in ((0, 0), (400, 300), (200, 10), (390, 150)):
        one, other = halves(QPointF(x, y), room)
        assert QRectF(0, 0, 400, 300).contains(one.united(other))
    assert part(QPointF(50, 60), 0.1).width() == 144
    assert part(QPointF(50, 60), 100.0).width() == 6
    assert part(QPointF(50, 60), 2.0).center() == QPointF(50, 60)


def test_another_model_ends_the_comparison(panel: DreamPanel, session: FakeSession) -> None:
    panel.show_comparison(True, 1)
    session.give_model("rbm")
    assert not panel.compare.isVisible()
    session.give_model(None)
    panel.toggle_comparison()
    assert not panel.compare.isVisible()
