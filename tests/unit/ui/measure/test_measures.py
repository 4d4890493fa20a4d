"""The instruments themselves: age, memory, pixels, a finger, a watchdog."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.measure.clock import HANDED_OVER, process_age
from studio.ui.measure.holding import Holdings, holdings, kept
from studio.ui.measure.memory import growth, resident
from studio.ui.measure.pixels import click, count_near, differ, drawn, uniform
from studio.ui.measure.soak import alike_growth
from studio.ui.measure.watchdog import Stalls, Watchdog


def test_age_grows_with_the_clock() -> None:
    age, began = process_age(), time.monotonic()
    assert age > 0
    assert process_age() - age == pytest.approx(time.monotonic() - began, abs=0.05)


def test_growth_is_the_slope_a_minute() -> None:
    samples = [(second, 100 + 2 * second / 60) for second in range(0, 300, 10)]
    assert growth(samples) == pytest.approx(2.0)
    assert np.isnan(growth(samples[:1]))


def test_growth_is_told_within_families_that_hold_unlike_much() -> None:
    memory = [(60.0 * number, 500 + 100 * (number % 5) + 2 * number) for number in range(30)]
    assert alike_growth(memory, 0.0) == pytest.approx(2.0)
    assert np.isnan(alike_growth(memory, 60 * 26.0))


def test_what_piles_up_is_told_from_what_comes_and_goes() -> None:
    leaking = [Holdings(9 + number % 3, 4, 100 + 5 * number, 20) for number in range(12)]
    assert kept(leaking) == {"threads": 0, "timers": 0, "objects": 30, "handles": 0}


def test_timers_and_objects_that_are_left_are_counted(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    before = holdings([root])
    timer = QTimer(root)
    timer.start(1000)
    after = holdings([root])
    timer.stop()
    assert (after.timers - before.timers, after.objects - before.objects) == (1, 1)


@pytest.mark.skipif(np.isnan(resident()), reason="this system does not tell what a process holds")
def test_resident_sees_what_is_held() -> None:
    """In a process of its own: one that ran other tests may have as much left over from them."""
    code = (
        "import numpy as np; from studio.ui.measure.memory import resident; before = resident();"
        "held = np.ones(8_000_000); print((resident() - before) / held.nbytes * 1e6)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(found.stdout) > 0.9


def test_an_empty_widget_is_uniform_and_a_filled_one_differs(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(20, 10)
    widget.setAutoFillBackground(True)
    widget.setPalette(QPalette(QColor(200, 40, 40)))
    before = drawn(widget)
    button = QPushButton("on", widget)
    assert before.shape == (10, 20, 3)
    assert uniform(before)
    assert count_near(before, QColor(190, 50, 50)) == 200
    assert count_near(before, QColor(40, 40, 200)) == 0
    button.resize(8, 8)
    button.show()
    assert not uniform(drawn(widget))
    assert differ(drawn(widget), before)


def test_click_presses_only_what_can_be_pressed(qtbot: QtBot) -> None:
    button = QPushButton("Start")
    qtbot.addWidget(button)
    presses: list[str] = []
    button.clicked.connect(lambda: presses.append("pressed"))
    click(button)
    button.setEnabled(False)
    click(button)
    assert presses == ["pressed"]


def test_the_watchdog_sees_a_blocked_window_and_what_blocked_it(qtbot: QtBot) -> None:
    watchdog = Watchdog()
    stalls = Stalls(watchdog)
    watchdog.start()
    stalls.start()
    qtbot.waitUntil(lambda: len(watchdog.gaps) > 3)
    block_the_window()
    beats = len(watchdog.gaps)
    qtbot.waitUntil(lambda: len(watchdog.gaps) > beats)
    watchdog.stop()
    stalls.close()
    assert watchdog.longest >= 100
    assert watchdog.p95 <= watchdog.longest
    assert any("block_the_window" in doing for doing in stalls.seen)


def block_the_window() -> None:
    end = time.perf_counter() + 0.1
    while time.perf_counter() < end:
        pass


def test_a_process_that_was_a_script_before_counts_from_where_it_was_handed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(HANDED_OVER, str(time.time() - 7))
    assert process_age() == pytest.approx(7, abs=1)
