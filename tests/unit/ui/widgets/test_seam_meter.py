"""Seams are measured now and then, and told calmly."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.ui.widgets.seam_meter import SeamMeter, thinned, worst


def waves(side: int, cycles: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    phase = 2 * np.pi * cycles * np.arange(side, dtype=np.float32) / side
    return np.asarray(0.5 + 0.4 * np.sin(phase)[:, None] * np.cos(phase)[None, :], np.float32)[..., None]


def test_a_whole_number_of_waves_has_no_seam_and_a_broken_one_has() -> None:
    whole, broken = worst(waves(120, 7), (0, 1)), worst(waves(120, 7.4), (0, 1))
    assert whole is not None
    assert broken is not None
    assert whole < 1
    assert broken > 2


def test_only_sides_that_shall_meet_are_measured() -> None:
    picture = waves(120, 7).copy()
    picture[-1] = 1  # a seam from bottom to top
    across, down = worst(picture, (1,)), worst(picture, (0,))
    assert across is not None
    assert down is not None
    assert down > across
    assert worst(picture, ()) is None


@pytest.mark.parametrize("picture", [np.zeros((9, 9, 1)), np.full((9, 9, 1), np.nan), np.zeros((2, 9, 1))])
def test_what_has_no_lines_is_no_failure(picture: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> None:
    score = worst(picture.astype(np.float32), (0, 1))
    assert score is None or score == 1


def test_of_a_large_picture_a_part_is_enough() -> None:
    large = waves(1500, 90)
    assert thinned(large, 0).size < large.size / 10
    score, full = worst(large, (0,)), worst(large[:, :8], (0,))
    assert score is not None
    assert full is not None
    assert score == pytest.approx(full, rel=0.1)


def test_the_latest_of_many_pictures_is_measured_once(qtbot: QtBot) -> None:
    meter = SeamMeter()
    told: list[float | None] = []
    meter.measured.connect(told.append)
    with qtbot.waitSignal(meter.measured):
        for cycles in (7.4, 7.2, 7):
            meter.look(waves(64, cycles), (True, True))
    assert told == [worst(waves(64, 7), (0, 1))]
    with qtbot.waitSignal(meter.measured):
        meter.look(waves(64, 7.4), (True, True))
    first, second, raw = told[0], told[1], worst(waves(64, 7.4), (0, 1))
    assert first is not None
    assert second is not None
    assert raw is not None
    assert first < second < raw
    meter.clear()
    assert told[-1] is None
