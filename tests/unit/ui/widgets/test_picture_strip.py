"""Pictures in rows, and the bars of a histogram."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.ui.widgets.histogram import Histogram
from studio.ui.widgets.picture_strip import PictureStrip
from tests.helpers import fake_data


@pytest.fixture
def strip(qtbot: QtBot) -> PictureStrip:
    made = PictureStrip(side=40, largest=96, gap=4)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("width", [40, 200, 300, 900])
def test_every_picture_is_inside_at_any_width(strip: PictureStrip, width: int) -> None:
    strip.set_pictures([fake_data.strokes(10, 8, 1)], [f"{index} %" for index in range(10)])
    strip.resize(width, strip.heightForWidth(width))
    for column in range(10):
        assert strip.rect().contains(strip.box(column))
    strip.grab()


def test_lines_come_out_even(strip: PictureStrip) -> None:
    strip.set_pictures([fake_data.strokes(10, 8, 1)])
    strip.resize(370, 200)
    tops = [strip.box(column).top() for column in range(10)]
    assert tops.count(tops[0]) == 5


def test_wide_pictures_keep_their_shape(strip: PictureStrip) -> None:
    strip.set_pictures([np.zeros((2, 10, 20, 3), np.float32)])
    strip.resize(180, 100)
    box = strip.box(0)
    assert box.width() == 2 * box.height()


def test_nothing_takes_no_room(strip: PictureStrip) -> None:
    for nothing in ([], [np.zeros((0, 4, 4, 1), np.float32)], [np.zeros((3, 0, 0, 1), np.float32)]):
        strip.set_pictures(nothing)
        assert strip.count == 0
        assert strip.heightForWidth(300) == 0
        strip.grab()


@pytest.fixture
def histogram(qtbot: QtBot) -> Histogram:
    made = Histogram()
    qtbot.addWidget(made)
    made.resize(200, 100)
    return made


def test_bars_are_as_high_as_their_counts(histogram: Histogram) -> None:
    histogram.set_counts(np.array([100, 50, 0, 1]), 0.2)
    tall, half, none, least = (bar.height() for bar in histogram.bars())
    assert tall == pytest.approx(2 * half)
    assert none == 0
    assert least >= 1
    histogram.grab()


@pytest.mark.parametrize("counts", [[], [0, 0], [-3, 0]])
def test_an_empty_histogram_has_no_bars(histogram: Histogram, counts: list[int]) -> None:
    histogram.set_counts(np.array(counts, np.int64), math.nan)
    assert histogram.bars() == []
    histogram.grab()
    histogram.resize(1, 1)
    histogram.grab()
