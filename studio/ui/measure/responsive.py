"""The window at work: training and dreaming with every panel in sight, beside the same run on the command line."""

from __future__ import annotations

import dataclasses
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QObject, QTimer

from studio.cli.options import dataset
from studio.cli.report import Figure
from studio.data.imageset import ImageSet
from studio.errors import StudioError
from studio.jobs.status import RunState
from studio.session.notices import Level, Notice
from studio.ui.measure.memory import growth, resident
from studio.ui.measure.opened import Opened, Opener, open_fresh, studio_command
from studio.ui.measure.pixels import click
from studio.ui.measure.watchdog import Stalls, Watchdog

PRESET = "digits-rbm"
SEED = 1
FOREVER = 10.0**6  # seconds
LONGEST_GAP, GAP_P95, RSS_SLOPE = 50.0, 25.0, 1.0
SAMPLE_MS = 500
PATIENCE_MS = 120_000  # until the pictures are read
SETTLE = 60.0  # seconds until memory should stand still
MOST_STALLS = 12


class Sitting(QObject):
    """Opens pictures, presses Start, watches for `seconds`, samples memory for `minutes`, and closes the window."""

    def __init__(self, opened: Opened, data: str, seconds: float, minutes: float, stalls: bool) -> None:
        super().__init__()
        self._session, self._window = opened.session, opened.window
        self._data = dataset([data])
        self._seconds, self._minutes = seconds, minutes
        self.watchdog = Watchdog(self)
        self.stalls = Stalls(self.watchdog) if stalls else None
        self.pictures_per_second = float("nan")
        self.memory: list[tuple[float, float]] = []
        self.problem = ""
        self._began = 0.0
        self._sampler = QTimer(self)
        self._sampler.setInterval(SAMPLE_MS)
        self._sampler.timeout.connect(self._sample)
        self._watched = QTimer(self)
        self._watched.setSingleShot(True)
        self._watched.timeout.connect(self._stop_watching)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.timeout.connect(self._give_up)
        self._late.start(PATIENCE_MS)
        self._prepared = False
        self._session.project_changed.connect(self._prepare)  # the bundled model is there, and would undo what comes
        self._session.dataset_changed.connect(self._pictures_arrived)
        self._session.notice_posted.connect(self._read)

    def _prepare(self, _project: object) -> None:
        if self._prepared:
            return
        self._prepared = True
        self._session.apply_preset(PRESET)
        training = self._session.recipe.training
        self._session.set_training(dataclasses.replace(training, seconds=FOREVER, steps=0, seed=SEED))
        self._session.set_data(self._data)

    def _pictures_arrived(self, images: ImageSet | None) -> None:
        recipe = self._session.recipe
        if images is None or self._began or images.spec != self._data or images.preprocess != recipe.preprocess:
            return
        self._began = time.perf_counter()
        QTimer.singleShot(SAMPLE_MS, self, self._start)

    def _give_up(self) -> None:
        self.problem = f"Training had not begun after {PATIENCE_MS // 1000} s."
        self._close()

    def _start(self) -> None:
        self._late.stop()
        click(self._window.training.head.big)
        self._began = time.perf_counter()
        self.watchdog.start()
        if self.stalls is not None:
            self.stalls.start()
        self._watched.start(round(1000 * self._seconds))
        self._sampler.start()

    def _stop_watching(self) -> None:
        progress, state = self._session.progress, self._session.status.state
        begun = progress is not None and progress.seconds > 0
        if not begun and state in (RunState.PREPARING, RunState.TRAINING):
            self._watched.start(round(1000 * self._seconds))  # a busy machine: there is no step yet to be measured
            return
        self.watchdog.stop()
        if self.stalls is not None:
            self.stalls.close()
        if progress is not None and begun and state is RunState.TRAINING:
            self.pictures_per_second = progress.step * self._session.recipe.training.batch / progress.seconds
        else:
            self.problem = self.problem or "The run had ended before the measuring did."
        self._end_when_due()

    def _sample(self) -> None:
        self.memory.append((time.perf_counter() - self._began, resident()))
        self._end_when_due()

    def _end_when_due(self) -> None:
        if not self._watched.isActive() and time.perf_counter() - self._began >= 60 * self._minutes:
            self._close()

    def _read(self, notice: Notice) -> None:
        if notice.level is Level.ERROR:
            self.problem = f"{notice.message} {notice.hint}".strip()
            self._close()

    def _close(self) -> None:
        self._late.stop()
        self._sampler.stop()
        self._watched.stop()
        self.watchdog.stop()
        self._window.close_at_once()


def bench_ui(opener: Opener, data: str, seconds: float, minutes: float, stalls: bool) -> Mapping[str, Figure]:
    """Measure gaps, training speed against the command line before and after, and growth of memory."""
    before = command_line_speed(data, seconds)
    folder = TemporaryDirectory(prefix="harmonium-")
    with folder:
        opened = open_fresh(opener, folder)
        sitting = Sitting(opened, data, seconds, minutes, stalls)
        opened.show()
        opened.execute()
    if sitting.problem:
        raise StudioError("The window could not be measured.", sitting.problem)
    tell(sitting.stalls)
    reference = statistics.mean((before, command_line_speed(data, seconds)))
    watchdog, speed = sitting.watchdog, sitting.pictures_per_second
    figures = {
        "ui.longest_gap": Figure(watchdog.longest, "ms", LONGEST_GAP, watchdog.longest / LONGEST_GAP),
        "ui.gap_p95": Figure(watchdog.p95, "ms", GAP_P95, watchdog.p95 / GAP_P95),
        "ui.pictures_per_second": Figure(speed, "pictures/s", reference, speed / reference),
        "ui.training_share": Figure(speed / reference, "of the command line", 0.9, speed / reference / 0.9),
    }
    if minutes > 0:
        settled = min(SETTLE, 30 * minutes)
        slope = growth([sample for sample in sitting.memory if sample[0] >= settled])
        figures["ui.rss_slope"] = Figure(slope, "MB/min", RSS_SLOPE, slope / RSS_SLOPE)
        figures["ui.rss"] = Figure(sitting.memory[-1][1] if sitting.memory else resident(), "MB")
    return figures


def command_line_speed(data: str, seconds: float) -> float:
    """Return the pictures a second of the same recipe in a process of its own, without a window."""
    with TemporaryDirectory(prefix="harmonium-") as folder:
        out = str(Path(folder) / "bench.harmonium")
        command = [*studio_command(), "train", "--data", data, "--preset", PRESET, "--json"]
        command += ["--seconds", str(seconds), "--seed", str(SEED), "--out", out]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        said = found.stderr.strip().splitlines()
        raise StudioError("The command line could not train for comparison.", said[0] if said else "")
    return float(json.loads(found.stdout.splitlines()[-1])["images_per_second"])


def tell(stalls: Stalls | None) -> None:
    """Print what the longest gaps were spent on, the most frequent first."""
    if stalls is not None:
        for doing, count in stalls.seen.most_common(MOST_STALLS):
            print(f"{count:5d} x {doing}", file=sys.stderr)
