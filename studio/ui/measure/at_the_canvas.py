"""What a hand at the canvas waits for: strokes while a chain runs, going back to a snapshot, a film being made."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from studio.cli.report import Figure
from studio.dream.strokes import Brush, Form
from studio.errors import StudioError
from studio.jobs.fill_frames import PaintFrame
from studio.jobs.frames import DreamFrame
from studio.session.notices import Level, Notice
from studio.ui.measure.filming import FRAMES, Filming
from studio.ui.measure.opened import Opened, Opener, open_fresh

PRESET, SAMPLE, SIDE = "texture-pooled", "sample:bricks", 512
STROKE_MS, REWIND_MS, FILM_MS = 33.0, 100.0, 50.0  # of a film: 20 frames a second
EVERY_MS = 400
AWAY = 10  # sweeps
PATIENCE_MS = 120_000


class Hand(QObject):
    """Dabs a colour on the canvas again and again, then goes back to a snapshot as often, then takes a film."""

    def __init__(self, opened: Opened, times: int, film: Path, frames: int, seed: int = 0) -> None:
        super().__init__()
        self._session, self._window = opened.session, opened.window
        self._canvas = opened.window.dream.canvas
        self._times = times
        self._random = np.random.Generator(np.random.PCG64(seed))
        self.seen: list[float] = []  # milliseconds until the stroke is on the screen
        self.dreamt: list[float] = []  # until the chain holds it
        self.rewound: list[float] = []
        self.problem = ""
        self._pressed = self._asked = 0.0
        self._filming = False
        self._before = -1  # sweeps, when one went back
        self._turn = QTimer(self)
        self._turn.setInterval(EVERY_MS)
        self._turn.timeout.connect(self._act)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.timeout.connect(self._give_up)
        self._late.start(PATIENCE_MS)
        self.filming = Filming(opened, film, frames, self)
        self.filming.ended.connect(self._close)
        self._session.frame_arrived.connect(self._arrive)
        self._session.notice_posted.connect(self._read)

    def _arrive(self, kind: str, frame: object) -> None:
        now = time.perf_counter()
        if self._filming:
            return
        if kind == "dream" and isinstance(frame, DreamFrame):
            if not self._turn.isActive() and frame.canvas == (SIDE, SIDE) and frame.sweep > 3:
                self._begin()
            elif self._asked and frame.sweep < self._before:
                self.rewound.append(1000 * (now - self._asked))
                self._asked = 0.0
        elif kind == "paint" and isinstance(frame, PaintFrame) and self._pressed:
            self.dreamt.append(1000 * (now - self._pressed))
            self._pressed = 0.0

    def _begin(self) -> None:
        self._late.start(PATIENCE_MS)
        self._window.dream.painter.hold_tool({"form": Form.LINE, "brush": Brush.COLOUR, "erasing": False})
        self._session.keep_snapshot()
        self._turn.start()

    def _act(self) -> None:
        if len(self.seen) < self._times:
            self._dab()
        elif len(self.rewound) < self._times:
            snapshots, sweep = self._session.snapshots, self._window.dream.sweep
            # Of frames only the latest is seen: the chain has to be far enough away not to be back before one is.
            if not self._asked and snapshots and sweep >= snapshots[0].sweep + AWAY:
                self._before, self._asked = sweep, time.perf_counter()
                self._session.rewind(snapshots[0].number)
        else:
            self._turn.stop()
            self._filming = True
            self._late.start(PATIENCE_MS)
            self._session.clear_strokes()
            self.filming.begin()

    def _dab(self) -> None:
        target = self._canvas.view.target()
        share = self._random.uniform(0.1, 0.9, 2)
        place = QPointF(
            target.left() + float(share[0]) * target.width(), target.top() + float(share[1]) * target.height()
        )
        self._pressed = began = time.perf_counter()
        for kind, pressed in (
            (QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton),
            (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
        ):
            event = QMouseEvent(
                kind,
                place,
                self._canvas.mapToGlobal(place),
                Qt.MouseButton.LeftButton,
                pressed,
                Qt.KeyboardModifier.NoModifier,
            )
            QApplication.sendEvent(self._canvas, event)
            if kind is QEvent.Type.MouseButtonPress:
                self._canvas.repaint()
                self.seen.append(1000 * (time.perf_counter() - began))

    def _read(self, notice: Notice) -> None:
        if notice.level is Level.ERROR:
            self.problem = f"{notice.message} {notice.hint}".strip()
            self._close()

    def _give_up(self) -> None:
        self.problem = self.problem or "The canvas did not show what was waited for."
        self._close()

    def _close(self) -> None:
        self._turn.stop()
        self._late.stop()
        self._window.close_at_once()


def bench_canvas(opener: Opener, times: int, frames: int = FRAMES) -> Mapping[str, Figure]:
    """Measure strokes and going back on a canvas of 512 x 512 px, and a film of 256 x 256 px.

    A convolutional chain of 24 filters runs there.
    """
    folder = TemporaryDirectory(prefix="harmonium-")
    with folder:
        project = Path(folder.name) / "bench.harmonium"
        words = [sys.executable, "-m", "studio", "train", "--data", SAMPLE, "--preset", PRESET, "--steps", "20"]
        if subprocess.run([*words, "--out", str(project)], capture_output=True, check=False).returncode != 0:
            raise StudioError("A model to paint on could not be trained.", f"Run: {' '.join(words[1:])}")
        opened = open_fresh(opener, folder)
        hand = Hand(opened, times, Path(folder.name) / "film.gif", frames)
        opened.show(project)
        opened.session.project_changed.connect(lambda _info: enlarge(opened))
        opened.execute()
    if hand.problem:
        raise StudioError("The canvas could not be measured.", hand.problem)
    gap = hand.filming.watchdog.p95
    stroke, rewind = float(np.percentile(hand.seen, 95)), float(np.percentile(hand.rewound, 95))
    return {
        "canvas.stroke": Figure(float(np.median(hand.seen)), "ms"),
        "canvas.stroke_p95": Figure(stroke, "ms", STROKE_MS, stroke / STROKE_MS),
        "canvas.stroke_held": Figure(float(np.median(hand.dreamt)), "ms"),
        "canvas.rewind": Figure(float(np.median(hand.rewound)), "ms"),
        "canvas.rewind_p95": Figure(rewind, "ms", REWIND_MS, rewind / REWIND_MS),
        "canvas.film_gap": Figure(hand.filming.watchdog.longest, "ms"),
        "canvas.film_gap_p95": Figure(gap, "ms", FILM_MS, gap / FILM_MS),
    }


def enlarge(opened: Opened) -> None:
    """Bring the canvas to its size once the project is there."""
    dream = opened.session.dream
    if opened.session.has_model and opened.session.project.path is not None and dream.width != SIDE:
        opened.session.set_dream(dataclasses.replace(dream, width=SIDE, height=SIDE))
