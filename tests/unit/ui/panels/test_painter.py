"""From the bar above the canvas to the session: what a hand chooses is what is painted."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QFileDialog, QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from studio.dream.holes import Hole, named
from studio.dream.place import Hold
from studio.dream.strokes import Brush, Form, PackedMask, Stroke
from studio.jobs.fill_frames import PaintFrame
from studio.jobs.frames import DreamFrame
from studio.session.notices import Notice
from studio.ui.panels.dream import DreamPanel
from tests.helpers.dropping import drop
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(panel: DreamPanel, session: FakeSession) -> DreamPanel:
    panel.resize(900, 640)
    session.give_model("rbm")
    session.give_dream(chains=1, side=40)
    panel.painter.set_open(True)
    return panel


@pytest.fixture
def notices(session: FakeSession) -> list[Notice]:
    heard: list[Notice] = []
    session.notice_posted.connect(heard.append)
    return heard


def painted(session: FakeSession) -> Stroke:
    found = session.last("begin_stroke")
    assert found is not None
    stroke = found[0]
    assert isinstance(stroke, Stroke)
    return stroke


def dab(panel: DreamPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.canvas, LEFT, pos=panel.canvas.rect().center())


def menu(panel: DreamPanel, text: str) -> None:
    for action in panel.paint_bar.holes.menu().actions():
        if action.text() == text:
            action.trigger()
            return
    raise AssertionError(text)


def test_a_press_paints_with_the_tool_of_the_bar(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    dab(panel, qtbot)
    stroke = painted(session)
    assert (stroke.brush, stroke.form, stroke.size) == (Brush.HOLE, Form.LINE, panel.paint_bar.tool.size)
    assert stroke.points[0][0] == pytest.approx(20, abs=0.6)
    qtbot.mouseClick(panel.paint_bar.tools.button("eraser"), LEFT)
    dab(panel, qtbot)
    assert painted(session).brush is Brush.ERASER
    assert not panel.paint_bar.brush.isEnabled()


def test_a_new_canvas_gets_a_brush_that_suits_it(panel: DreamPanel, session: FakeSession) -> None:
    session.frame_arrived.emit("dream", _of_canvas(session, 512))
    assert panel.paint_bar.tool.size == 64


def _of_canvas(session: FakeSession, side: int) -> DreamFrame:
    return dataclasses.replace(session.give_dream(chains=1, side=40), canvas=(side, side), reduction=1)


def test_closed_it_paints_nothing(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    panel.painter.set_open(False)
    dab(panel, qtbot)
    assert session.last("begin_stroke") is None
    panel.painter.hold_tool({"form": Form.LASSO, "erasing": False})
    assert panel.paint_bar.isVisible()
    assert panel.paint_bar.tools.key() == "lasso"
    panel.painter.hold_tool({"form": Form.LASSO, "erasing": False})
    assert not panel.paint_bar.isVisible()


def test_size_and_swap(panel: DreamPanel) -> None:
    before = panel.paint_bar.tool.size
    panel.painter.resize_brush(2)
    assert panel.paint_bar.tool.size > before
    panel.painter.resize_brush(-200)
    assert panel.paint_bar.tool.size == 1
    panel.painter.swap()
    assert panel.paint_bar.tool.erasing
    panel.painter.swap()
    assert not panel.paint_bar.tool.erasing


def test_whole_holes_from_the_menu(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    menu(panel, "Left half")
    assert (painted(session).form, painted(session).words) == (Form.NAMED, "left")
    menu(panel, "Random blocks")
    first = painted(session)
    menu(panel, "Random blocks")
    assert first.form is Form.BLOCKS
    assert painted(session).seed != first.seed
    menu(panel, "Everything")
    assert painted(session).form is Form.ALL
    menu(panel, "A text...")
    dialog = panel.findChild(QInputDialog)
    assert dialog is not None
    dialog.setTextValue("heal")
    dialog.accept()
    assert (painted(session).form, painted(session).words) == (Form.TEXT, "heal")
    qtbot.mouseClick(panel.paint_bar.clear, LEFT)
    assert session.names()[-1] == "clear_strokes"


@pytest.mark.parametrize("brush", [Brush.COLOUR, Brush.FREE, Brush.PICTURE])
def test_holes_are_holes_whatever_the_brush_does(panel: DreamPanel, session: FakeSession, brush: Brush) -> None:
    panel.paint_bar.tell(brush=brush)
    for text in ("Left half", "Random blocks", "Everything"):
        menu(panel, text)
        assert painted(session).brush is Brush.HOLE


def test_a_colour_is_chosen_or_picked_from_the_canvas(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    panel.paint_bar.tell(brush=Brush.COLOUR)
    assert panel.paint_bar.colour.isVisible()
    qtbot.mouseClick(panel.paint_bar.colour, LEFT)
    dialog = panel.findChild(QColorDialog)
    assert dialog is not None
    dialog.setCurrentColor(QColor(255, 0, 0))
    dialog.accept()
    dab(panel, qtbot)
    assert painted(session).colour == pytest.approx((1, 0, 0))
    frame = session.give_dream(chains=1, side=40)
    panel.painter.pick()
    dab(panel, qtbot)
    assert panel.paint_bar.tool.colour == pytest.approx(tuple(np.clip(frame.pictures[0, 20, 20], 0, 1)), abs=0.3)
    assert panel.paint_bar.tool.brush is Brush.COLOUR


def test_keeping_takes_along_what_is_seen(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    frame = session.give_dream(chains=1, side=40)
    panel.paint_bar.tell(brush=Brush.PICTURE)
    dab(panel, qtbot)
    seen = painted(session).seen
    assert seen is not None
    assert np.allclose(seen.pixels(), np.clip(frame.pictures[0], 0, 1), atol=1e-4)


def test_what_is_shown_smaller_than_it_is_cannot_be_kept_and_that_is_said(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot, notices: list[Notice]
) -> None:
    session.frame_arrived.emit("dream", dataclasses.replace(session.give_dream(chains=1, side=40), reduction=2))
    panel.paint_bar.tell(brush=Brush.PICTURE)
    dab(panel, qtbot)
    assert painted(session).seen is None
    assert "shown smaller" in notices[-1].message


def test_masks_are_loaded_saved_and_scaled_if_wanted(
    panel: DreamPanel, session: FakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mask.png"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    menu(panel, "Load a mask...")
    assert session.last("load_mask") == (path,)
    menu(panel, "Save the hole as a mask...")
    assert session.last("save_mask") == (path,)
    panel.painter.note(_of_canvas(session, 40), 0)
    fitting, other = (PackedMask.of(named(Hole.TOP, (side, side))) for side in (40, 30))
    session.mask_read.emit(fitting)
    assert painted(session).mask == fitting
    session.mask_read.emit(other)
    question = panel.findChild(QMessageBox)
    assert question is not None
    assert "30 x 30 px" in question.text()
    assert painted(session).mask == fitting
    question.button(QMessageBox.StandardButton.Yes).click()
    assert painted(session).mask == other


def test_several_chains_that_fill_one_hole_are_looked_at_one_by_one(panel: DreamPanel, session: FakeSession) -> None:
    panel.painter.set_open(False)
    frame = session.give_dream(chains=4, side=20)
    assert panel.canvas.view.size.width() > 40
    session.give_hold(Hold(whole=True, index=0))
    session.frame_arrived.emit("dream", frame)
    assert panel.canvas.view.size.width() == 20
    first = panel.canvas.grab().toImage()
    panel.show_variant(3)
    assert panel.canvas.grab().toImage() != first


def test_a_dropped_picture_is_filled_while_painting(panel: DreamPanel, session: FakeSession, tmp_path: Path) -> None:
    path = tmp_path / "face.png"
    Image.new("RGB", (8, 8)).save(path)
    drop(panel, str(path))
    assert session.last("hold_whole") == (str(path), -1)


def test_the_line_follows_what_is_held(panel: DreamPanel, session: FakeSession) -> None:
    known = np.ones((40, 40), np.bool_)
    known[:10] = False
    plain = panel.canvas.grab().toImage()
    session.frame_arrived.emit("paint", PaintFrame(known))
    assert panel.canvas.grab().toImage() != plain
    session.frame_arrived.emit("paint", PaintFrame())
    assert panel.canvas.grab().toImage() == plain
    session.frame_arrived.emit("paint", PaintFrame(known))
    session.give_model("rbm")
    assert panel.canvas.grab().toImage() == plain


def test_the_pointer_is_a_cross_while_painting(panel: DreamPanel) -> None:
    assert panel.canvas.cursor().shape() is Qt.CursorShape.CrossCursor
    panel.painter.set_open(False)
    assert panel.canvas.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_a_chosen_filter_is_stamped_with_its_own_size(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot, notices: list[Notice]
) -> None:
    panel.painter.hold_tool({"form": Form.LINE, "erasing": False, "brush": Brush.FILTER})
    dab(panel, qtbot)
    assert session.last("begin_stroke") is None
    assert [notice.message for notice in notices] == ["No filter is chosen to stamp with."]
    panel.painter.choose_filter(7, 11)
    assert panel.paint_bar.tool.size == 11
    dab(panel, qtbot)
    assert (painted(session).brush, painted(session).unit, painted(session).size) == (Brush.FILTER, 7, 11)
