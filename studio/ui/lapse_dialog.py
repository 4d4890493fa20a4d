"""The time-lapse of training: a timeline to move along, and at each step the filters and a dream."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.jobs.lapse_frames import LapsePicture
from studio.ui import conditions
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import button
from studio.ui.widgets.canvas import Canvas
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.save_file import ask_to_save
from studio.ui.widgets.slider import LabelledSlider

if TYPE_CHECKING:
    from studio.session.session import Session

PAUSE = 200  # ms a step while it plays: five a second
KINDS = "Animations (*.gif *.apng *.webp *.mp4)"
NOTHING = "Nothing is kept yet. Train a model, and its steps appear here."
SPACED = "The steps lie ever further apart, since most happens at first. Each dream begins with the same noise."


class LapseDialog(QDialog):
    """Shows one step at a time; keeps what it has seen, so that moving back is at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Time-lapse")
        self._session = session
        self._steps: tuple[int, ...] = ()
        self._seen: dict[int, LapsePicture] = {}
        self._asked: int | None = None
        self._target: Path | None = None  # where it is exported to, while steps are being drawn for that
        self.filters, self.dream = Canvas(), Canvas()
        self.filters.setAccessibleName("Filters at this step")
        self.dream.setAccessibleName("A dream at this step")
        self.timeline = LabelledSlider("Moment", 0, 1, 0, whole=True, decimals=0, tip="Move along the training.")
        self.title = dim_label("")
        self.words = dim_label(SPACED, wrap=True, role="small")
        self.play_button = button("Play", "Go through the steps, five a second", role="small")
        self.play_button.setCheckable(True)
        self.begin_button = button("Dream from here", "Play the model as it was at this step", role="small")
        self.export_button = button("Export...", "Save all steps as an animation", role="small")
        self.close_button = button("Close", "Back to the window", role="small")
        self._pace = QTimer(self)
        self._pace.setInterval(PAUSE)
        self._lay_out()
        self._connect()
        self._follow(session.lapse_steps)
        self.resize(860, 540)

    def _lay_out(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(8)
        for canvas in (self.filters, self.dream):
            canvas.setMinimumSize(160, 160)
            pictures.addWidget(canvas, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.play_button)
        row.addWidget(self.begin_button)
        row.addWidget(self.export_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(pictures, 1)
        column.addWidget(self.title)
        column.addWidget(self.timeline)
        column.addWidget(self.words)
        column.addLayout(row)

    def _connect(self) -> None:
        session = self._session
        session.lapse_changed.connect(self._follow)
        session.lapse_shown.connect(self._take)
        session.status_changed.connect(self._enable)
        session.model_changed.connect(self._forget)
        session.ended.connect(self._forget)
        self.timeline.edited.connect(self._moved)
        self.play_button.toggled.connect(self._play)
        self.begin_button.clicked.connect(self._begin)
        self.export_button.clicked.connect(self.export)
        self.close_button.clicked.connect(self.close)
        self._pace.timeout.connect(self._next)

    @property
    def step(self) -> int | None:
        """The step that is looked at."""
        place = round(self.timeline.value())
        return self._steps[place] if place < len(self._steps) else None

    def export(self) -> None:
        """Ask for a file, draw what has not been looked at yet, and save all; pressed again it ends that."""
        if self._target is not None:
            self._end_export()
            return
        path = ask_to_save(self, "Export the time-lapse", "time-lapse.gif", KINDS)
        if path is not None and self._steps:
            self._target = path
            self.export_button.setText("Cancel")
            self._go_on()

    def _end_export(self) -> None:
        self._target = None
        self.export_button.setText("Export...")
        self._say()

    def _follow(self, steps: tuple[int, ...]) -> None:
        """Take further steps; whoever looks at the last one goes on to look at the last."""
        step = self.step
        at_end = not self._steps or step == self._steps[-1]
        self._steps = steps
        self.timeline.set_high(max(1, len(steps) - 1))
        if steps:
            nearest = min(range(len(steps)), key=lambda place: abs(steps[place] - (step or 0)))
            self.timeline.set_value(len(steps) - 1 if at_end else nearest)
        self._enable()
        self._go_on()

    def _forget(self, _model: object = None, _error: object = None) -> None:
        """Look anew: the model was put away, or a run ended and may have been thrown away."""
        self._seen.clear()
        self._asked = None
        self._end_export()
        for canvas in (self.filters, self.dream):
            canvas.set_picture(None)
        self._go_on()

    def _moved(self, _place: float) -> None:
        self._say()
        self._go_on()

    def _go_on(self) -> None:
        """Show the step that is looked at, or ask for it; then for those that an export waits for."""
        self._say()
        step = self.step
        if step is not None and step in self._seen:
            self._show(self._seen[step])
        wanted = step
        if self._target is not None:
            waiting = [one for one in self._steps if one not in self._seen]
            if not waiting:
                self._session.export_lapse(self._target, [self._seen[one] for one in self._steps])
                self._end_export()
                return
            wanted = step if step in waiting else waiting[0]
        if wanted is not None and wanted not in self._seen and self._asked is None:
            self._asked = wanted
            self._session.look_at_step(wanted)

    def _take(self, picture: LapsePicture | None) -> None:
        """Take a step that was asked for; None is one that could not be drawn, and why was said."""
        self._asked = None
        if picture is None:
            self._end_export()
            self.play_button.setChecked(False)
            return
        self._seen[picture.step] = picture
        self._go_on()

    def _show(self, picture: LapsePicture) -> None:
        self.filters.set_picture(picture.filters)
        self.dream.setVisible(picture.dream is not None)
        if picture.dream is not None:
            self.dream.set_picture(picture.dream)

    def _say(self) -> None:
        step = self.step
        if step is None:
            self.title.setText(NOTHING)
            return
        place = self._steps.index(step) + 1
        self.title.setText(f"After {step:,} steps of {self._steps[-1]:,}: {place} of {len(self._steps)} kept")
        if self._target is not None:
            done = sum(one in self._seen for one in self._steps)
            self.words.setText(f"Drawing for the animation: {done} of {len(self._steps)}.")
        else:
            self.words.setText(SPACED if step in self._seen else "Drawing this step.")

    def _enable(self, _status: object = None) -> None:
        there = bool(self._steps)
        for part in (self.timeline, self.play_button, self.export_button):
            allow(part, "" if there else NOTHING)
        allow(self.begin_button, conditions.busy_reason(self._session) if there else NOTHING)

    def _play(self, on: bool) -> None:
        self.play_button.setText("Pause" if on else "Play")
        if not on:
            self._pace.stop()
            return
        if self.step == (self._steps[-1] if self._steps else None):
            self.timeline.set_value(0)
            self._go_on()
        self._pace.start()

    def _next(self) -> None:
        """Go to the next step once this one is to be seen."""
        if self.step not in self._seen:
            return
        place = round(self.timeline.value())
        if place + 1 >= len(self._steps):
            self.play_button.setChecked(False)
            return
        self.timeline.set_value(place + 1)
        self._go_on()

    def _begin(self) -> None:
        if self.step is not None:
            self._session.dream_from_step(self.step)
