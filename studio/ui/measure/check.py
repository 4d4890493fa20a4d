"""The first walk through the house, taken by a machine: window, dream, training, filters, curves, end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from studio.data.spec import SAMPLE_PREFIX, DatasetSpec
from studio.jobs.frames import FilterFrame
from studio.jobs.status import RunState
from studio.session.notices import Level, Notice
from studio.session.session import Session
from studio.ui.main_window import MainWindow
from studio.ui.measure.clock import process_age
from studio.ui.measure.pixels import click, count_near, differ, drawn, uniform
from studio.ui.widgets.curve_style import CurveStyle
from studio.ui.widgets.curve_view import CurveView

LOOK_MS = 20
LIMIT_MS = 120_000
SAMPLE = f"{SAMPLE_PREFIX}glyphs"
POINTS = 4  # of a curve
CURVE_PIXELS = 30
NOTHING = np.zeros((0, 0, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class Stage:
    """`seen` is asked until it says yes, then `then` is done; `name` is the time to keep, where it is one."""

    awaited: str
    seen: Callable[[], bool]
    then: Callable[[], None] | None = None
    name: str = ""


class Check(QObject):
    """Looks at the window many times a second, and presses its buttons; `times` says what took how long.

    `ended` is emitted once, with a sentence on what did not appear or nothing.
    """

    passed = Signal(str, float)  # name, seconds since the process began
    ended = Signal(str)

    def __init__(self, session: Session, window: MainWindow, until: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._window = session, window
        self._until = until
        self._frames = 0
        self._trained = False
        self._before = NOTHING
        self._stages = self._walk()
        self.times: dict[str, float] = {}
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._ask)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.setInterval(LIMIT_MS)
        self._limit.timeout.connect(self._late)
        session.frame_arrived.connect(self._note)
        session.notice_posted.connect(self._read)

    def begin(self, limit_ms: int = LIMIT_MS) -> None:
        self._limit.start(limit_ms)
        self._look.start()

    def _walk(self) -> list[Stage]:
        return [
            Stage("the window", self._window_seen, name="window"),
            Stage("a frame of the dream on the canvas", self._dream_seen, name="dream"),
            Stage("a second, different frame of the dream", self._dream_moved, self._offer_pictures),
            Stage("the pictures to learn from", self._can_start, self._start),
            Stage("a sheet of trained filters", self._filters_seen, name="filters"),
            Stage(f"curves of {POINTS} points", self._curves_seen, self._stop, name="curves"),
            Stage("the end of the run", self._run_ended),
        ]

    def _ask(self) -> None:
        stage = self._stages[0]
        if not stage.seen():
            return
        if stage.name:
            self.times[stage.name] = process_age()
            self.passed.emit(stage.name, self.times[stage.name])
        self._stages.pop(0)
        if not self._stages or stage.name == self._until != "":
            self._end("")
        elif stage.then is not None:
            stage.then()

    def _end(self, problem: str) -> None:
        self._look.stop()
        self._limit.stop()
        self.ended.emit(problem)

    def _late(self) -> None:
        self._end(f"After {self._limit.interval() / 1000:g} s {self._stages[0].awaited} had not appeared.")

    def _read(self, notice: Notice) -> None:
        if notice.level is Level.ERROR and self._look.isActive():
            awaited = self._stages[0].awaited
            self._end(f"Instead of {awaited} this appeared: {notice.message} {notice.hint}".strip())

    def _note(self, kind: str, frame: object) -> None:
        if kind == "dream":
            self._frames += 1
        elif isinstance(frame, FilterFrame) and frame.step > 0:
            self._trained = True

    # what is to be seen

    def _window_seen(self) -> bool:
        handle = self._window.windowHandle()
        return handle is not None and handle.isExposed()

    def _dream_seen(self) -> bool:
        canvas = self._window.dream.canvas
        if not self._frames or not canvas.isVisible():
            return False
        self._before = drawn(canvas)
        return not uniform(self._before)

    def _dream_moved(self) -> bool:
        return self._frames > 1 and differ(drawn(self._window.dream.canvas), self._before)

    def _can_start(self) -> bool:
        big = self._window.training.head.big
        return self._session.dataset is not None and not self._session.pictures.loading and big.isEnabled()

    def _filters_seen(self) -> bool:
        sheet = drawn(self._window.filters.sheet)
        if not self._trained:
            self._before = sheet
            return False
        return self._window.filters.sheet.isVisible() and not uniform(sheet) and differ(sheet, self._before)

    def _curves_seen(self) -> bool:
        shown = [view for view in self._window.plots.views.values() if view.isVisible()]
        return any(self._has_curves(view) for view in shown)  # how like its picture a texture is takes longer

    def _has_curves(self, view: CurveView) -> bool:
        curves = [self._session.runs[-1].curves.get(name) for name, _ in view.figure.metrics]
        # The second of a figure is of what is held out, which not every run has.
        if curves[0] is None or not all(len(curve) >= POINTS for curve in curves if curve is not None):
            return False
        # below the header, whose words wear the colours of the curves too
        top = round((view.values.geometry().bottom() + 1) * view.devicePixelRatioF())
        pixels, style = drawn(view)[top:], CurveStyle.of(view.palette())
        return max(count_near(pixels, style.curve(second)) for second in (False, True)) >= CURVE_PIXELS

    def _run_ended(self) -> bool:
        return self._session.status.state is RunState.IDLE

    # what is to be done

    def _offer_pictures(self) -> None:
        if self._session.recipe.data.sample is None:
            self._session.set_data(DatasetSpec((SAMPLE,)))

    def _start(self) -> None:
        click(self._window.training.head.big)

    def _stop(self) -> None:
        click(self._window.training.head.keep)
