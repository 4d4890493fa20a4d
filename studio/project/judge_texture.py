"""What the lab tells of a texture model by its dreams, and of filters by their form."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from studio.data.fit import upright
from studio.data.imageset import ImageSet
from studio.data.places import largest_known
from studio.errors import DataError
from studio.jobs.evaluation import Finding, Section
from studio.jobs.stepwise import Stepwise, part_of
from studio.lab.dreams import Dreamer
from studio.lab.exemplar import Exemplar, exemplar, halved
from studio.lab.gabor import fitting, good
from studio.lab.seam import seams
from studio.lab.texture import comparing, contrast
from studio.models.chain import GibbsChain, Size
from studio.models.noise import Noise
from studio.project.trained import Trained
from studio.project.verdicts import of_filters, of_seam, of_similarity

SIMILARITY, SEAM, FILTERS = "Similarity to the material", "Seam", "Filters"
CANVASES = 8
SIDE = 242  # pixels of a dream, brought to whole tiles
SWEEPS = 1000

Values = NDArray[np.float32]


class TextureDreams:
    """Dreams made once, by which both similarity and seam are judged: (n, H, W, C) in 0..1."""

    def __init__(self, trained: Trained, sweeps: int = SWEEPS, seed: int = 0) -> None:
        self._trained, self._sweeps, self._seed = trained, sweeps, seed
        self._made: Values | None = None

    def made(self) -> Stepwise[Values]:
        """Return the dreams, drawing them where that was not done yet."""
        if self._made is None:
            trained = self._trained
            side = max(1, round(SIDE / trained.model.multiple)) * trained.model.multiple
            dreamer = Dreamer(partial(chains, trained), trained.to_pictures, trained.to_model)
            self._made = yield from dreamer.dreaming(CANVASES, (side, side), self._sweeps, self._seed)
        return self._made


def chains(trained: Trained, count: int, size: Size, seed: int) -> GibbsChain:
    """Return chains from noise at temperature 1."""
    return GibbsChain(trained.model, count, Noise(seed, trained.device), size=size)


def texture_of(images: ImageSet) -> Exemplar:
    """Return what training may use of the first picture and what it may not, else its two halves.

    Raises DataError where a part is of one colour, or transparent.
    """
    if not images.exemplars:
        raise DataError("There is no large picture to compare with.", "Add the material's picture on the left.")
    if images.bands[0]:
        return exemplar(opaque(*images.learned(0)), opaque(*images.unseen(0)))
    return halved(opaque(images.exemplars[0], images.known[0]))


def opaque(pixels: NDArray[np.uint8], known: NDArray[np.bool_]) -> Values:
    """Return the largest part of a picture (C, H, W) without transparency: what holes are filled with is no texture."""
    rows, columns = largest_known(known)
    found = pixels[:, rows, columns]
    if not found.size:
        raise DataError("What should judge is transparent nearly all over.", "Choose another picture.")
    return upright(found)


def judged_similarity(dreams: TextureDreams, images: ImageSet) -> Stepwise[Section]:
    """Hold dreams against the part of the picture that was not learned."""
    texture = texture_of(images)
    pictures = yield from part_of(dreams.made(), 0, 2)
    found = yield from part_of(comparing(pictures, texture), 1, 2)
    ratio = found.ours.mean / found.ceiling.mean if found.ceiling.mean > 0 else 0.0
    verdict, tone = of_similarity(ratio)
    if not images.bands[0]:
        verdict += " Nothing was held out in training: the half that judges was learned from too."
    if len(images.exemplars) > 1:
        verdict += f" Judged by the first of {len(images.exemplars)} pictures alone."
    return Section(
        SIMILARITY,
        verdict,
        tone,
        (
            Finding(
                "texture.tss",
                "Similarity of dreams",
                found.ours.mean,
                "",
                "How well patches of dreams are found again in the part of the picture that was not learned.",
            ),
            Finding("texture.tss_ceiling", "Ceiling", found.ceiling.mean, "", "What the learned part itself reaches."),
            Finding("texture.tss_floor", "Floor", found.floor.mean, "", "What noise with the picture's spectrum does."),
            Finding(
                "texture.contrast",
                "Contrast",
                contrast(pictures, texture),
                "",
                "How far dreams go from dark to light; the learned part is 1. Similarity does not see it.",
            ),
        ),
    )


def judged_seam(dreams: TextureDreams) -> Stepwise[Section]:
    """Judge the lines where dreams meet their own copies."""
    pictures = yield from dreams.made()
    found = seams(pictures)
    verdict, tone = of_seam(found.score, found.inside)
    return Section(
        SEAM,
        verdict,
        tone,
        (
            Finding("seam.score", "Roughness of the border", found.score, "", "1 is as rough as a line inside."),
            Finding(
                "seam.inside",
                "Borders among the lines inside",
                found.inside,
                "",
                f"Of {found.count} borders; of lines inside nine in ten are.",
            ),
        ),
    )


def judged_filters(trained: Trained) -> Stepwise[Section]:
    """Fit a Gabor function to each filter of the first layer."""
    fits = yield from fitting(trained.model.filters().cpu().numpy())
    oriented = good(fits)
    share = len(oriented) / len(fits)
    verdict, tone = of_filters(share)
    r2 = float(np.median([one.r2 for one in fits]))
    frequency = float(np.median([one.frequency for one in oriented or fits]))
    return Section(
        FILTERS,
        verdict,
        tone,
        (
            Finding("gabor.share", "Oriented edges", share, "", "Share of the filters that a Gabor function explains."),
            Finding(
                "gabor.r2", "How well they fit", r2, "", "Median share of a filter's variance explained; 1 is all."
            ),
            Finding("gabor.frequency", "How fine they are", frequency, "cycles/px", "0.5 is a pixel light, one dark."),
        ),
    )
