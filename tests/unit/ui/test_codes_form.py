"""The form of autoencoders: what does not matter beside the other settings is out of sight; layers are typed."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from studio.models.code_spec import CodeSpec, Corruption, Network
from studio.ui.family_form import FamilyForm

SHAPE = (3, 64, 64)
LOAD = (16, 100)  # batch, chains


def form_of(qtbot: QtBot, spec: CodeSpec) -> FamilyForm:
    form = FamilyForm(CodeSpec(), SHAPE, LOAD)
    qtbot.addWidget(form)
    form.set_value(spec, SHAPE, LOAD)
    form.show()
    form.advanced.set_open(True)
    return form


def test_layers_are_typed_as_they_are_read(qtbot: QtBot) -> None:
    form = form_of(qtbot, CodeSpec(widths=(8, 16)))
    line = form.more.editor("widths").findChild(QLineEdit)
    assert line is not None
    assert line.text() == "8, 16"
    line.selectAll()
    with qtbot.waitSignal(form.edited) as told:
        qtbot.keyClicks(line, "12, 24 48")
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert told.args[0].widths == (12, 24, 48)
    line.selectAll()
    qtbot.keyClicks(line, "many")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "no widths" in form.more.error("widths")


def test_only_what_matters_is_shown(qtbot: QtBot) -> None:
    spec = CodeSpec()
    form = form_of(qtbot, spec)
    assert not form.form.editor("level").isVisible()
    assert not form.more.editor("tied").isVisible()
    assert form.more.editor("rbm_rate").isVisible()
    dense = dataclasses.replace(spec, network=Network.DENSE, hidden=0, corruption=Corruption.MASKING)
    form.set_value(dense, SHAPE, LOAD)
    assert form.form.editor("level").isVisible()
    assert form.more.editor("tied").isVisible()
    assert not form.more.editor("rbm_rate").isVisible()
