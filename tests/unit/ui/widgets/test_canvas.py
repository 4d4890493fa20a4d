"""The canvas as a hand uses it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.images import from_qimage
from studio.ui.widgets.canvas import SURROUND, Canvas

MIDDLE = QPoint(100, 100)


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    made = Canvas(margin=0)
    qtbot.addWidget(made)
    made.resize(200, 200)
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


def checks(side: int = 20) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray((np.indices((side, side)).sum(axis=0) % 2)[..., None], np.float32)


def turn_wheel(
    widget: QWidget, at: QPoint, notches: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    where = QPointF(at)
    event = QWheelEvent(
        where,
        widget.mapToGlobal(where),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def seen(widget: QWidget) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return from_qimage(widget.grab().toImage())[..., :3]


def test_a_picture_is_fitted_and_refitted_until_one_zooms(canvas: Canvas) -> None:
    canvas.set_picture(checks())
    assert canvas.view.zoom == 10
    canvas.resize(100, 100)
    assert canvas.view.zoom == 5
    canvas.set_zoom(3)
    canvas.resize(200, 200)
    assert canvas.view.zoom == 3
    canvas.fit()
    assert canvas.view.zoom == 10


def test_enlarged_pixels_stay_hard(canvas: Canvas) -> None:
    canvas.set_picture(checks())
    values = set(np.unique(seen(canvas)).tolist())
    assert values == {0, 255}


def test_a_reduced_picture_is_smooth(canvas: Canvas) -> None:
    canvas.set_picture(checks(400))
    assert canvas.view.zoom == 0.5
    pixels = seen(canvas)[20:180, 20:180].astype(int)
    assert np.abs(pixels - 128).max() <= 2


def test_the_wheel_zooms_at_the_cursor(canvas: Canvas) -> None:
    canvas.set_picture(checks())
    at = QPoint(55, 143)
    before = canvas.view.pixel_at(QPointF(at))
    turn_wheel(canvas, at, 4)
    assert canvas.view.zoom == 40
    assert canvas.view.pixel_at(QPointF(at)) == before
    assert not canvas.view.fitting
    turn_wheel(canvas, at, -4)
    assert canvas.view.zoom == 10


def test_keys_choose_the_zoom(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.set_picture(checks())
    for key, zoom in ((Qt.Key.Key_1, 1), (Qt.Key.Key_2, 2), (Qt.Key.Key_3, 4), (Qt.Key.Key_4, 8), (Qt.Key.Key_0, 10)):
        qtbot.keyClick(canvas, key, Qt.KeyboardModifier.ControlModifier)
        assert canvas.view.zoom == zoom
    assert canvas.view.fitting


def test_arrows_and_middle_drag_pan(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.set_picture(checks())
    left = canvas.view.target().left()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.target().left() < left
    left = canvas.view.target().left()
    qtbot.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=MIDDLE)
    qtbot.mouseMove(canvas, QPoint(130, 100))
    qtbot.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(130, 100))
    assert canvas.view.target().left() == left + 30
    qtbot.mouseMove(canvas, QPoint(150, 100))
    assert canvas.view.target().left() == left + 30


def test_space_plays_when_tapped_and_pans_when_dragged(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.set_picture(checks())
    with qtbot.waitSignal(canvas.tapped, timeout=1000):
        qtbot.keyClick(canvas, Qt.Key.Key_Space)
    with qtbot.assertNotEmitted(canvas.tapped):
        qtbot.keyPress(canvas, Qt.Key.Key_Space)
        qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=MIDDLE)
        qtbot.mouseMove(canvas, QPoint(100, 120))
        qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 120))
        qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.view.target().top() == 20


def test_the_picture_cannot_be_lost(canvas: Canvas) -> None:
    canvas.set_picture(checks())
    canvas.pan(QPointF(-10_000, 10_000))
    assert canvas.view.target().intersects(canvas.rect().toRectF())


def test_the_pixel_under_the_cursor_is_told(canvas: Canvas, qtbot: QtBot) -> None:
    told: list[object] = []
    canvas.hovered.connect(told.append)
    canvas.set_picture(np.zeros((10, 20, 3), np.uint8))
    qtbot.mouseMove(canvas, QPoint(105, 145))
    assert told[-1] == (10, 9)
    qtbot.mouseMove(canvas, QPoint(105, 10))
    assert told[-1] is None


def test_nothing_is_surround_and_nan_is_grey(canvas: Canvas) -> None:
    assert (seen(canvas) == SURROUND.red()).all()
    canvas.set_picture(np.full((4, 4, 3), np.nan, np.float32))
    assert (seen(canvas) == 128).all()
    for nothing in (None, np.zeros((0, 5, 3), np.float32)):
        canvas.set_picture(nothing)
        assert (seen(canvas) == SURROUND.red()).all()
    turn_wheel(canvas, MIDDLE, 3)
    canvas.pan(QPointF(5, 5))
    canvas.fit()


def test_the_pixel_grid_comes_at_800_percent(canvas: Canvas) -> None:
    canvas.set_picture(np.ones((40, 40, 1), np.float32))
    canvas.set_zoom(7)
    assert (seen(canvas)[100] == 255).all()
    canvas.set_zoom(8)
    assert (seen(canvas)[100] < 255).any()


def test_checkers_show_behind_what_is_transparent(canvas: Canvas) -> None:
    canvas.set_picture(np.zeros((20, 20, 4), np.uint8))
    assert set(np.unique(seen(canvas)).tolist()) == {0x66, 0x9A}


def test_a_frame_of_the_same_size_reuses_its_memory(canvas: Canvas) -> None:
    canvas.set_picture(np.zeros((50, 50, 3), np.float32))
    before = canvas._pixels
    canvas.set_picture(np.ones((50, 50, 3), np.float32))
    assert canvas._pixels is before
    assert (seen(canvas) == 255).all()


def test_it_is_sharp_on_dense_screens(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "devicePixelRatioF", lambda: 2.0)
    canvas.set_picture(checks())
    canvas.fit()
    assert canvas.view.zoom == 20
    canvas.set_zoom(1)
    assert canvas.view.target().width() == 10
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2)
    canvas.fit()
    canvas.render(image, QPoint())
    assert set(np.unique(from_qimage(image)[..., :3]).tolist()) == {0, 255}


def test_an_embedded_canvas_leaves_the_wheel_to_its_column_until_it_is_meant(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    canvas, other = Canvas(page, embedded=True), QLineEdit(page)
    canvas.resize(200, 200)
    other.move(0, 220)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    other.setFocus()
    canvas.set_picture(checks())
    zooms = [canvas.view.zoom]
    turn_wheel(canvas, MIDDLE, 2)
    zooms.append(canvas.view.zoom)
    turn_wheel(canvas, MIDDLE, 2, Qt.KeyboardModifier.ControlModifier)
    zooms.append(canvas.view.zoom)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton)
    turn_wheel(canvas, MIDDLE, 2)
    zooms.append(canvas.view.zoom)
    assert zooms == pytest.approx([zooms[0], zooms[0], 2 * zooms[0], 4 * zooms[0]])
    with qtbot.assertNotEmitted(canvas.tapped):
        qtbot.keyClick(canvas, Qt.Key.Key_Space)
