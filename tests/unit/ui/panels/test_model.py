"""The model as a person chooses it."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.jobs.status import RunState
from studio.models.spec import ConvSpec, Family, RbmSpec, TiledSpec, Visible
from studio.project.presets import presets
from studio.session.session import Session
from studio.ui.panels.model import ModelPanel
from studio.ui.widgets.track import Track
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
    assert titles == [preset.title for preset in presets() if preset.family is Family.RBM]
    assert panel.preset.currentIndex() == -1


def test_a_chosen_preset_is_applied(panel: ModelPanel, fake: FakeSession) -> None:
    fake.set_data(DatasetSpec(("pictures",)))
    choose(panel, "digits-rbm")
    assert fake.last("apply_preset") == ("digits-rbm",)
    assert fake.recipe.data.paths == ("pictures",)
    assert panel.line.isVisible()


def test_another_family_chosen_in_mid_run_is_said_to_be_for_the_next(
    qtbot: QtBot, panel: ModelPanel, fake: FakeSession
) -> None:
    fake.set_data(DatasetSpec(("pictures",)))
    for state in (RunState.PREPARING, RunState.TRAINING):
        fake.give_status(state)
        assert panel.heading.note() == ""
    qtbot.mouseClick(panel.families.button(str(Family.TEXTURE)), Qt.MouseButton.LeftButton)
    assert panel.heading.note() == "for the next run"
    qtbot.mouseClick(panel.families.button(str(Family.RBM)), Qt.MouseButton.LeftButton)
    fake.set_model(RbmSpec())
    assert panel.heading.note() == ""
    qtbot.mouseClick(panel.families.button(str(Family.TEXTURE)), Qt.MouseButton.LeftButton)
    fake.give_status(RunState.IDLE)
    assert panel.heading.note() == ""


def test_a_first_preset_brings_its_bundled_pictures(panel: ModelPanel, fake: FakeSession) -> None:
    preset = next(item for item in presets() if item.sample)
    choose(panel, preset.name)
    assert fake.last("set_data") == (DatasetSpec((f"sample:{preset.sample}",)),)


def test_hidden_units_are_typed_and_the_cost_follows(qtbot: QtBot, panel: ModelPanel, fake: FakeSession) -> None:
    assert panel.cost.text().startswith("393 284 parameters")
    edit = panel.forms[Family.RBM].form.findChild(ValueEdit)
    assert edit is not None
    edit.selectAll()
    qtbot.keyClicks(edit, "64")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert fake.last("set_model") == (RbmSpec(hidden=64),)
    assert panel.cost.text().startswith("51 024 parameters")


def test_too_many_units_are_explained(qtbot: QtBot, panel: ModelPanel, fake: FakeSession) -> None:
    edit = panel.forms[Family.RBM].form.findChild(ValueEdit)
    assert edit is not None
    edit.selectAll()
    qtbot.keyClicks(edit, "999999")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert fake.last("set_model") is None
    assert "999999 hidden units" in panel.forms[Family.RBM].form.error("hidden")


def test_a_deviation_is_only_asked_of_gaussian_pixels(qtbot: QtBot, panel: ModelPanel, fake: FakeSession) -> None:
    panel.forms[Family.RBM].advanced.set_open(True)
    assert panel.forms[Family.RBM].more.editor("deviation").isHidden()
    gaussian = next(
        item for item in panel.forms[Family.RBM].more.findChildren(QPushButton) if item.text() == "Gaussian"
    )
    qtbot.mouseClick(gaussian, Qt.MouseButton.LeftButton)
    assert fake.last("set_model") == (RbmSpec(visible=Visible.GAUSSIAN),)
    assert panel.forms[Family.RBM].more.editor("deviation").isVisible()


def test_a_family_brings_its_first_preset_and_offers_its_own(
    qtbot: QtBot, panel: ModelPanel, fake: FakeSession
) -> None:
    assert panel.forms[Family.RBM].isVisible()
    qtbot.mouseClick(panel.families.button("texture"), Qt.MouseButton.LeftButton)
    assert fake.recipe.model.family is Family.TEXTURE
    own = [preset for preset in presets() if preset.family is Family.TEXTURE]
    assert [panel.preset.itemText(place) for place in range(panel.preset.count())] == [item.title for item in own]
    assert fake.recipe.preset == (own[0].name if own else "")
    assert panel.forms[Family.RBM].isHidden()
    qtbot.mouseClick(panel.families.button("rbm"), Qt.MouseButton.LeftButton)
    assert fake.recipe.preset == next(item.name for item in presets() if item.family is Family.RBM)


def test_the_family_at_hand_stays_as_it_is(qtbot: QtBot, panel: ModelPanel, fake: FakeSession) -> None:
    count = len(fake.calls)
    qtbot.mouseClick(panel.families.button("rbm"), Qt.MouseButton.LeftButton)
    assert len(fake.calls) == count


def test_tiles_and_filters_of_a_texture_are_under_advanced(qtbot: QtBot, panel: ModelPanel, fake: FakeSession) -> None:
    fake.set_model(TiledSpec())
    form = panel.forms[Family.TEXTURE]
    form.advanced.set_open(True)
    tile = form.more.editor("tile").findChild(ValueEdit)
    assert tile is not None
    tile.selectAll()
    qtbot.keyClicks(tile, "16")
    qtbot.keyClick(tile, Qt.Key.Key_Return)
    assert fake.recipe.model == TiledSpec(tile=16)
    every = next(item for item in form.more.findChildren(QPushButton) if item.text() == "Every place")
    qtbot.mouseClick(every, Qt.MouseButton.LeftButton)
    assert fake.recipe.model.hidden == 16 * 16 * 32


def test_a_texture_is_told_how_many_materials_it_learns(panel: ModelPanel, fake: FakeSession, qtbot: QtBot) -> None:
    fake.apply_preset("texture-fast")
    form = panel.forms[Family.TEXTURE]
    bar = form.more.editor("textures").findChild(Track)
    assert bar is not None
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert isinstance(fake.recipe.model, TiledSpec)
    assert fake.recipe.model.textures == 2


def test_a_convolutional_machine_shows_its_filters_first(qtbot: QtBot, panel: ModelPanel, fake: FakeSession) -> None:
    qtbot.mouseClick(panel.families.button("convolutional"), Qt.MouseButton.LeftButton)
    own = [preset for preset in presets() if preset.family is Family.CONVOLUTIONAL]
    assert fake.recipe.preset == own[0].name
    form = panel.forms[Family.CONVOLUTIONAL]
    assert form.isVisible()
    assert form.layers is not None
    for part, text in (("filters", "12"), ("block", "3")):
        edit = form.layers.rows[0].spins[part]
        edit.selectAll()
        qtbot.keyClicks(edit, text)
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert fake.recipe.model == ConvSpec(filters=12, block=3)
    form.advanced.set_open(True)
    deviation = form.more.editor("deviation").findChild(ValueEdit)
    assert deviation is not None
    deviation.selectAll()
    qtbot.keyClicks(deviation, "0.12")
    qtbot.keyClick(deviation, Qt.Key.Key_Return)
    assert fake.recipe.model == ConvSpec(filters=12, block=3, deviation=0.12), "layers are kept"


def test_only_further_layers_can_begin_as_patches(qtbot: QtBot, panel: ModelPanel) -> None:
    qtbot.mouseClick(panel.families.button("convolutional"), Qt.MouseButton.LeftButton)
    form = panel.forms[Family.CONVOLUTIONAL]
    form.advanced.set_open(True)
    assert form.layers is not None
    assert form.more.editor("patches").isHidden()
    qtbot.mouseClick(form.layers.add, Qt.MouseButton.LeftButton)
    assert form.more.editor("patches").isVisible()


def test_layers_are_added_and_the_cost_and_their_sight_follow(
    qtbot: QtBot, panel: ModelPanel, fake: FakeSession
) -> None:
    qtbot.mouseClick(panel.families.button("convolutional"), Qt.MouseButton.LeftButton)
    layers = panel.forms[Family.CONVOLUTIONAL].layers
    assert layers is not None
    before = panel.cost.text()
    qtbot.mouseClick(layers.add, Qt.MouseButton.LeftButton)
    model = fake.recipe.model
    assert isinstance(model, ConvSpec)
    assert model.deeper == ("40x6/2",)
    assert panel.cost.text() != before
    seen = layers.rows[1].sight.text()
    fake.set_training(dataclasses.replace(fake.recipe.training, batch=2 * fake.recipe.training.batch))
    assert layers.rows[1].sight.text() != seen, "larger steps take more memory"
    fake.set_preprocess(dataclasses.replace(fake.recipe.preprocess, height=12, width=12))
    assert layers.rows[1].error.text() == "Filters of 6 x 6 do not fit into the 2 x 2 maps of layer 1."
