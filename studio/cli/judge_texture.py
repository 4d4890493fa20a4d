"""The figures of a texture model: is it the same material, does it invent, does it repeat without a seam."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.cli.report import Figure
from studio.cli.subject import Subject
from studio.errors import DataError

if TYPE_CHECKING:
    from studio.lab.exemplar import Exemplar

Figures = dict[str, Figure]
Values = NDArray[np.float32]

QUILTS = 4


def texture_figures(subject: Subject) -> Figures:
    """Similarity to the half that was not learned, filled holes, second-order statistics, copying."""
    texture, dreams = subject.texture, subject.dreams
    figures = similarity(dreams, texture)
    for some in (statistics, originality):
        try:
            figures |= some(dreams, texture)
        except DataError as error:
            subject.line.say(f"left out: {error}")
    try:
        figures |= filled(subject)
    except DataError as error:
        subject.line.say(f"left out: {error}")
    return figures


def similarity(dreams: Values, texture: Exemplar) -> Figures:
    """Return TSS, its ceiling and its floor, and contrast; for colour, of each decorrelated channel."""
    from studio.lab.texture import ceiling, contrast, floor, tss

    figures: Figures = {}
    for channel, ending in endings(texture):
        ours, best, worst = tss(dreams, texture, channel), ceiling(texture, channel), floor(texture, channel)
        figures[f"texture.tss{ending}"] = against(ours.mean, "", best.mean)
        figures[f"texture.tss_deviation{ending}"] = Figure(ours.deviation, "", best.deviation)
        figures[f"texture.tss_ceiling{ending}"] = Figure(best.mean, "")
        figures[f"texture.tss_floor{ending}"] = Figure(worst.mean, "")
        real = contrast(texture.judging[None], texture, channel)
        figures[f"texture.contrast{ending}"] = against(contrast(dreams, texture, channel), "", real)
    return figures


def endings(texture: Exemplar) -> Iterator[tuple[int, str]]:
    """Yield the channels that vary, and what their keys end in: nothing for the first, then .2 and .3."""
    for channel in range(texture.channels):
        if channel == 0:
            yield channel, ""
        elif texture.learned[..., channel].std() > 0.5:  # an empty channel was not scaled to 1
            yield channel, f".{channel + 1}"


def statistics(dreams: Values, texture: Exemplar) -> Figures:
    """Return the distances of spectrum and autocorrelation to the unseen half, beside those of the learned half."""
    from studio.lab.spectrum import autocorrelation_distance, spectrum_distance

    ours, learned, judge = texture.scale.apply(dreams)[..., 0], texture.learned[None, ..., 0], texture.judge[..., 0]
    return {
        "texture.spectrum": against(spectrum_distance(ours, judge), "dB", spectrum_distance(learned, judge)),
        "texture.autocorrelation": against(
            autocorrelation_distance(ours, judge), "", autocorrelation_distance(learned, judge)
        ),
    }


def originality(dreams: Values, texture: Exemplar) -> Figures:
    """Return the share of patches that are copies of what was learned, ours beside quilting's."""
    from studio.lab.quilting import quilt
    from studio.lab.verbatim import verbatim_share

    size = dreams.shape[1], dreams.shape[2]
    rng = np.random.default_rng(0)
    quilts = np.stack([quilt(texture.learning, size, rng) for _ in range(QUILTS)])
    return {"texture.verbatim": against(verbatim_share(dreams, texture), "", verbatim_share(quilts, texture))}


def filled(subject: Subject) -> Figures:
    """Return NCC and MSSIM of filled 54 x 54 holes, ours beside quilting's; nothing for a model of one size."""
    if not subject.trained.model.any_size:
        return {}
    from studio.lab.holes import hole_scores, quilting_filler

    asked, dreamer = subject.asked, subject.dreamer

    def fill(pictures: Values, mask: NDArray[np.bool_]) -> Values:
        return dreamer.fill(pictures, mask, asked.sweeps, asked.seed, subject.telling("sweeps of the fills"))

    ours = hole_scores(subject.texture, fill, asked.fills)
    quilted = hole_scores(subject.texture, quilting_filler(subject.texture), asked.fills)
    return {
        "texture.ncc": against(ours.ncc.mean, "", quilted.ncc.mean),
        "texture.mssim": against(ours.mssim.mean, "", quilted.mssim.mean),
    }


def seam_figures(subject: Subject) -> Figures:
    """The line where dreams meet their own copies, in x and y, against lines inside."""
    from studio.lab.seam import seams

    subject.require_any_size()
    found = seams(subject.dreams)
    return {
        "seam.score": against(found.score, "", 1.0),
        "seam.deviation": Figure(found.deviation, ""),
        "seam.inside": against(found.inside, "", 0.9),  # by the choice of percentiles, nine of ten true lines are
    }


def against(value: float, unit: str, reference: float) -> Figure:
    """Return a figure beside what it is held against, and their ratio where there is one."""
    return Figure(value, unit, reference, value / reference if reference > 0 else None)
