"""A run as a person drives it."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.jobs.control import LiveSettings
from studio.jobs.device_info import DeviceInfo
from studio.jobs.status import Outcome, Progress, RunState
from studio.models.spec import CodeSpec, ConvSpec, RbmSpec, TiledSpec
from studio.session.session import Session
from studio.training.settings import Optimiser, Precision, Rule
from studio.ui.panels.training import TrainingPanel
from studio.ui.widgets.combo import QuietCombo
from studio.ui.widgets.value_edit import ValueEdit
from tests.helpers.fake_session import FakeSession


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> TrainingPanel:
    made = TrainingPanel(session)
    qtbot.addWidget(made)
    made.head.begun.connect(lambda run: run())
    made.resize(252, 500)
    made.show()
    return made


def press(qtbot: QtBot, panel: TrainingPanel) -> None:
    qtbot.mouseClick(panel.head.big, Qt.MouseButton.LeftButton)


def type_rate(qtbot: QtBot, panel: TrainingPanel, text: str) -> None:
    edit = panel.live.sliders["learning_rate"].findChild(ValueEdit)
    assert edit is not None
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_without_pictures_nothing_can_start(qtbot: QtBot, panel: TrainingPanel, fake: FakeSession) -> None:
    assert not panel.head.big.isEnabled()
    press(qtbot, panel)
    assert "start" not in fake.names()


@pytest.mark.parametrize(
    ("state", "word", "intent"),
    [
        (RunState.IDLE, "Start", "start"),
        (RunState.TRAINING, "Pause", "pause"),
        (RunState.PAUSED, "Resume", "resume"),
    ],
)
def test_the_big_button_says_and_does_what_comes_next(
    qtbot: QtBot, panel: TrainingPanel, fake: FakeSession, state: RunState, word: str, intent: str
) -> None:
    fake.give_dataset()
    fake.give_status(state)
    assert panel.head.big.text() == word
    press(qtbot, panel)
    assert fake.names()[-1] == intent


def test_pictures_still_being_read_do_not_hold_up_start(panel: TrainingPanel, fake: FakeSession) -> None:
    fake.set_data(DatasetSpec(("pictures",)))
    assert panel.head.big.isEnabled()


@pytest.mark.parametrize("state", [RunState.PREPARING, RunState.STOPPING])
def test_in_between_the_big_button_waits_and_keeps_the_focus(
    qtbot: QtBot, panel: TrainingPanel, fake: FakeSession, state: RunState
) -> None:
    fake.give_dataset()
    panel.activateWindow()
    panel.head.big.setFocus()
    qtbot.waitUntil(panel.head.big.hasFocus)
    fake.give_status(state)
    before = fake.names()
    press(qtbot, panel)
    assert fake.names() == before
    assert panel.head.big.hasFocus()


def test_steps_and_stops(qtbot: QtBot, panel: TrainingPanel, fake: FakeSession) -> None:
    fake.give_dataset()
    for button in (panel.head.step, panel.head.epoch):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.head.keep.isHidden()
    fake.give_status(RunState.TRAINING)
    assert not panel.head.step.isEnabled()
    for other in (panel.head.keep, panel.head.discard):
        qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    wanted = [("step", (1,)), ("step_epoch", ()), ("stop", (True,)), ("stop", (False,))]
    assert [call for call in fake.calls if call[0].startswith("st")] == wanted


def test_a_model_at_hand_can_be_trained_further(qtbot: QtBot, panel: TrainingPanel, fake: FakeSession) -> None:
    fake.give_dataset()
    assert panel.head.resume.isHidden()
    fake.give_model()
    qtbot.mouseClick(panel.head.resume, Qt.MouseButton.LeftButton)
    assert fake.names()[-1] == "continue_training"


def test_progress_in_words(panel: TrainingPanel, fake: FakeSession) -> None:
    fake.give_dataset()
    fake.give_status(RunState.TRAINING)
    fake.give_progress(620, 1000)
    assert panel.head.bar.value() == 620
    assert panel.head.place.text() == "epoch 13 of 20"
    assert panel.head.left.text() == "1 min 32 s left"
    assert panel.head.heading.note() == "23 400 pictures/s"


def test_progress_is_that_of_the_run_when_another_length_is_chosen_for_the_next(
    panel: TrainingPanel, fake: FakeSession
) -> None:
    run = fake.give_curves()
    fake.give_status(RunState.TRAINING)
    fake.give_progress(620, 1000)
    told = panel.head.place.text()
    assert told.endswith(f"of {run.settings.epochs:g}")
    for other in (replace(run.settings, epochs=3.0), replace(run.settings, seconds=180.0)):
        fake.set_training(other)
        fake.give_progress(620, 1000)
        assert panel.head.place.text() == told


def test_the_end_is_told(panel: TrainingPanel, fake: FakeSession) -> None:
    fake.give_dataset()
    fake.give_status(RunState.TRAINING)
    fake.progressed.emit(Progress(40, None, 2.0, "", 15.0, 45.0, 900.0, 0.01, "cpu"))
    assert panel.head.bar.value() == 250  # of its seconds, while nobody knows how many steps there will be
    fake.give_progress(990, 1000)
    fake.give_end(Outcome.COMPLETED)
    assert panel.head.heading.note() == "finished"
    assert panel.head.bar.value() == panel.head.bar.maximum()
    assert panel.head.left.text() == ""


def test_sliders_change_the_recipe_while_idle(qtbot: QtBot, panel: TrainingPanel, fake: FakeSession) -> None:
    type_rate(qtbot, panel, "0.2")
    assert fake.recipe.training.learning_rate == 0.2
    assert fake.last("set_live") is None


def test_sliders_act_live_while_training(qtbot: QtBot, panel: TrainingPanel, fake: FakeSession) -> None:
    fake.give_status(RunState.TRAINING)
    slider = panel.live.sliders["learning_rate"]
    assert "(live)" in slider.accessibleName()
    type_rate(qtbot, panel, "0.2")
    assert fake.last("set_live") == (LiveSettings(learning_rate=0.2),)
    assert fake.last("set_training") is None
    slider.reset()
    assert fake.last("set_live") == (LiveSettings(),)


def test_a_scheduled_rate_is_followed_until_it_is_taken_over(
    qtbot: QtBot, panel: TrainingPanel, fake: FakeSession
) -> None:
    fake.give_status(RunState.TRAINING)
    slider = panel.live.sliders["learning_rate"]
    slider.set_value(0.9)
    fake.give_progress()
    assert slider.value() == 0.05
    type_rate(qtbot, panel, "0.3")
    fake.give_progress()
    assert slider.value() == 0.3


def test_an_impossible_rate_is_explained(qtbot: QtBot, panel: TrainingPanel, fake: FakeSession) -> None:
    type_rate(qtbot, panel, "50")
    assert "Learning rate cannot be 50" in panel.live.error.text()
    assert fake.last("set_training") is None


def test_advice_is_said_and_taken(qtbot: QtBot, panel: TrainingPanel, fake: FakeSession) -> None:
    advice = fake.give_advice()
    box = panel.head.advice
    assert box.isVisible()
    assert (box.text.text(), box.question.text()) == (advice.text, advice.question)
    qtbot.mouseClick(box.apply, Qt.MouseButton.LeftButton)
    assert fake.last("take_advice") == (advice,)
    fake.advice_changed.emit(None)
    assert box.isHidden()


def test_a_device_that_does_not_work_is_listed_and_not_offered(panel: TrainingPanel, fake: FakeSession) -> None:
    fake.devices = (DeviceInfo("cpu", "CPU, 2 cores"), DeviceInfo("cuda:0", "CUDA", "The driver is too old."))
    fake.devices_found.emit(fake.devices)
    words = [panel.device.itemText(place) for place in range(panel.device.count())]
    assert words == ["Automatic", "CPU, 2 cores", "CUDA (not usable)"]
    assert panel.device.itemData(2, Qt.ItemDataRole.ToolTipRole) == "The driver is too old."
    flags = panel.device.model().flags(panel.device.model().index(2, 0))
    assert not flags & Qt.ItemFlag.ItemIsEnabled
    panel.device.activated.emit(1)
    assert fake.last("set_device") == ("cpu",)


def test_a_timed_run_shows_its_time_in_place_of_epochs(panel: TrainingPanel, fake: FakeSession) -> None:
    assert panel.length.editor("epochs").isVisible()
    assert panel.length.editor("seconds").isHidden()
    fake.set_training(dataclasses.replace(fake.recipe.training, seconds=60.0))
    assert panel.length.editor("epochs").isHidden()
    assert panel.length.editor("seconds").isVisible()


def test_a_texture_is_not_asked_for_what_it_does_not_use(panel: TrainingPanel, fake: FakeSession) -> None:
    panel.advanced.set_open(True)
    assert panel.form.editor("rule").isVisible()
    fake.set_model(TiledSpec())
    assert panel.form.editor("rule").isHidden()
    assert panel.live.sliders["sparsity_cost"].isHidden()
    assert panel.form.editor("optimiser").isVisible()


def test_momentum_is_there_where_a_part_of_the_run_steps_with_it(panel: TrainingPanel, fake: FakeSession) -> None:
    momentum = panel.live.sliders["momentum"]
    assert momentum.isVisible()
    fake.set_training(dataclasses.replace(fake.recipe.training, optimiser=Optimiser.ADAM))
    assert momentum.isHidden()
    fake.set_model(CodeSpec())
    assert momentum.isVisible()


def test_the_centred_gradient_is_there_where_it_may_be_left(panel: TrainingPanel, fake: FakeSession) -> None:
    panel.advanced.set_open(True)
    centred = panel.form.editor("centred")
    for model, shown in ((RbmSpec(), True), (ConvSpec(), False), (CodeSpec(), True), (TiledSpec(), False)):
        fake.set_model(model)
        assert centred.isVisible() is shown, model


def test_precision_is_chosen_among_the_settings(qtbot: QtBot, panel: TrainingPanel, fake: FakeSession) -> None:
    panel.advanced.set_open(True)
    full, fast = panel.form.editor("precision").findChildren(QAbstractButton)
    assert full.isChecked()
    qtbot.mouseClick(fast, Qt.MouseButton.LeftButton)
    assert fake.recipe.training.precision is Precision.FAST


def offered(panel: TrainingPanel) -> list[str]:
    combo = panel.form.editor("rule").findChild(QuietCombo)
    assert combo is not None
    return [combo.itemText(place) for place in range(combo.count())]


def test_rules_are_those_that_the_family_learns_by(panel: TrainingPanel, fake: FakeSession) -> None:
    panel.advanced.set_open(True)
    assert offered(panel) == ["CD", "PCD", "Fast PCD", "Tempering"]
    fake.set_model(ConvSpec())
    assert offered(panel) == ["CD", "PCD"]
    fake.set_training(dataclasses.replace(fake.recipe.training, rule=Rule.FPCD))
    assert offered(panel) == ["CD", "PCD", "Fast PCD"]  # what a recipe says is shown, so that it can be changed
    fake.set_model(RbmSpec())
    assert offered(panel) == ["CD", "PCD", "Fast PCD", "Tempering"]


def test_tempering_asks_for_its_temperatures(qtbot: QtBot, panel: TrainingPanel, fake: FakeSession) -> None:
    panel.advanced.set_open(True)
    assert panel.form.editor("temperatures").isHidden()
    combo = panel.form.editor("rule").findChild(QuietCombo)
    assert combo is not None
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_End)
    combo.activated.emit(combo.currentIndex())
    assert fake.recipe.training.rule is Rule.PT
    assert panel.form.editor("temperatures").isVisible()
    assert panel.form.editor("hottest").isVisible()


def test_codes_are_not_asked_for_penalties_they_do_not_know(panel: TrainingPanel, fake: FakeSession) -> None:
    panel.advanced.set_open(True)
    assert panel.form.editor("weight_l1").isVisible()
    fake.set_model(CodeSpec())
    assert panel.form.editor("weight_l1").isHidden()
    assert panel.form.editor("max_norm").isHidden()
    fake.set_training(dataclasses.replace(fake.recipe.training, max_norm=3.0))
    assert panel.form.editor("max_norm").isVisible()  # or nobody could set it to 0 again


def test_it_says_since_when_a_texture_looks_done(panel: TrainingPanel, fake: FakeSession) -> None:
    fake.give_dataset()
    record = fake.give_curves(5)
    fake.give_status(RunState.TRAINING)
    fake.give_progress()
    assert panel.head.done.isHidden()
    record.curves.extend([("looks_done", 250, 72.4)])
    fake.give_progress()
    assert panel.head.done.text() == "looks done after 1 min 12 s"
    fake.give_end(Outcome.COMPLETED)
    assert panel.head.done.isVisible()
    fake.give_curves(5)
    fake.give_status(RunState.PREPARING)
    assert panel.head.done.isHidden()


def test_one_of_several_stages_is_named(panel: TrainingPanel, fake: FakeSession) -> None:
    fake.give_dataset()
    fake.give_status(RunState.TRAINING)
    fake.give_progress(stage="RBM")
    assert panel.head.stage.isHidden()
    fake.give_progress(stage="Layer 2 of 3")
    assert panel.head.stage.isVisible()
    assert panel.head.stage.text() == "Layer 2 of 3"
    fake.give_progress(stage="RBM over codes")
    assert panel.head.stage.isVisible()
    fake.give_status(RunState.PAUSED)
    assert panel.head.stage.isVisible()
    fake.give_end(Outcome.COMPLETED)
    assert panel.head.stage.isHidden()
