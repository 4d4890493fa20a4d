"""RunControl: what the asker sets, the worker sees, and nobody waits in vain."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from studio.errors import Cancelled
from studio.jobs.control import LiveSettings, RunControl

PATIENCE = 10.0  # seconds until a test gives up; nothing waits for them


class Worker(threading.Thread):
    """Passes the checkpoint again and again, reports each time, and ends when cancelled."""

    def __init__(self, control: RunControl, while_paused: Callable[[], float] | None = None) -> None:
        super().__init__()
        self.control = control
        self.while_paused = while_paused
        self.passed = 0
        self.cancelled = False
        self.moved = threading.Condition()

    def run(self) -> None:
        try:
            while True:
                self.control.checkpoint(self.while_paused)
                with self.moved:
                    self.passed += 1
                    self.moved.notify_all()
        except Cancelled:
            self.cancelled = True

    def wait_for(self, passed: int) -> None:
        with self.moved:
            assert self.moved.wait_for(lambda: self.passed >= passed, PATIENCE)


def test_a_free_run_passes_and_a_stopped_one_is_cancelled() -> None:
    control = RunControl()
    control.checkpoint()
    assert (control.stopping, control.keep) == (False, True)
    control.stop(keep=False)
    assert (control.stopping, control.keep) == (True, False)
    with pytest.raises(Cancelled):
        control.checkpoint()


def test_a_pause_blocks_until_it_is_taken_back() -> None:
    control = RunControl()
    worker = Worker(control)
    worker.start()
    worker.wait_for(3)
    control.set_paused(True)
    control.allow_steps(1)  # a step after the pause: once it is taken, the worker stands
    with worker.moved:
        worker.moved.wait_for(lambda: control.paused, PATIENCE)
        stands = worker.passed
    assert control.paused
    control.set_paused(False)
    worker.wait_for(stands + 5)
    control.stop()
    worker.join(PATIENCE)
    assert worker.cancelled


def test_allowed_steps_are_taken_and_no_more() -> None:
    control = RunControl()
    control.set_paused(True)
    idle = threading.Event()

    def served() -> float:
        if worker.passed == 3:
            idle.set()
        return PATIENCE

    worker = Worker(control, served)
    worker.start()
    control.allow_steps(2)
    control.allow_steps(1)
    assert control.pausing
    assert idle.wait(PATIENCE)
    assert control.paused
    assert worker.passed == 3
    control.stop()
    worker.join(PATIENCE)
    assert (worker.cancelled, worker.passed) == (True, 3)


def test_a_worker_without_a_servant_wakes_to_stop() -> None:
    control = RunControl()
    control.set_paused(True)
    worker = Worker(control)
    worker.start()
    control.stop()
    worker.join(PATIENCE)
    assert (worker.cancelled, worker.passed) == (True, 0)


def test_resuming_forgets_steps_that_were_not_taken() -> None:
    control = RunControl()
    control.allow_steps(5)
    assert control.pausing
    assert not control.paused
    control.set_paused(True)
    assert control.paused


def test_what_is_served_while_paused_is_called_again_when_woken() -> None:
    control = RunControl()
    control.set_paused(True)
    calls = threading.Semaphore(0)

    def served() -> float:
        calls.release()
        return 0.001

    worker = Worker(control, served)
    worker.start()
    assert all(calls.acquire(timeout=PATIENCE) for _ in range(5))
    control.wake()
    assert calls.acquire(timeout=PATIENCE)
    assert worker.passed == 0
    control.stop()
    worker.join(PATIENCE)
    assert worker.cancelled


def test_an_error_while_paused_reaches_the_worker() -> None:
    control = RunControl()
    control.set_paused(True)

    def served() -> float:
        raise ValueError("the dream broke")

    with pytest.raises(ValueError, match="the dream broke"):
        control.checkpoint(served)


def test_wants_come_and_go() -> None:
    control = RunControl(frozenset({"dream"}))
    assert control.wants("dream")
    control.set_wanted("filters", True)
    control.set_wanted("dream", False)
    control.set_wanted("never", False)
    assert (control.wants("filters"), control.wants("dream")) == (True, False)


def test_live_settings_are_replaced_whole() -> None:
    control = RunControl()
    assert control.live == LiveSettings()
    control.set_live(LiveSettings(momentum=0.5))
    control.set_live(LiveSettings(learning_rate=0.1))
    assert control.live == LiveSettings(learning_rate=0.1)
