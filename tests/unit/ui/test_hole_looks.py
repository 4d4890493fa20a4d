"""Looks at a hole: soon while it is being filled, later one part in ten of the time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.ui.hole_looks import LOOK_MS, YOUNG, pause_after
from tests.unit.ui.panels.test_fill import filling


def test_a_young_filling_is_looked_at_again_before_the_first_look_is_stale() -> None:
    slow = replace(filling(chains=1), seconds=1.5)
    assert pause_after(replace(slow, sweep=YOUNG)) == pytest.approx(15_000)
    assert pause_after(replace(slow, sweep=YOUNG - 1)) == pytest.approx(5_000)


@pytest.mark.parametrize("sweep", [1, YOUNG])
def test_quick_looks_are_not_more_often_than_a_person_sees(sweep: int) -> None:
    assert pause_after(replace(filling(chains=1), sweep=sweep, seconds=0.01)) == LOOK_MS
