"""A long day in the window: whether memory, threads, timers, objects or file handles pile up."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PySide6.QtCore import QObject, QTimer

from studio.cli.report import Figure
from studio.data.freed import give_back
from studio.errors import StudioError
from studio.session.notices import Level, Notice
from studio.ui.measure.days_work import LEARNED, DaysWork, Wait
from studio.ui.measure.holding import Holdings, holdings, kept
from studio.ui.measure.memory import growth, resident
from studio.ui.measure.opened import Opened, Opener, open_fresh
from studio.ui.measure.responsive import RSS_SLOPE

TURN_MS = 40
PATIENCE = 120.0  # seconds for any one thing
SLOW = 10.0  # seconds, after which it is told what was waited for
SETTLED = 0.5  # of the time, after which nothing should grow


class Soak(QObject):
    """Does round after round of work until the time is over, one at least, and counts what is held after each."""

    def __init__(self, opened: Opened, folder: Path, minutes: float) -> None:
        super().__init__()
        self._session, self._window = opened.session, opened.window
        self._roots = (opened.session, opened.window)
        self._minutes = minutes
        self.work = DaysWork(opened, folder)
        self.rounds = 0
        self.memory: list[tuple[float, float]] = []  # at the end of each round: seconds, megabytes
        self.counted: list[tuple[float, Holdings]] = []
        self.errors: list[str] = []
        self._round: Iterator[Wait] = iter([("the bundled model", lambda: self._session.has_model)])
        self._awaited: Wait | None = None
        self._began = self._since = time.perf_counter()
        self._turn = QTimer(self)
        self._turn.setInterval(TURN_MS)
        self._turn.timeout.connect(self._go_on)
        self._session.notice_posted.connect(self._read)
        self._turn.start()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    def _go_on(self) -> None:
        now = time.perf_counter()
        if self._awaited is not None and not self._awaited[1]():
            if now - self._since > PATIENCE:
                self.errors.append(f"In round {self.rounds + 1} {self._awaited[0]} was waited for in vain.")
                self._close()
            return
        if self._awaited is not None and now - self._since > SLOW:
            tell(f"{self._awaited[0]}: {now - self._since:.0f} s")
        self._since = now
        self._awaited = next(self._round, None)
        if self._awaited is None:
            self._next_round()

    def _next_round(self) -> None:
        if self.work.done["openings"]:
            self.rounds += 1
            self.counted.append((self.seconds, holdings(self._roots)))
            give_back()  # what the C library keeps comes and goes by a hundred megabytes, and would hide what grows
            self.memory.append((self.seconds, resident()))
            tell(f"{self.seconds:6.0f} s, {resident():.0f} MB, {self.counted[-1][1]}")
        if self.rounds and self.seconds >= 60 * self._minutes:
            self._close()
        else:
            self._round = self.work.round(self.rounds)

    def _read(self, notice: Notice) -> None:
        if notice.level is Level.ERROR:
            self.errors.append(f"{notice.message} {notice.hint}".strip())

    def _close(self) -> None:
        self._turn.stop()
        self._window.close_at_once()


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def bench_soak(opener: Opener, minutes: float) -> Mapping[str, Figure]:
    """Work in the window for so many minutes; returns what grew in the second half of them, and the errors."""
    folder = TemporaryDirectory(prefix="harmonium-")
    with folder:
        opened = open_fresh(opener, folder)
        soak = Soak(opened, Path(folder.name), minutes)
        opened.show()
        opened.execute()
    for error in soak.errors:
        tell(error)
    if not soak.rounds:
        raise StudioError("Not one round of work came to its end.", " ".join(soak.errors) or "Look into the log.")
    return figures(soak)


def figures(soak: Soak) -> dict[str, Figure]:
    end = soak.seconds
    slope = alike_growth(soak.memory, SETTLED * end)
    grown = kept([count for at, count in soak.counted if at >= SETTLED * end])
    told = {
        "soak.minutes": Figure(end / 60, "min"),
        "soak.rounds": Figure(soak.rounds, f"of {len(LEARNED)} families by turns"),
        "soak.rss_slope": Figure(slope, "MB/min", RSS_SLOPE, slope / RSS_SLOPE),
        "soak.rss": Figure(soak.memory[-1][1], "MB"),
        "soak.errors": Figure(len(soak.errors), "", 0.0),
    }
    told |= {f"soak.{name}": Figure(count, "more than before", 0.0) for name, count in grown.items()}
    return told | {f"soak.{name}": Figure(count, "done") for name, count in soak.work.done.items()}


def alike_growth(memory: Sequence[tuple[float, float]], since: float) -> float:
    """Return the slope in MB a minute of what was held after rounds of the same family; families hold unlike much.

    NaN where no family came twice after `since` seconds.
    """
    samples = np.array([(at, held, number % len(LEARNED)) for number, (at, held) in enumerate(memory) if at >= since])
    apart: list[tuple[float, float]] = []
    for family in range(len(LEARNED)) if len(samples) else ():
        own = samples[samples[:, 2] == family][:, :2]
        apart += [(float(at), float(held)) for at, held in own - own.mean(0)] if len(own) > 1 else []
    return growth(apart)
