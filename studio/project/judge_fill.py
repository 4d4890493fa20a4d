"""How near a model of whole pictures comes to the half of one that it does not see."""

from __future__ import annotations

import numpy as np

from studio.data.describe import mean_picture
from studio.data.fit import upright
from studio.data.imageset import ImageSet
from studio.dream.fill_settings import FillSettings
from studio.dream.holes import Hole, named
from studio.jobs.evaluation import Finding, Section, Sheet
from studio.jobs.stepwise import Stepwise, part_of
from studio.lab.filled import Closeness, closeness
from studio.lab.fills import CHAINS, OURS, judged
from studio.project.fill_ways import Values, ways_of
from studio.project.looks import spread
from studio.project.trained import Trained
from studio.project.verdicts import of_fills

FILLS = "Half a picture"
PICTURES = 8
SWEEPS = 200
SHOWN = 6  # pictures
COVER = 0.5  # grey, over what is hidden
LEARNED = " No picture was held out: these were learned, which makes it easier."


def judged_fills(trained: Trained, images: ImageSet, seed: int = 0) -> Stepwise[Section]:
    """Hide the left half of pictures that were held out, or learned where none was, and fill it."""
    held_out = len(images.held_out) > 0
    chosen = spread(images.held_out if held_out else images.training(), PICTURES)
    hole = named(Hole.LEFT, images.shape[1:])
    mean = mean_picture(images, images.training())
    found: list[dict[str, Closeness]] = []
    columns: list[Values] = []
    for place, index in enumerate(chosen):
        truth = upright(images.pixels[index])
        work = ways_of(trained, truth, hole, FillSettings(SWEEPS, CHAINS, seed), mean)
        ways = yield from part_of(work, place, len(chosen))
        found.append({name: closeness(truth, made, hole) for name, made in ways.items()})
        if place < SHOWN:
            hidden = np.where(hole[..., None], np.float32(COVER), truth)
            columns.append(np.concatenate([hidden, ways[OURS], truth]))
    medians = judged(found, OURS).medians
    verdict, tone = of_fills(medians[OURS], medians["one_pass"], medians["mean"])
    sheet = np.concatenate(columns, axis=1)
    sheet.setflags(write=False)
    return Section(
        FILLS,
        verdict if held_out else verdict + LEARNED,
        tone,
        (
            Finding("fill.psnr", "What chains dream", medians[OURS].psnr, "dB", "The mean of eight; higher is nearer."),
            Finding("fill.psnr_one_pass", "One upward pass", medians["one_pass"].psnr, "dB", "Without sampling."),
            Finding("fill.psnr_mean", "The mean picture", medians["mean"].psnr, "dB", "What needs no model."),
            Finding("fill.psnr_mirror", "The other half, mirrored", medians["mirror"].psnr, "dB", "Nor does this."),
            Finding("fill.ssim", "Likeness of what chains dream", medians[OURS].ssim, "", "1 is the same to the eye."),
            Finding("fill.ssim_mean", "Likeness of the mean picture", medians["mean"].ssim, "", "Beside it."),
        ),
        Sheet(sheet, "What is shown, what chains dream in its place, and the truth."),
    )
