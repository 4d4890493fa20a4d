"""Forms give back new settings, and say beside a field why a value does not hold."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from studio.data.spec import Binarise, Colour, Preprocess, Scaling
from studio.training.settings import TrainSettings
from studio.ui.binding import Form
from studio.ui.fields_pictures import PREPROCESS
from studio.ui.fields_training import TRAINING
from studio.ui.widgets.value_edit import ValueEdit


class Edits:
    """Collects what a form tells."""

    def __init__(self, form: Form) -> None:
        self.values: list[Any] = []
        form.edited.connect(self.values.append)


def type_into(qtbot: QtBot, form: Form, name: str, text: str) -> None:
    edit = form.editor(name).findChild(ValueEdit)
    assert edit is not None
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def choose(form: Form, name: str, words: str) -> None:
    combo = form.editor(name).findChild(QComboBox)
    assert combo is not None
    place = combo.findText(words)
    combo.setCurrentIndex(place)
    combo.activated.emit(place)


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    made = Form(PREPROCESS, Preprocess())
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_typed_value_makes_new_settings(qtbot: QtBot, form: Form) -> None:
    edits = Edits(form)
    type_into(qtbot, form, "height", "48")
    assert edits.values == [Preprocess(height=48)]


def test_percent_is_stored_as_a_share(qtbot: QtBot, form: Form) -> None:
    edits = Edits(form)
    type_into(qtbot, form, "held_out", "25 %")
    assert edits.values[-1].held_out == 0.25


@pytest.mark.parametrize("text", ["0.25", "0,25", "25", "25%"])
def test_a_share_is_a_percent_where_it_can_be_nothing_else(qtbot: QtBot, form: Form, text: str) -> None:
    edits = Edits(form)
    type_into(qtbot, form, "held_out", text)
    assert edits.values[-1].held_out == 0.25
    edit = form.editor("held_out").findChild(ValueEdit)
    assert edit is not None
    assert edit.text() == "25 %"


def test_a_percent_that_may_mean_two_things_is_asked_about(qtbot: QtBot) -> None:
    form = Form(TRAINING, TrainSettings())
    qtbot.addWidget(form)
    form.show()
    edits = Edits(form)
    type_into(qtbot, form, "sparsity_target", "0.2")
    assert form.error("sparsity_target") == "0.2 may mean 0.2 % or 20 %. Type it with its sign."
    assert edits.values == []
    type_into(qtbot, form, "sparsity_target", "10")  # as it was
    assert form.error("sparsity_target") == ""
    type_into(qtbot, form, "sparsity_target", "0.2 %")
    assert edits.values == [TrainSettings(sparsity_target=0.002)]
    type_into(qtbot, form, "momentum", "90 %")
    assert edits.values[-1].momentum == 0.9


def test_a_segment_and_a_check_box_act(qtbot: QtBot, form: Form) -> None:
    edits = Edits(form)
    colour = next(item for item in form.editor("colour").findChildren(QPushButton) if item.text() == "Colour")
    qtbot.mouseClick(colour, Qt.MouseButton.LeftButton)
    box = form.editor("invert").findChild(QCheckBox)
    assert box is not None
    box.click()
    assert edits.values[-1] == Preprocess(colour=Colour.RGB, invert=True)


def test_a_rejected_value_is_explained_in_place_and_tells_nothing(qtbot: QtBot, form: Form) -> None:
    edits = Edits(form)
    type_into(qtbot, form, "width", "5000")
    assert edits.values == []
    assert "5000 px" in form.error("width")
    assert form.error("height") == ""
    type_into(qtbot, form, "width", "32")
    assert form.error("width") == ""
    assert edits.values == [Preprocess(width=32)]


def test_two_fields_that_need_each_other_may_be_changed_in_any_order(form: Form) -> None:
    form.set_value(Preprocess(binarise=Binarise.THRESHOLD))
    edits = Edits(form)
    choose(form, "scaling", "Standardise")
    assert "both binarised and standardised" in form.error("scaling")
    choose(form, "binarise", "Keep greys")
    assert edits.values == [Preprocess(scaling=Scaling.STANDARDISE)]
    assert form.error("scaling") == ""


def test_a_rejected_value_does_not_block_other_fields(qtbot: QtBot, form: Form) -> None:
    edits = Edits(form)
    type_into(qtbot, form, "width", "5000")
    type_into(qtbot, form, "height", "40")
    assert edits.values == [Preprocess(height=40)]
    assert form.error("width")


def test_settings_from_outside_are_shown_without_telling(qtbot: QtBot) -> None:
    form = Form(TRAINING, TrainSettings())
    qtbot.addWidget(form)
    edits = Edits(form)
    form.set_value(TrainSettings(batch=7, sparsity_target=0.03))
    shown = {name: form.editor(name).findChild(ValueEdit) for name in ("batch", "sparsity_target")}
    assert {name: edit.text() for name, edit in shown.items() if edit} == {"batch": "7", "sparsity_target": "3.0 %"}
    assert edits.values == []


def test_every_editor_has_a_name_and_a_tip(form: Form) -> None:
    for info in PREPROCESS:
        editor = form.editor(info.name)
        assert editor.accessibleName() == info.label
        assert info.tip in editor.toolTip()
