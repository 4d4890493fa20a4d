"""What work took, and what the machine slept away."""

from __future__ import annotations

from studio.jobs.awake import LONGEST, SUDDEN, Awake

NIGHT = 8 * 3600.0


def test_a_night_within_a_piece_counts_as_the_piece_before() -> None:
    awake = Awake()
    assert [awake.took(seconds) for seconds in (0.2, NIGHT, 0.3)] == [0.2, 0.2, 0.3]


def test_a_night_within_the_first_piece_counts_as_nothing() -> None:
    assert Awake().took(NIGHT) == 0.0


def test_slow_work_is_believed() -> None:
    awake = Awake()
    assert awake.took(LONGEST) == LONGEST
    assert awake.took(SUDDEN * LONGEST) == SUDDEN * LONGEST
    first = Awake()
    first.took(3 * LONGEST)
    assert first.took(3 * LONGEST) == 3 * LONGEST  # the first one was doubted, the next is not


def test_no_time_is_negative() -> None:
    assert Awake().took(-NIGHT) == 0.0
