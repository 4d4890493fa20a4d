"""The figures of a filled hole: how close to what was there, beside what needs no model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.cli.progress import ProgressLine
from studio.cli.report import Figure
from studio.errors import DataError
from studio.lab.filled import biharmonic, closeness
from studio.project.subject import Subject

if TYPE_CHECKING:
    from studio.dream.fill import Filled

Values = NDArray[np.float32]


def fill_figures(subject: Subject, filled: Filled, chains: int, line: ProgressLine) -> dict[str, Figure]:
    """PSNR and SSIM of each filling inside the hole; nothing where the truth is not known.

    `fill.psnr` is that of Gibbs sampling, held against the mean fill, which
    puts the mean of what was learned into the hole.
    """
    truth = subject.truth
    if truth is None:
        line.say("nothing is measured: what was in the hole is not known")
        return {}
    figures: dict[str, Figure] = {}
    try:
        plain = closeness(truth, np.where(subject.hole[..., None], subject.mean, truth), subject.hole)
        for name, made in fillings(subject, filled, chains, line):
            found = closeness(truth, made, subject.hole)
            figures[f"fill.psnr{name}"] = Figure(found.psnr, "dB", plain.psnr)
            figures[f"fill.ssim{name}"] = Figure(found.ssim, "", plain.ssim)
    except DataError as error:
        line.say(f"left out: {error}")
        return {}
    figures["fill.psnr_mean"] = Figure(plain.psnr, "dB")
    figures["fill.ssim_mean"] = Figure(plain.ssim, "")
    return figures


def fillings(subject: Subject, filled: Filled, chains: int, line: ProgressLine) -> Iterator[tuple[str, Values]]:
    """Yield the end of a figure's name and the filled picture."""
    yield "", filled.gibbs
    if chains > 1:
        yield "_chains", filled.mean
    yield "_one_pass", filled.one_pass
    try:
        yield "_biharmonic", biharmonic(subject.covered, subject.hole)
    except DataError as error:
        line.say(f"left out: {error}")
