"""How long the window's thread keeps an event waiting."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import Counter

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 10
STALL = 0.030  # seconds
LOOK = 0.005
DEEPEST = 4  # frames of a stack that are told


class Watchdog(QObject):
    """A timer on the window's thread: `gaps` are the times between two of its beats, in milliseconds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.gaps: list[float] = []
        self.last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self.gaps.clear()
        self.last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(1000 * (now - self.last))
        self.last = now

    @property
    def longest(self) -> float:
        return max(self.gaps, default=float("nan"))

    @property
    def p95(self) -> float:
        return float(np.percentile(self.gaps, 95)) if self.gaps else float("nan")


class Stalls(threading.Thread):
    """Looks from another thread at what the window's thread is doing while its watchdog does not beat."""

    def __init__(self, watchdog: Watchdog) -> None:
        super().__init__(name="stalls", daemon=True)
        self._watchdog = watchdog
        self._watched = threading.get_ident()
        self._ended = threading.Event()
        self.seen: Counter[str] = Counter()

    def run(self) -> None:
        told = 0.0
        while not self._ended.wait(LOOK):
            last = self._watchdog.last
            if time.perf_counter() - last > STALL and last != told:
                told = last
                self.seen[self._doing()] += 1

    def close(self) -> None:
        self._ended.set()
        self.join()

    def _doing(self) -> str:
        parts = []
        for thread, frame in sys._current_frames().items():
            if thread == threading.get_ident():
                continue
            stack = traceback.extract_stack(frame)[-DEEPEST:]
            name = "window" if thread == self._watched else "other"
            parts.append(f"{name}: " + " > ".join(f"{item.name}:{item.lineno}" for item in stack))
        return "; ".join(sorted(parts, reverse=True))
