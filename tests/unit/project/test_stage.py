"""The stage that learned last: a whole number of 0 or more, whatever a file says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.errors import ProjectError
from studio.project.stage import STAGE, stage_of


def test_it_is_told_by_number() -> None:
    assert stage_of({}) == 0
    assert stage_of({STAGE: np.array(2)}) == 2
    assert stage_of({STAGE: np.array([1], np.int32)}) == 1


@pytest.mark.parametrize(
    "found", [np.array(-1), np.array([0, 1]), np.zeros(0, np.int64), np.array(0.5), np.array(np.nan)]
)
def test_anything_else_is_a_sentence(found: NDArray[Any]) -> None:
    with pytest.raises(ProjectError, match="does not say which part learned last"):
        stage_of({STAGE: found})
