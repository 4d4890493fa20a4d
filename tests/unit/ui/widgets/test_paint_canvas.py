"""Painting with mouse and pen, in the picture's own pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.dream.strokes import Brush, Form, Point
from studio.ui.images import from_qimage
from studio.ui.widgets.paint_canvas import PEN_GONE_MS, RIM, PaintCanvas, rim_of
from studio.ui.widgets.paint_tool import PaintTool

LEFT = Qt.MouseButton.LeftButton
SIDE = 20  # of the picture; the canvas shows each pixel as ten


@pytest.fixture
def canvas(qtbot: QtBot) -> PaintCanvas:
    made = PaintCanvas()
    qtbot.addWidget(made)
    made.view.margin = 0
    made.resize(200, 200)
    made.set_picture(np.full((SIDE, SIDE, 1), 0.5, np.float32))
    made.show()
    qtbot.waitExposed(made)
    made.fit()
    return made


class Heard:
    """What a canvas told."""

    def __init__(self, canvas: PaintCanvas) -> None:
        self.begun: list[tuple[Point, ...]] = []
        self.led: list[tuple[Point, ...]] = []
        self.picked: list[tuple[int, int]] = []
        self.ends = 0
        canvas.begun.connect(self.begun.append)
        canvas.led_on.connect(self.led.append)
        canvas.picked.connect(lambda x, y: self.picked.append((x, y)))
        canvas.finished.connect(self._end)

    def _end(self) -> None:
        self.ends += 1


def drag(qtbot: QtBot, canvas: PaintCanvas, *places: tuple[int, int]) -> None:
    qtbot.mousePress(canvas, LEFT, pos=QPoint(*places[0]))
    for place in places[1:]:
        qtbot.mouseMove(canvas, QPoint(*place))
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(*places[-1]))


def scale(canvas: PaintCanvas) -> float:
    return canvas.view.scale


def test_without_a_tool_it_is_looked_at_only(canvas: PaintCanvas, qtbot: QtBot) -> None:
    heard = Heard(canvas)
    drag(qtbot, canvas, (50, 50), (90, 90))
    assert not heard.begun
    assert heard.ends == 0


def test_a_line_is_told_as_it_is_drawn(canvas: PaintCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(PaintTool())
    heard = Heard(canvas)
    corner, zoom = canvas.view.target().topLeft(), scale(canvas)
    drag(qtbot, canvas, (60, 60), (100, 80), (140, 120))
    [(begin,)] = heard.begun
    assert begin == ((60 - corner.x()) / zoom, (60 - corner.y()) / zoom, 1.0)
    assert len(heard.led) == 2
    assert heard.led[-1][0][:2] == ((140 - corner.x()) / zoom, (120 - corner.y()) / zoom)
    assert heard.ends == 1
    assert not canvas.painting


@pytest.mark.parametrize("form", [Form.RECTANGLE, Form.ELLIPSE, Form.LASSO])
def test_a_form_is_told_when_it_is_whole(canvas: PaintCanvas, qtbot: QtBot, form: Form) -> None:
    canvas.set_tool(PaintTool(form=form))
    heard = Heard(canvas)
    drag(qtbot, canvas, (60, 60), (100, 80), (140, 120))
    [points] = heard.begun
    assert len(points) == 3
    assert not heard.led


def test_escape_gives_up_a_form(canvas: PaintCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(PaintTool(form=Form.RECTANGLE))
    heard = Heard(canvas)
    qtbot.mousePress(canvas, LEFT, pos=QPoint(60, 60))
    qtbot.mouseMove(canvas, QPoint(120, 120))
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(120, 120))
    assert not heard.begun


def test_space_and_drag_pans_also_with_a_tool(canvas: PaintCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(PaintTool())
    heard, before = Heard(canvas), canvas.view.target().topLeft()
    canvas.setFocus()
    qtbot.keyPress(canvas, Qt.Key.Key_Space)
    drag(qtbot, canvas, (60, 60), (80, 70))
    qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert not heard.begun
    assert canvas.view.target().topLeft() != before


def test_in_a_wrapped_view_a_stroke_stays_in_the_copy_where_it_began(canvas: PaintCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(PaintTool())
    canvas.set_wrapped(True)
    heard = Heard(canvas)
    corner, zoom = canvas.view.target().topLeft(), scale(canvas)
    step = SIDE * zoom
    begin = round(corner.x() + 1.5 * step), round(corner.y() + 0.5 * step)
    end = round(corner.x() + 0.9 * step), begin[1]
    drag(qtbot, canvas, begin, end)
    assert heard.begun[0][0][0] == pytest.approx(0.5 * SIDE, abs=0.6)
    assert heard.led[-1][0][0] == pytest.approx(-0.1 * SIDE, abs=0.6)


def test_in_the_shifted_view_the_point_under_the_hand_is_meant(canvas: PaintCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(PaintTool())
    canvas.set_shifted(True)
    heard = Heard(canvas)
    corner, zoom = canvas.view.target().topLeft(), scale(canvas)
    at = round(corner.x() + 2 * zoom), round(corner.y() + 15 * zoom)
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(*at))
    x, y, _ = heard.begun[0][0]
    assert np.allclose((x, y), (12, 5), atol=0.2)


def test_a_reduced_picture_is_painted_at_the_size_of_its_canvas(canvas: PaintCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(PaintTool())
    canvas.set_reduction(4)
    heard = Heard(canvas)
    corner, zoom = canvas.view.target().topLeft(), scale(canvas)
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(round(corner.x() + 10 * zoom), round(corner.y() + 10 * zoom)))
    assert heard.begun[0][0][0] == pytest.approx(40, abs=0.5)


def test_the_next_press_picks_a_colour(canvas: PaintCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(PaintTool())
    canvas.set_picking(True)
    heard = Heard(canvas)
    corner, zoom = canvas.view.target().topLeft(), scale(canvas)
    at = QPoint(round(corner.x() + 3.5 * zoom), round(corner.y() + 7.5 * zoom))
    qtbot.mouseClick(canvas, LEFT, pos=at)
    assert heard.picked == [(3, 7)]
    assert not heard.begun
    qtbot.mouseClick(canvas, LEFT, pos=at)
    assert len(heard.begun) == 1


def pen(canvas: PaintCanvas, kind: QEvent.Type, at: QPointF, pressure: float) -> None:
    device = QPointingDevice.primaryPointingDevice()
    assert isinstance(device, QInputDevice)
    stylus = QPointingDevice(
        "pen",
        7,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        1,
    )
    button = LEFT if kind is not QEvent.Type.TabletMove else Qt.MouseButton.NoButton
    event = QTabletEvent(
        kind,
        stylus,
        at,
        canvas.mapToGlobal(at),
        pressure,
        0,
        0,
        0,
        0,
        0,
        Qt.KeyboardModifier.NoModifier,
        button,
        LEFT,
    )
    QApplication.sendEvent(canvas, event)


def test_a_pen_presses(canvas: PaintCanvas) -> None:
    canvas.set_tool(PaintTool())
    heard = Heard(canvas)
    pen(canvas, QEvent.Type.TabletPress, QPointF(60, 60), 0.25)
    pen(canvas, QEvent.Type.TabletMove, QPointF(90, 60), 0.75)
    pen(canvas, QEvent.Type.TabletRelease, QPointF(90, 60), 0.0)
    assert heard.begun[0][0][2] == pytest.approx(0.25, abs=0.01)
    assert heard.led[0][0][2] == pytest.approx(0.75, abs=0.01)
    assert heard.ends == 1


def test_a_pen_that_vanishes_leaves_a_stroke_that_the_mouse_may_follow(canvas: PaintCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(PaintTool())
    heard = Heard(canvas)
    pen(canvas, QEvent.Type.TabletPress, QPointF(60, 60), 0.5)
    pen(canvas, QEvent.Type.TabletMove, QPointF(80, 60), 0.5)
    drag(qtbot, canvas, (100, 100), (120, 120))
    assert len(heard.begun) == 2
    assert heard.ends == 2
    assert not canvas.painting


def hover(canvas: PaintCanvas, at: QPointF, milliseconds: int = 0) -> None:
    """Move the mouse over the canvas, no button held."""
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier)
    event.setTimestamp(milliseconds)
    QApplication.sendEvent(canvas, event)


def test_the_stroke_of_a_pen_that_was_unplugged_ends_when_the_mouse_moves(canvas: PaintCanvas) -> None:
    canvas.set_tool(PaintTool())
    heard = Heard(canvas)
    pen(canvas, QEvent.Type.TabletPress, QPointF(60, 60), 0.5)
    pen(canvas, QEvent.Type.TabletMove, QPointF(80, 60), 0.5)
    hover(canvas, QPointF(120, 120), PEN_GONE_MS // 2)
    assert heard.ends == 0  # the pen may still be there
    hover(canvas, QPointF(130, 130), PEN_GONE_MS + 1)
    assert not canvas.painting
    assert heard.ends == 1
    assert len(heard.led) == 1  # the mouse painted nothing


def test_a_stroke_whose_release_was_never_heard_of_ends(canvas: PaintCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(PaintTool())
    heard = Heard(canvas)
    qtbot.mousePress(canvas, LEFT, pos=QPoint(60, 60))
    hover(canvas, QPointF(120, 120))
    assert not canvas.painting
    assert not heard.led
    qtbot.mousePress(canvas, LEFT, pos=QPoint(60, 60))
    canvas.hide()
    assert not canvas.painting
    assert heard.ends == 2


def test_a_line_is_drawn_around_the_hole_and_not_along_the_border(canvas: PaintCanvas) -> None:
    known = np.ones((SIDE, SIDE), np.bool_)
    known[5:10, :8] = False
    lines = rim_of(~known)
    assert sorted((line.x1(), line.y1(), line.x2(), line.y2()) for line in lines) == [
        (0, 5, 8, 5),
        (0, 10, 8, 10),
        (8, 5, 8, 10),
    ]
    plain = from_qimage(canvas.grab().toImage())
    canvas.set_hole(known)
    rimmed = from_qimage(canvas.grab().toImage())
    assert not np.array_equal(plain, rimmed)
    assert np.any(np.all(rimmed[..., :3] == (RIM.red(), RIM.green(), RIM.blue()), axis=-1))
    canvas.set_rim_shown(False)
    assert np.array_equal(from_qimage(canvas.grab().toImage()), plain)


def test_it_glows_where_the_chains_differ(canvas: PaintCanvas) -> None:
    plain = from_qimage(canvas.grab().toImage())
    spread = np.zeros((SIDE, SIDE), np.float32)
    spread[:10] = 1
    canvas.set_overlay(spread)
    glowing = from_qimage(canvas.grab().toImage())
    changed = np.any(glowing != plain, axis=-1)
    middle = canvas.width() // 2
    assert changed[:90, middle].mean() > 0.7
    assert not changed[110:, middle].any()
    canvas.set_overlay(None)
    assert np.array_equal(from_qimage(canvas.grab().toImage()), plain)


def test_the_hand_sees_its_stroke_before_the_dream_does(canvas: PaintCanvas, qtbot: QtBot) -> None:
    canvas.set_tool(PaintTool(brush=Brush.COLOUR, colour=(1.0, 0.0, 0.0), size=3.0))
    qtbot.mousePress(canvas, LEFT, pos=QPoint(60, 100))
    qtbot.mouseMove(canvas, QPoint(140, 100))
    seen = from_qimage(canvas.grab().toImage())
    assert tuple(seen[100, 100, :3]) == (255, 0, 0)
    canvas.set_hole(None)
    assert tuple(from_qimage(canvas.grab().toImage())[100, 100, :3]) != (255, 0, 0)
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(140, 100))
    canvas.set_hole(None)
    assert tuple(from_qimage(canvas.grab().toImage())[100, 138, :3]) != (255, 0, 0)
