"""Points among codes that were kept go into a project and come back; what is no record is no points."""

from __future__ import annotations

import json

import pytest

from studio.jobs.code_frames import CodePoint
from studio.project.kept_codes import MOST, from_record, to_record


def test_points_come_back_as_they_were() -> None:
    points = CodePoint((1.5, -0.25)), CodePoint((0.0,), 7)
    assert from_record(json.loads(json.dumps(to_record(points)))) == points
    assert len(from_record(to_record(points * MOST))) == MOST


@pytest.mark.parametrize(
    "record",
    [
        None,
        {},
        "AB",
        [1],
        [{"steps": [1.0]}],
        [{"steps": 3, "picture": 0}],
        [{"steps": [float("nan")], "picture": 0}],
        [{"steps": [10**400], "picture": 0}],
    ],
)
def test_what_cannot_be_read_is_no_points(record: object) -> None:
    assert from_record(record) == ()
