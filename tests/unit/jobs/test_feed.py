"""Feed: no point is lost, only the latest frame of a kind is kept; frames are nobody else's arrays."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from studio.jobs.feed import LOADING, MODEL, TASK, Feed
from studio.jobs.frames import publish

WRITERS, POINTS = 4, 2000


def test_points_are_drained_once_and_in_order() -> None:
    feed = Feed()
    feed.extend([("a", 0, 1.0), ("b", 0, 2.0)])
    feed.extend([("a", 1, 3.0)])
    drained = feed.drain()
    assert drained == [("a", 0, 1.0), ("b", 0, 2.0), ("a", 1, 3.0)]
    feed.extend([("a", 2, 4.0)])
    assert len(drained) == 3
    assert feed.drain() == [("a", 2, 4.0)]
    assert feed.drain() == []


def test_only_the_latest_frame_of_each_kind_is_taken() -> None:
    feed = Feed()
    for number in range(5):
        feed.put("dream", number)
    feed.put("filters", "sheet")
    assert feed.take() == {"dream": 4, "filters": "sheet"}
    assert feed.take() == {}


def test_frames_of_the_model_before_are_forgotten_when_another_begins() -> None:
    feed = Feed()
    for kind in ("dream", LOADING, TASK):
        feed.put(kind, "before")
    feed.begin(1)
    feed.put("dream", "after")
    assert list(feed.take().items()) == [(LOADING, "before"), (TASK, "before"), (MODEL, 1), ("dream", "after")]


def test_nothing_is_lost_between_threads() -> None:
    feed = Feed()
    begin = threading.Barrier(WRITERS + 1)

    def write(name: str) -> None:
        begin.wait()
        for step in range(POINTS):
            feed.extend([(name, step, 0.5)])
            feed.put("progress", (name, step))

    threads = [threading.Thread(target=write, args=(str(number),)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    begin.wait()
    drained = []
    while any(thread.is_alive() for thread in threads):
        drained += feed.drain()
    for thread in threads:
        thread.join()
    drained += feed.drain()
    for number in range(WRITERS):
        assert [step for name, step, _ in drained if name == str(number)] == list(range(POINTS))
    latest = feed.take()["progress"]
    assert isinstance(latest, tuple)
    assert latest[1] == POINTS - 1


def test_a_published_array_is_fresh_contiguous_and_sealed() -> None:
    source = np.arange(24, dtype=np.float64).reshape(2, 3, 4).transpose(2, 0, 1)
    array = publish(source.astype(np.float32, order="K"))
    assert array.flags.c_contiguous
    assert array.dtype == np.float32
    assert np.array_equal(array, source)
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
    mine = np.zeros((2, 2), np.float32)
    seen = publish(mine)
    mine[:] = 5
    assert not seen.any()
    assert mine.flags.writeable
