"""A picture that repeats, as one looks at it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from studio.ui.images import from_qimage
from studio.ui.widgets.torus_canvas import BORDER, TorusCanvas


@pytest.fixture
def canvas(qtbot: QtBot) -> TorusCanvas:
    made = TorusCanvas()
    qtbot.addWidget(made)
    made.resize(300, 240)
    made.show()
    made.set_bordered(False)
    ramp = np.linspace(0, 1, 20 * 16, dtype=np.float32).reshape(20, 16, 1)
    made.set_picture(ramp)
    return made


def drawn(canvas: TorusCanvas) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return from_qimage(canvas.grab().toImage())[..., 0]


def test_wrapped_it_shows_three_copies_each_way_and_fills_the_room(canvas: TorusCanvas) -> None:
    canvas.set_wrapped(True)
    assert canvas.view.fitting
    assert canvas.view.zoom == pytest.approx(4.0)  # 240 px for three times 20
    seen = drawn(canvas)
    assert np.array_equal(seen[:80], seen[80:160])
    assert np.array_equal(seen[:, :64], seen[:, 64:128])
    assert not (seen == 0x77).all(axis=0).any()


def test_panning_never_reaches_an_end(canvas: TorusCanvas) -> None:
    canvas.set_wrapped(True)
    before = drawn(canvas)
    canvas.pan(QPointF(64 * 1000, -80 * 1000))
    assert np.array_equal(drawn(canvas), before)
    canvas.pan(QPointF(8, 0))
    assert np.array_equal(drawn(canvas)[:, 8:], before[:, :-8])
    assert canvas.view.pixel_at(QPointF(0, 0)) is not None


@pytest.mark.parametrize("zoom", [0.5, 1.0, 1.7, 6.0])
def test_copies_are_alike_at_every_zoom(canvas: TorusCanvas, zoom: float) -> None:
    canvas.set_wrapped(True)
    canvas.set_zoom(zoom)
    wide = round(canvas.view.step.x())
    seen = drawn(canvas)
    assert np.array_equal(seen[:, :wide], seen[:, wide : 2 * wide])


def test_a_faint_line_divides_the_copies_when_asked_for(canvas: TorusCanvas) -> None:
    canvas.set_wrapped(True)
    without = drawn(canvas)
    canvas.set_bordered(True)
    changed = np.flatnonzero((drawn(canvas) != without).all(axis=0))
    assert len(changed) >= 4
    assert (np.diff(changed) == 64).all()
    assert BORDER.alpha() < 255


def test_offset_brings_the_seams_to_the_middle_and_back(canvas: TorusCanvas) -> None:
    plain = canvas._pixels.copy()
    canvas.set_shifted(True)
    assert np.array_equal(canvas._pixels, np.roll(plain, (10, 8), (0, 1)))
    canvas.set_picture(np.ones((20, 16), np.float32))
    canvas.set_shifted(False)
    assert canvas._pixels.min() == 255


def test_alone_again_it_is_fitted_as_any_picture(canvas: TorusCanvas) -> None:
    zoom = canvas.view.zoom
    canvas.set_wrapped(True)
    canvas.set_wrapped(False)
    assert canvas.view.zoom == zoom


def test_nothing_repeats_without_complaint(canvas: TorusCanvas) -> None:
    canvas.set_wrapped(True)
    canvas.set_picture(None)
    canvas.pan(QPointF(3, 3))
    assert (drawn(canvas) == 0x77).all()
