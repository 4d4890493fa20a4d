"""Older formats are brought up one step at a time."""

from __future__ import annotations

import pytest

from studio.errors import ProjectError
from studio.project.migrations import migrated

STEPS = {1: lambda members: {**members, "two": b""}, 2: lambda members: {**members, "three": members["two"]}}


def test_each_step_is_taken_in_order() -> None:
    assert migrated({"one": b""}, 1, "a", wanted=3, migrations=STEPS) == {"one": b"", "two": b"", "three": b""}
    assert migrated({"two": b""}, 2, "a", wanted=3, migrations=STEPS) == {"two": b"", "three": b""}
    assert migrated({"x": b""}, 3, "a", wanted=3, migrations=STEPS) == {"x": b""}


def test_a_format_without_a_way_up_is_named() -> None:
    with pytest.raises(ProjectError, match="a is of project format 1"):
        migrated({}, 1, "a", wanted=3, migrations={2: STEPS[2]})
