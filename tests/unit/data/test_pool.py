"""Decoding on several threads: order, bounded look-ahead, failures and cancelling."""

from __future__ import annotations

import threading

import pytest

from studio.data import pool
from studio.data.pool import ByteBudget, Watch, in_order
from studio.errors import Cancelled

NOBODY = Watch(None, None)


def test_results_come_in_order_whatever_finishes_first() -> None:
    second = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert second.wait(10)
        if item == 1:
            second.set()
        return item * item

    assert list(in_order(work, range(20), NOBODY, workers=2)) == [item * item for item in range(20)]


def test_no_more_than_a_few_items_are_begun_ahead_of_the_reader() -> None:
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        return item

    results = in_order(work, range(1000), NOBODY, workers=2)
    assert next(results) == 0
    results.close()
    assert len(begun) <= 4


def test_a_failure_in_a_thread_reaches_the_reader() -> None:
    def work(item: int) -> int:
        if item == 3:
            raise ValueError("three")
        return item

    with pytest.raises(ValueError, match="three"):
        list(in_order(work, range(10), NOBODY, workers=2))


def test_cancelling_does_not_wait_for_a_slow_item_to_be_asked_for() -> None:
    gate = threading.Event()

    def asked() -> bool:
        gate.set()  # the worker ends only once the reader has asked, between two short waits
        return True

    with pytest.raises(Cancelled):
        list(in_order(lambda _: gate.wait(10), range(3), Watch(None, asked), workers=1))


def test_the_pixel_budget_lets_a_giant_in_alone() -> None:
    budget = ByteBudget(100)
    inside: list[int] = []
    most: list[int] = []
    lock = threading.Lock()

    def work(pixels: int) -> None:
        with budget.hold(pixels):
            with lock:
                inside.append(pixels)
                most.append(sum(min(item, 100) for item in inside))
            with lock:
                inside.remove(pixels)

    list(in_order(work, [30, 60, 5000, 10, 100, 30] * 10, NOBODY, workers=4))
    assert len(most) == 60
    assert max(most) <= 100


def test_a_thread_that_is_stuck_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "PATIENCE", 0.0)
    answers, stuck = threading.Event(), []

    def work(_: int) -> None:
        stuck.append(threading.current_thread())
        answers.wait()

    try:
        with pytest.raises(Cancelled):
            list(in_order(work, [1], Watch(None, lambda: bool(stuck)), workers=1))
        assert stuck[0].is_alive()
        assert stuck[0].daemon  # Python does not wait for it at its end
    finally:
        answers.set()
        stuck[0].join()
