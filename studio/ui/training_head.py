"""The part of the training panel that is always in sight: the big button, progress, steps and stops."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.jobs.status import Outcome, Progress, RunState, RunStatus
from studio.models.code_spec import AUTOENCODER, OVER_CODES
from studio.ui import conditions, numbers
from studio.ui.advice_box import AdviceBox
from studio.ui.icons import IconButton
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import BigButton, button
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import SteadyLabel, dim_label

if TYPE_CHECKING:
    from studio.session.session import Session

SCALE = 1000
STAGED = " of "  # in the name of a stage that has others beside it, as Layer 2 of 3
WORDS = {
    RunState.IDLE: ("Start", "Train a new model on the pictures (Ctrl+Enter)"),
    RunState.PREPARING: ("Preparing", "The pictures and the model are being made ready"),
    RunState.TRAINING: ("Pause", "Halt between two steps; the dream plays on (Ctrl+P)"),
    RunState.PAUSED: ("Resume", "Let the training go on (Ctrl+P)"),
    RunState.STOPPING: ("Stopping", "Finishing the current step"),
}
ENDINGS = {Outcome.COMPLETED: "finished", Outcome.STOPPED: "stopped", Outcome.FAILED: "failed"}


class TrainingHead(QWidget):
    """Start, pause or resume by the state of the run."""

    begun = Signal(object)  # a new run, for whoever asks first where it puts an end to a model

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.heading = Heading("Training", 3)
        self.big = BigButton("Start")
        self.bar = QProgressBar()
        self.bar.setRange(0, SCALE)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the training")
        self.place = dim_label("")
        self.stage = dim_label("")
        self.stage.setAccessibleName("Stage of the training")
        self.stage.hide()
        self.left = SteadyLabel()
        self.done = dim_label("")
        self.done.setToolTip("When a dream was first as similar to the picture as the picture is to itself, to 3 %")
        self.done.hide()
        self.step = IconButton("step", "One step", "Train on one batch, then pause (Ctrl+.)")
        self.epoch = IconButton("epoch", "One epoch", "Train on every picture once, then pause (Ctrl+Shift+.)")
        self.resume = button("Continue training", "Train the present model further (Ctrl+Shift+Enter)", role="link")
        self.keep = button("Stop and keep", "End the run and keep what was learned (Ctrl+K)", role="link")
        self.discard = button("Discard", "End the run and go back to the model from before it", role="quiet")
        self.discard.setAccessibleName("Stop and discard")
        self.advice = AdviceBox(session)
        self._lay_out()
        self._connect()
        self._follow()

    def _lay_out(self) -> None:
        words = QHBoxLayout()
        words.addWidget(self.place, 1)
        words.addWidget(self.left)
        low = FlowLayout(gap=8, line_gap=4)
        low.addWidget(self.step)
        low.addWidget(self.epoch)
        low.push()
        for part in (self.resume, self.keep, self.discard):
            low.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.big)
        column.addWidget(self.bar)
        column.addWidget(self.stage)
        column.addLayout(words)
        column.addWidget(self.done)
        column.addLayout(low)
        column.addWidget(self.advice)

    def _connect(self) -> None:
        session = self._session
        session.status_changed.connect(self._follow)
        session.dataset_changed.connect(self._follow)
        session.recipe_changed.connect(self._follow)
        session.model_changed.connect(self._follow)
        session.progressed.connect(self._show_progress)
        self.big.clicked.connect(self._press)
        self.resume.clicked.connect(session.continue_training)
        self.step.clicked.connect(self._step)
        self.epoch.clicked.connect(self._step_epoch)
        self.keep.clicked.connect(self._keep)
        self.discard.clicked.connect(self._discard)

    def _press(self) -> None:
        state = self._session.status.state
        if state is RunState.IDLE:
            self.begun.emit(self._session.start)
        elif state is RunState.TRAINING:
            self._session.pause()
        elif state is RunState.PAUSED:
            self._session.resume()

    def _step(self) -> None:
        self.begun.emit(partial(self._session.step, 1))

    def _step_epoch(self) -> None:
        self.begun.emit(self._session.step_epoch)

    def _keep(self) -> None:
        self._session.stop(keep=True)

    def _discard(self) -> None:
        self._session.stop(keep=False)

    def _follow(self, _changed: object = None) -> None:
        session = self._session
        status = session.status
        words, tip = WORDS[status.state]
        reason = "" if status.busy else conditions.start_reason(session)
        self.big.set_words(words, reason or tip)
        self.big.setEnabled(not reason)
        self.big.set_waiting(status.busy and bool(conditions.pause_reason(session)))
        for single in (self.step, self.epoch):
            allow(single, conditions.step_reason(session))
        self.resume.setVisible(not conditions.continue_reason(session))
        for part in (self.keep, self.discard):
            part.setVisible(status.busy)
            allow(part, conditions.stop_reason(session))
        self._show_done()
        if status.state is not RunState.TRAINING and status.state is not RunState.PAUSED:
            self.stage.hide()
        if not status.busy:
            self._show_end(status)
        elif status.state is RunState.PREPARING:
            self._show_preparing()
        elif status.state is RunState.PAUSED:
            self.heading.set_note("paused")

    def _show_preparing(self) -> None:
        self.bar.setValue(0)
        self.heading.set_note("preparing")
        self.place.setText("")
        self.left.setText("")

    def _show_end(self, status: RunStatus) -> None:
        self.left.setText("")
        if status.outcome is None:
            self.heading.set_note("")
            self.bar.setValue(0)
            self.place.setText(plan_words(self._session))
            return
        self.heading.set_note(ENDINGS[status.outcome])
        if status.outcome is Outcome.COMPLETED:
            self.bar.setValue(SCALE)

    def _show_done(self) -> None:
        runs = self._session.runs
        seconds = runs[-1].looks_done if runs else None
        self.done.setVisible(seconds is not None)
        if seconds is not None:
            self.done.setText(f"looks done after {numbers.duration(seconds)}")

    def _show_progress(self, progress: Progress) -> None:
        runs = self._session.runs
        # the settings may have been changed since, for the next run
        training = runs[-1].settings if runs else self._session.recipe.training
        self.bar.setValue(round(SCALE * progress.share))
        timed = training.steps or training.seconds
        place = f"step {numbers.amount(progress.step)}" if timed else epoch_words(progress.epoch, training.epochs)
        self.place.setText(place)
        self.stage.setText(progress.stage)
        self.stage.setVisible(STAGED in progress.stage or progress.stage in (AUTOENCODER, OVER_CODES))
        self._show_done()
        seconds = progress.seconds_left
        running = self._session.status.state is RunState.TRAINING
        self.left.setText(f"{numbers.duration(seconds)} left" if running and seconds is not None else "")
        if running:
            self.heading.set_note(f"{numbers.amount(progress.images_per_second)} pictures/s")


def epoch_words(epoch: float, epochs: float) -> str:
    """Return the epoch that is under way: epoch 3 of 20."""
    return f"epoch {min(int(epoch) + 1, max(1, round(epochs)))} of {epochs:g}"


def plan_words(session: Session) -> str:
    """Return how long the next run will be."""
    training = session.recipe.training
    if training.steps:
        return f"{numbers.amount(training.steps)} steps"
    if training.seconds:
        return numbers.duration(training.seconds)
    return f"{training.epochs:g} epochs"
