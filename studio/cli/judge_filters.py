"""The figures of a model's filters: how many of them are oriented edges."""

from __future__ import annotations

import numpy as np

from studio.cli.report import Figure
from studio.cli.subject import Subject
from studio.jobs.stepwise import finished

WANTED = 0.8  # of the filters


def gabor_figures(subject: Subject) -> dict[str, Figure]:
    """Share of the first layer's filters that are Gabor functions, how well they fit, how fine and how varied."""
    from studio.lab.gabor import ANGLES, fitting, good

    fits = finished(fitting(subject.trained.model.filters().cpu().numpy()), subject.telling("filters fitted"))
    oriented = good(fits)
    share = len(oriented) / len(fits)
    angles = {int(one.orientation / 180 * ANGLES) % ANGLES for one in oriented}
    return {
        "gabor.share": Figure(share, "", WANTED, share / WANTED),
        "gabor.r2": Figure(float(np.median([one.r2 for one in fits])), ""),
        "gabor.frequency": Figure(float(np.median([one.frequency for one in oriented or fits])), "cycles/px"),
        "gabor.angles": Figure(len(angles) / ANGLES, "of the directions"),
    }
