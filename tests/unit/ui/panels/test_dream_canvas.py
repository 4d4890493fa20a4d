"""The canvas of a dream: how large it is, how its edges meet, what is mixed on it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.dream.settings import Blend, DreamSettings, Seamless
from studio.ui.panels.dream import DreamPanel
from studio.ui.widgets.helped import topic_of
from studio.ui.widgets.track import Track
from tests.helpers.fake_session import FakeSession


def test_only_models_of_any_size_are_asked_how_large(panel: DreamPanel, session: FakeSession) -> None:
    assert panel.strip.canvas.isHidden()
    session.give_model("texture")
    assert panel.strip.canvas.isVisible()
    session.give_model("rbm")
    assert panel.strip.canvas.isHidden()


def test_size_and_seams_go_through_the_dream_settings(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_model("texture")
    edit = panel.strip.canvas.size_edit
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "640 x 360")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    panel.strip.canvas.seamless.chosen.emit("x")
    assert session.dream == DreamSettings(width=640, height=360, seamless=Seamless.X)
    edit.selectAll()
    qtbot.keyClicks(edit, "9000")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert session.dream.width == 640
    assert "A canvas cannot be 9000 px wide." in session.calls[-1][1][0].message
    edit.selectAll()
    qtbot.keyClicks(edit, "large")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert "no size" in session.calls[-1][1][0].message


def test_seamless_shows_what_the_model_does_until_something_else_is_chosen(
    panel: DreamPanel, session: FakeSession
) -> None:
    seamless = panel.strip.canvas.seamless
    assert seamless.findData(str(Seamless.OWN)) < 0
    for framed, own, other in ((False, "both", "none"), (True, "none", "both")):
        session.framed = framed
        session.give_model("convolutional")
        assert seamless.key() == own
        seamless.chosen.emit(other)
        assert (session.dream.seamless, seamless.key()) == (Seamless(other), other)
        seamless.chosen.emit(own)
        assert (session.dream.seamless, seamless.key()) == (Seamless.OWN, own)


def test_the_wall_and_the_seam_are_shown_for_textures_alone(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot
) -> None:
    session.give_model("texture")
    panel.strip.canvas.wrap.click()
    panel.strip.canvas.border.click()
    assert (panel.canvas.wrapped, panel.canvas.bordered) == (True, False)
    with qtbot.waitSignal(panel._seam.measured):
        session.give_dream(1, 32)
    assert panel.strip.canvas.seam.text().startswith("seam ")
    assert panel.strip.canvas.size_edit.text() == "32 x 32"
    wrapped = []
    for family in ("rbm", "texture"):
        session.give_model(family)
        wrapped.append(panel.canvas.wrapped)
    assert wrapped == [False, True]


def test_the_canvas_controls_can_be_narrow(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model("texture")
    panel.resize(200, 800)
    session.give_dream(1, 32)
    assert panel.width() == 200
    controls = panel.strip.canvas
    for made in (controls.size_choice, controls.size_edit, controls.seamless, controls.shift, controls.wrap):
        assert controls.rect().contains(made.geometry()), made.accessibleName()
    assert panel.strip.rect().contains(controls.geometry())


def test_materials_are_mixed_where_a_model_knows_several(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    lean = panel.strip.canvas.lean
    session.give_model("texture")
    assert lean.isHidden()
    session.set_data(DatasetSpec(("/walls/brick.jpg", "/walls/moss.png")))
    session.give_model("texture", textures=2)
    assert lean.isVisible()
    assert (lean.first.text(), lean.last.text()) == ("brick", "moss")
    bar = lean.slider.findChild(Track)
    assert bar is not None
    bar.setFocus()
    qtbot.keyClick(bar, Qt.Key.Key_End)
    assert session.dream == DreamSettings(lean=1.0)
    lean.blend.chosen.emit("across")
    assert session.dream == DreamSettings(lean=1.0, blend=Blend.ACROSS)
    assert not lean.slider.isEnabled()
    session.set_dream(DreamSettings(lean=0.5))
    assert lean.slider.isEnabled()
    assert lean.slider.value() == 0.5
    assert lean.blend.key() == "none"
    session.give_model("rbm")
    assert lean.isHidden()


def test_the_lean_reaches_as_far_as_there_are_materials(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_model("texture", textures=3)
    lean = panel.strip.canvas.lean
    assert (lean.first.text(), lean.last.text()) == ("material 1", "material 3")
    bar = lean.slider.findChild(Track)
    assert bar is not None
    qtbot.keyClick(bar, Qt.Key.Key_End)
    assert session.dream.lean == 2
    session.give_exemplar(count=3)
    assert lean.isVisible()


def test_a_map_is_chosen_from_a_file_or_left(
    panel: DreamPanel, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.give_model("texture", textures=2)
    lean = panel.strip.canvas.lean
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    lean.blend.set_key("picture")
    lean.blend.chosen.emit("picture")
    assert session.dream == DreamSettings()
    assert lean.blend.key() == "none"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/maps/grey.png", ""))
    lean.blend.chosen.emit("picture")
    assert session.dream == DreamSettings(blend=Blend.PICTURE, blend_picture="/maps/grey.png")
    assert "grey.png" in lean.blend.toolTip()
    lean.blend.chosen.emit("down")
    assert session.dream == DreamSettings(blend=Blend.DOWN)


def test_materials_fit_a_narrow_panel(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model("texture", textures=2)
    panel.resize(200, 900)
    session.give_dream(1, 32)
    assert panel.width() == 200
    controls = panel.strip.canvas
    assert controls.rect().contains(controls.lean.geometry())
    for made in (controls.lean.slider, controls.lean.blend):
        assert controls.lean.rect().contains(made.mapTo(controls.lean, made.rect().bottomRight()))


def test_the_pooling_grid_rolls_where_a_model_has_one(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    roll = panel.strip.canvas.roll
    session.give_model("texture")
    assert roll.isHidden()
    session.give_model("convolutional")
    assert roll.isVisible()
    assert "not exact Gibbs" in roll.toolTip()
    roll.setFocus()
    qtbot.keyClick(roll, Qt.Key.Key_Space)
    assert session.dream == DreamSettings(roll=True)
    session.set_dream(DreamSettings())
    assert not roll.isChecked()
    session.give_model("rbm")
    assert roll.isHidden()


def test_a_canvas_may_begin_small_where_the_model_knows_one_scale(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot
) -> None:
    coarse = panel.strip.canvas.coarse
    session.give_model("texture", one_scale=False)
    assert coarse.isHidden()
    session.give_model("texture")
    assert coarse.isVisible()
    assert coarse.accessibleName() == "Coarse start"
    assert topic_of(coarse) is not None
    coarse.setFocus()
    qtbot.keyClick(coarse, Qt.Key.Key_Space)
    assert session.dream == DreamSettings(coarse=True)
    session.set_dream(DreamSettings())
    assert not coarse.isChecked()
