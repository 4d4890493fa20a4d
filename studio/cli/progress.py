"""How a long piece of work shows itself: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TextIO

from studio.cli.report import short
from studio.jobs.status import Progress

REDRAW_EVERY = 0.1
LINE_EVERY = 30.0
BAR_WIDTH = 12
FULL, EMPTY = "█", "░"


class ProgressLine:
    """Shows `Progress` on stderr; used as a context manager, so that the terminal is left on a fresh line."""

    def __init__(
        self,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        quiet: bool = False,
    ) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self._quiet = quiet
        self._terminal = self._stream.isatty()
        self._every = REDRAW_EVERY if self._terminal else LINE_EVERY
        self._next = clock() if self._terminal else clock() + LINE_EVERY
        self._drawn = False

    def show(self, progress: Progress, metrics: Mapping[str, float] | None = None) -> None:
        """Draw where a run stands, unless that was done a moment ago."""
        self.show_line(lambda: describe(progress, metrics or {}))

    def show_count(self, what: str, done: int, total: int) -> None:
        """Draw a count of things done, such as pictures read."""
        share = done / total if total else 1.0
        self.show_line(lambda: f"{bar(share)} {what} {done:,}/{total:,}")

    def show_line(self, text: Callable[[], str]) -> None:
        now = self._clock()
        if self._quiet or now < self._next:
            return
        self._next = now + self._every
        if self._terminal:
            width = shutil.get_terminal_size().columns
            self._stream.write("\r" + self.fitting(text())[: max(1, width - 1)] + "\x1b[K")
            self._stream.flush()
            self._drawn = True
        else:
            print(self.fitting(text()), file=self._stream, flush=True)

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self.clear()
        print(self.fitting(line), file=self._stream, flush=True)

    def clear(self) -> None:
        """Take the bar off the terminal."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False
        if self._terminal:
            self._next = self._clock()

    def fitting(self, line: str) -> str:
        """Return the line with the bar's blocks as signs that the stream's encoding has."""
        try:
            (FULL + EMPTY).encode(self._stream.encoding or "ascii")
        except UnicodeEncodeError:
            return line.replace(FULL, "#").replace(EMPTY, ".")
        return line

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()


def describe(progress: Progress, metrics: Mapping[str, float]) -> str:
    """Return a run's standing in one line."""
    parts = []
    if progress.total_steps:
        parts.append(f"{bar(progress.step / progress.total_steps)} {progress.step:,}/{progress.total_steps:,}")
    elif progress.seconds_left is not None:
        parts.append(bar(progress.seconds / max(progress.seconds + progress.seconds_left, 1e-9)))
    else:
        parts.append(f"step {progress.step:,}")
    parts.append(f"epoch {progress.epoch:.1f}")
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    parts.append(f"{progress.images_per_second:,.0f} pictures/s")
    parts += [f"{name.replace('_', ' ')} {short(value)}" for name, value in metrics.items()]
    return "  ".join(parts)


def bar(share: float) -> str:
    full = round(BAR_WIDTH * min(1.0, max(0.0, share)))
    return FULL * full + EMPTY * (BAR_WIDTH - full)


def duration(seconds: float) -> str:
    """Return 0:42, 12:05 or 3:07:00."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
