"""The pump delivers the latest frames of the model at hand, and nothing that another one left behind."""

from __future__ import annotations

import pytest

from studio.jobs.feed import LOADING, TASK, Feed
from studio.session.pump import FramePump

pytestmark = pytest.mark.usefixtures("qapp")


def test_what_a_model_published_before_another_was_asked_for_is_nobodys() -> None:
    feed = Feed()
    pump = FramePump(feed)
    arrived: list[tuple[str, object]] = []
    pump.frame_arrived.connect(lambda kind, frame: arrived.append((kind, frame)))
    feed.put("dream", "first")
    pump.pump()
    assert arrived == [("dream", "first")]
    arrived.clear()

    number = pump.another_model()
    for kind in ("dream", LOADING, TASK):
        feed.put(kind, "while the other is opened")
    pump.pump()
    assert [kind for kind, _ in arrived] == [LOADING, TASK]
    arrived.clear()

    feed.put("dream", "stale")
    feed.begin(number)
    feed.put("paint", "fresh")
    pump.pump()
    feed.put("dream", "fresh")
    pump.pump()
    assert arrived == [("paint", "fresh"), ("dream", "fresh")]


def test_of_two_models_asked_for_at_once_only_the_second_is_seen() -> None:
    feed = Feed()
    pump = FramePump(feed)
    arrived: list[object] = []
    pump.frame_arrived.connect(lambda _kind, frame: arrived.append(frame))
    numbers = [pump.another_model(), pump.another_model()]
    for number in numbers:
        feed.begin(number)
        feed.put("dream", number)
        pump.pump()
    assert arrived == numbers[1:]
