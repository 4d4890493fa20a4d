"""From the start of the interpreter to a window, a dream and filters: once here, or as medians over processes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from tempfile import TemporaryDirectory

from PySide6.QtCore import QObject, QTimer

from studio.cli.report import Figure, print_json
from studio.errors import StudioError
from studio.ui.measure.check import LIMIT_MS, Check
from studio.ui.measure.clock import HANDED_OVER
from studio.ui.measure.opened import Opened, Opener, open_fresh, studio_command

FAILED = 1
UNCOMPILED = "PYTHONDONTWRITEBYTECODE"
RUNS = 3
WANTED = {"window": 1.0, "dream": 5.0}  # seconds
GRACE_MS = 20_000
WORDS = {
    "window": "to the window",
    "dream": "to the first frame of the dream",
    "filters": "to the first sheet of trained filters",
    "curves": "to the first curves",
}


class Walk(QObject):
    """Takes the check through a window, tells what it sees, and closes the window again."""

    def __init__(self, opened: Opened, until: str, quiet: bool) -> None:
        super().__init__()
        self._opened = opened
        self._quiet = quiet
        self.problem = ""
        self.check = Check(opened.session, opened.window, until, self)
        self.check.passed.connect(self._tell)
        self.check.ended.connect(self._close)
        self._grace = QTimer(self)
        self._grace.setSingleShot(True)
        self._grace.setInterval(GRACE_MS)
        self._grace.timeout.connect(self._give_up)

    def _tell(self, name: str, seconds: float) -> None:
        if not self._quiet:
            print(f"{seconds:6.2f} s {WORDS[name]}", flush=True)

    def _close(self, problem: str) -> None:
        self.problem = problem
        self._grace.start()
        self._opened.window.close_at_once()

    def _give_up(self) -> None:
        """End a process whose threads do not: Qt would abort it with less to say."""
        print(f"harmonium: {self.problem or 'The window did not close.'}", file=sys.stderr, flush=True)
        os._exit(FAILED)


def offscreen_check(opener: Opener, until: str = "", as_json: bool = False, limit_ms: int = LIMIT_MS) -> int:
    """Open the studio, watch it dream and learn, close it; returns 0 only when all of it was really drawn."""
    folder = TemporaryDirectory(prefix="harmonium-")
    with folder:
        opened = open_fresh(opener, folder)
        walk = Walk(opened, until, as_json)
        walk.check.begin(limit_ms)
        opened.show()
        opened.execute()
    if walk.problem:
        print(f"harmonium: {walk.problem}", file=sys.stderr)
        return FAILED
    if as_json:
        print_json(walk.check.times)
    return 0


def bench_start(runs: int = RUNS) -> Mapping[str, Figure]:
    """Return the medians over fresh processes, after one that compiles the modules as a first start does."""
    with TemporaryDirectory(prefix="harmonium-") as compiled:
        times = [one_start(compiled) for _ in range(runs + 1)][1:]
    figures = {}
    for name, wanted in WANTED.items():
        seconds = statistics.median(found[name] for found in times)
        figures[f"start.{name}"] = Figure(round(seconds, 3), "s", wanted, round(seconds / wanted, 3))
    return figures


def one_start(compiled: str) -> Mapping[str, float]:
    """Return the times of one start, whose modules are kept compiled in a folder."""
    command = [*studio_command(), "--offscreen-check", "--until", "dream", "--json"]
    own = {name: value for name, value in os.environ.items() if name not in (HANDED_OVER, UNCOMPILED)}
    own["PYTHONPYCACHEPREFIX"] = compiled
    found = subprocess.run(command, capture_output=True, text=True, check=False, env=own)
    if found.returncode != 0:
        said = found.stderr.strip().splitlines()
        raise StudioError("The studio did not start.", said[-1] if said else "Start it without bench to see why.")
    times: dict[str, float] = json.loads(found.stdout.splitlines()[-1])
    return times
