"""Points among codes that were kept, as plain JSON, and back from whatever a file says."""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.jobs.code_frames import CodePoint

MOST = 8


def to_record(points: Sequence[CodePoint]) -> list[dict[str, object]]:
    """Return what a project keeps of them."""
    return [{"steps": list(point.steps), "picture": point.picture} for point in points]


def from_record(record: object) -> tuple[CodePoint, ...]:
    """Return the points that a project kept; none where the record cannot be read."""
    try:
        return tuple(point_of(value) for value in record[:MOST]) if isinstance(record, list) else ()
    except (KeyError, TypeError, ValueError, OverflowError):
        return ()


def point_of(value: dict[str, object]) -> CodePoint:
    """Return one point; raises ValueError where its numbers are none."""
    steps, picture = value["steps"], value["picture"]
    if not isinstance(steps, list) or not isinstance(picture, int):
        raise ValueError("a point has steps and a picture")
    found = tuple(float(step) for step in steps)
    if not all(map(math.isfinite, found)):
        raise ValueError("steps are finite")
    return CodePoint(found, picture)
