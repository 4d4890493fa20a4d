"""The bar on a terminal, and the line now and then elsewhere."""

from __future__ import annotations

import io

import pytest

from studio.cli.progress import ProgressLine, describe, duration
from studio.jobs.status import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def progress(step: int, total: int | None = 100, left: float | None = 65.0) -> Progress:
    return Progress(step, total, 1.5, "RBM", 10.0, left, 4321.0, 0.05, "cpu")


def test_a_terminal_gets_a_bar_on_one_line_ten_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    stream, clock = Terminal(), Clock()
    with ProgressLine(stream, clock) as line:
        line.show(progress(1), {"reconstruction_error": 0.12345})
        line.show(progress(2))
        clock.now += 0.11
        line.show(progress(50))
    text = stream.getvalue()
    assert text.count("\r") == 3  # two drawings and the clearing
    assert "1/100" in text
    assert "2/100" not in text
    assert "reconstruction error 0.1235" in text
    assert "1:05 left" in text
    assert text.endswith("\r\x1b[K")
    assert "\n" not in text


def test_a_log_gets_a_line_now_and_then() -> None:
    stream, clock = io.StringIO(), Clock()
    with ProgressLine(stream, clock) as line:
        for step in range(100):
            line.show(progress(step))
            clock.now += 1
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3
    assert "\x1b" not in stream.getvalue()


def test_quiet_says_nothing_but_what_is_said() -> None:
    stream = Terminal()
    with ProgressLine(stream, Clock(), quiet=True) as line:
        line.show(progress(1))
        line.say("Saved.")
    assert stream.getvalue() == "Saved.\n"


def test_a_sentence_takes_the_bar_away_first() -> None:
    stream = Terminal()
    with ProgressLine(stream, Clock()) as line:
        line.show(progress(1))
        line.say("Saved.")
    assert stream.getvalue().endswith("\r\x1b[KSaved.\n")


def test_an_old_terminal_gets_plain_signs() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    line = ProgressLine(stream, Clock())
    line.say(describe(progress(50), {}))
    stream.seek(0)
    assert stream.read().startswith("#" * 6 + "." * 6 + " 50/100")


@pytest.mark.parametrize(("total", "left", "start"), [(None, None, "step 7"), (None, 30.0, "███░")])
def test_a_timed_run_shows_what_is_known(total: int | None, left: float | None, start: str) -> None:
    assert describe(progress(7, total, left), {}).startswith(start)


def test_a_narrow_terminal_is_not_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    stream = Terminal()
    with ProgressLine(stream, Clock()) as line:
        line.show(progress(1))
    assert len(stream.getvalue().removesuffix("\r\x1b[K").strip("\r").removesuffix("\x1b[K")) == 29


def test_counts_are_shown() -> None:
    stream = Terminal()
    with ProgressLine(stream, Clock()) as line:
        line.show_count("reading pictures", 12, 5000)
    assert "reading pictures 12/5,000" in stream.getvalue()


def test_durations() -> None:
    assert [duration(seconds) for seconds in (0, 42.4, 725, 11220)] == ["0:00", "0:42", "12:05", "3:07:00"]
