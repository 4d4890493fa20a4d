"""The model as a person chooses it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.models.spec import RbmSpec, Visible
from studio.project.presets import presets
from studio.session.session import Session
from studio.ui.panels.model import ModelPanel
from studio.ui.widgets.value_edit import ValueEdit
from tests.helpers.fake_session import FakeSession


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> ModelPanel:
    made = ModelPanel(session)
    qtbot.addWidget(made)
    made.resize(252, 300)
    made.show()
    return made


def choose(panel: ModelPanel, name: str) -> None:
    place = panel.preset.findData(name)
    panel.preset.setCurrentIndex(place)
    panel.preset.activated.emit(place)


def test_every_preset_is_offered_with_its_line(panel: ModelPanel) -> None:
    titles = [panel.preset.itemText(place) for place in range(panel.preset.count())]
    assert titles == [preset.title for preset in presets()]
    assert panel.preset.currentIndex() == -1


def test_a_chosen_preset_is_applied(panel: ModelPanel, fake: FakeSession) -> None:
    fake.set_data(DatasetSpec(("pictures",)))
    choose(panel, "digits-rbm")
    assert fake.last("apply_preset") == ("digits-rbm",)
    assert fake.recipe.data.paths == ("pictures",)
    assert panel.line.isVisible()


def test_a_first_preset_brings_its_bundled_pictures(panel: ModelPanel, fake: FakeSession) -> None:
    preset = next(item for item in presets() if item.sample)
    choose(panel, preset.name)
    assert fake.last("set_data") == (DatasetSpec((f"sample:{preset.sample}",)),)


def test_hidden_units_are_typed_and_the_cost_follows(qtbot: QtBot, panel: ModelPanel, fake: FakeSession) -> None:
    assert panel.cost.text().startswith("393 284 parameters")
    edit = panel.form.findChild(ValueEdit)
    assert edit is not None
    edit.selectAll()
    qtbot.keyClicks(edit, "64")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert fake.last("set_model") == (RbmSpec(hidden=64),)
    assert panel.cost.text().startswith("51 024 parameters")


def test_too_many_units_are_explained(qtbot: QtBot, panel: ModelPanel, fake: FakeSession) -> None:
    edit = panel.form.findChild(ValueEdit)
    assert edit is not None
    edit.selectAll()
    qtbot.keyClicks(edit, "999999")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert fake.last("set_model") is None
    assert "999999 hidden units" in panel.form.error("hidden")


def test_a_deviation_is_only_asked_of_gaussian_pixels(qtbot: QtBot, panel: ModelPanel, fake: FakeSession) -> None:
    panel.advanced.set_open(True)
    assert panel.more.editor("deviation").isHidden()
    gaussian = next(item for item in panel.more.findChildren(QPushButton) if item.text() == "Gaussian")
    qtbot.mouseClick(gaussian, Qt.MouseButton.LeftButton)
    assert fake.last("set_model") == (RbmSpec(visible=Visible.GAUSSIAN),)
    assert panel.more.editor("deviation").isVisible()
