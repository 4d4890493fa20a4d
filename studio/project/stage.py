"""Which stage of a run learned last, as a project holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import ProjectError

STAGE = "stage"


def stage_of(state: Mapping[str, NDArray[Any]]) -> int:
    """Return the number of the stage that learned last, 0 where there was one; raises ProjectError where it is none."""
    numbers = np.ravel(state.get(STAGE, np.zeros(1, np.int64)))
    if len(numbers) != 1 or not np.issubdtype(numbers.dtype, np.integer) or numbers[0] < 0:
        raise ProjectError(
            "What this project holds of its training is damaged: it does not say which part learned last.",
            "Open another copy of it, or train a new model.",
        )
    return int(numbers[0])
