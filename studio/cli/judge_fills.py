"""The figures of a hole in pictures that were not learned: filled by the model, beside what needs none."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from studio.cli.report import Figure
from studio.cli.subject import Subject
from studio.data.describe import mean_picture
from studio.data.fit import upright
from studio.data.load import load
from studio.dream.fill_settings import FillSettings
from studio.dream.holes import Hole, named
from studio.errors import DataError
from studio.jobs.stepwise import finished
from studio.lab.fills import CHAINS, OURS, judged
from studio.project.locate import missing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.lab.filled import Closeness

HOLES = tuple(str(hole) for hole in Hole if hole is not Hole.ALPHA)


def fills_figures(subject: Subject) -> dict[str, Figure]:
    """Medians over pictures of PSNR and SSIM inside the hole; ours is the mean over chains, held against the mean."""
    from studio.lab.filled import closeness
    from studio.project.fill_ways import ways_of

    trained, asked = subject.trained, subject.asked
    pictures = pictures_of(subject)
    hole = named(Hole(asked.hole), pictures.shape[2:4])
    mean = mean_learned(subject, hole.shape)
    settings = FillSettings(asked.sweeps, CHAINS, asked.seed)
    found: list[dict[str, Closeness]] = []
    for number, pixels in enumerate(pictures):
        subject.line.show_count("pictures", number, len(pictures))
        truth = upright(pixels)
        ways = finished(ways_of(trained, truth, hole, settings, mean))
        found.append({name: closeness(truth, made, hole) for name, made in ways.items()})
    whole = judged(found, OURS)
    figures: dict[str, Figure] = {}
    for name, median in whole.medians.items():
        ending = "" if name == OURS else f"_{name}"
        reference = whole.medians["mean"]
        figures[f"fill.psnr{ending}"] = Figure(median.psnr, "dB", reference.psnr if not ending else None)
        figures[f"fill.ssim{ending}"] = Figure(median.ssim, "", reference.ssim if not ending else None)
    figures["fill.share_best"] = Figure(whole.share_best, "of pictures", 0.9, whole.share_best / 0.9)
    figures["fill.pictures"] = Figure(len(found), "")
    return figures


def mean_learned(subject: Subject, size: tuple[int, ...]) -> NDArray[np.float32]:
    """Return the mean of the pictures that were learned, or what the model keeps of it where they are gone."""
    if missing(subject.trained.recipe.data):
        subject.line.say("the pictures that were learned are gone: what the model keeps of their mean is filled in")
        return subject.trained.mean_picture((size[0], size[1]))
    images = subject.learned
    return mean_picture(images, images.training())


def pictures_of(subject: Subject) -> NDArray[np.uint8]:
    """Return the pictures to judge by, at the model's own size, evenly spread: (n, C, H, W)."""
    recipe = subject.trained.recipe
    if recipe.preprocess.crops:
        raise DataError(
            "This model has learned crops, not whole pictures.",
            "Judge it by --texture, or fill a picture of your own with `harmonium fill`.",
        )
    images = load(subject.data, dataclasses.replace(recipe.preprocess, held_out=0.0, patches=0))
    count = min(len(images), subject.asked.fills)
    return images.pixels[np.linspace(0, len(images) - 1, count).astype(np.int64)]
