"""A hole filled by the model and by what needs none, so that they can be held against each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.dream.fill import FillRequest, filling
from studio.dream.fill_settings import FillSettings
from studio.jobs.stepwise import Stepwise
from studio.lab.filled import biharmonic
from studio.lab.fills import OURS, mirrored
from studio.project.behind import behind
from studio.project.trained import Trained

Values = NDArray[np.float32]


def ways_of(
    trained: Trained, truth: Values, hole: NDArray[np.bool_], settings: FillSettings, mean: Values
) -> Stepwise[dict[str, Values]]:
    """Return the picture (H, W, C) with its hole (H, W) filled in each way, by name; `OURS` is the mean over chains.

    `mean` is the mean of the pictures that were learned, pixel by pixel (H, W, C).
    """
    plain = biharmonic(truth, hole)  # first: of a hole too large for it nothing is made
    covered = np.where(hole[..., None], behind(trained, truth, hole), truth)
    filled = yield from filling(trained, FillRequest(covered, hole, settings))
    return {
        OURS: filled.mean,
        "one_pass": filled.one_pass,
        "one_chain": filled.gibbs,
        "mean": np.where(hole[..., None], mean, truth),
        "mirror": mirrored(truth, hole, mean),
        "biharmonic": plain,
    }
