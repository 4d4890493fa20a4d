"""Whether a texture that is learned already looks like its picture: a dream of its own, judged now and then."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray

from studio.data.fit import upright
from studio.data.imageset import ImageSet
from studio.errors import DataError
from studio.jobs.feed import Point
from studio.lab.exemplar import Exemplar, exemplar
from studio.lab.matching import SIDE
from studio.lab.similarity import Similarity
from studio.models.chain import GibbsChain
from studio.models.noise import Noise
from studio.project.looks_done import LEAST_SECONDS, LOOKS_DONE, LOOKS_IN_A_ROW, METRIC
from studio.project.trained import Trained

CANVAS = 132  # pixels a side, about
SWEEPS = 5  # of a turn, so that no turn holds up what else goes on
SWEEPS_A_LOOK = 10
FIRST = 40  # sweeps from noise, by which a dream of a model that knows little is what it will be
RIPE = 100  # sweeps by which any dream nearly is: a younger one in its place makes the curve fall
ANEW = 200  # sweeps after which a dream begins again from noise
SEED = 0  # the same dreams for every run: their curves can be compared
MOST_PIXELS = (512 * 512, 200 * 200)  # of the learning part, and of the judging part, whose every patch is compared

Pixels = NDArray[np.uint8]
Values = NDArray[np.float32]


class TextureJudge:
    """Dreams with the model as it learns, and holds the dream against its picture.

    A second dream ripens from noise while the first grows old, and takes its
    place. Both have noise of their own, so that looking never changes what is
    learned. `turn` does a small part of a look, and tells once a look is complete.
    """

    def __init__(self, trained: Trained, similarity: Similarity) -> None:
        self._trained = trained
        self._similarity = similarity
        side = max(1, round(CANVAS / trained.model.multiple)) * trained.model.multiple
        self._judged, self._younger = (
            GibbsChain(trained.model, 1, Noise(SEED + number, trained.device), size=(side, side)) for number in range(2)
        )
        self._age = FIRST  # of the dream at the next look
        self._in_a_row = 0
        self._done = False

    @torch.no_grad()
    def turn(self, step: int, seconds: float) -> list[Point]:
        """Let a dream go on for a few sweeps, or judge one; `seconds` is the time trained."""
        for chain, age in ((self._judged, self._age), (self._younger, self._age - (ANEW - RIPE))):
            if chain.sweeps < age:
                chain.step(min(SWEEPS, age - chain.sweeps))
                return []
        value = self._similarity.of(self._trained.to_pictures(self._judged.mean()))
        self._grow_older()
        points: list[Point] = [("texture_similarity", step, value)]
        self._in_a_row = self._in_a_row + 1 if value >= LOOKS_DONE else 0
        if not self._done and self._in_a_row >= LOOKS_IN_A_ROW and seconds >= LEAST_SECONDS:
            self._done = True
            points.append((METRIC, step, seconds))
        return points

    def _grow_older(self) -> None:
        if self._age >= ANEW:
            self._judged, self._younger = self._younger, self._judged
            self._younger.start()
            self._age = self._judged.sweeps
        self._age += SWEEPS_A_LOOK


def judge_of(trained: Trained, images: ImageSet) -> TextureJudge | None:
    """Return the judge of a model that learns these pictures; None where no part of them can judge."""
    texture = judged_by(images, getattr(trained.model, "textures", 1))
    return TextureJudge(trained, Similarity(texture)) if texture is not None else None


def judged_by(images: ImageSet, materials: int = 1) -> Exemplar | None:
    """Return the largest whole picture: what is learned of it and the part held out, else its two halves.

    Of several materials it is the first, which the dreams that are judged are of.
    None where every picture has transparent places, or parts too small or of one colour.
    """
    whole = [index for index, known in enumerate(images.known[: 1 if materials > 1 else None]) if known.all()]
    for index in sorted(whole, key=lambda each: images.known[each].size, reverse=True):
        if images.bands[index]:
            parts = images.learned(index)[0], images.unseen(index)[0]
        else:
            parts = halves(images.exemplars[index])
        if min(side for part in parts for side in part.shape[1:]) < SIDE:
            continue
        learning, judging = (upright(amid(part, most)) for part, most in zip(parts, MOST_PIXELS, strict=True))
        try:
            return exemplar(learning, judging)
        except DataError:
            continue  # of one colour; another picture may serve
    return None


def halves(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Return both halves of a (C, H, W) picture along its longer side, the height of a square."""
    axis = 2 if pixels.shape[2] > pixels.shape[1] else 1
    first, second = np.array_split(pixels, 2, axis=axis)
    return first, second


def amid(pixels: Pixels, most: int) -> Pixels:
    """Return the middle of a (C, H, W) picture, of at most so many pixels and as square as it goes."""
    _, height, width = pixels.shape
    side = math.isqrt(most)
    height, width = min(height, max(side, most // width)), min(width, max(side, most // height))
    top, left = (pixels.shape[1] - height) // 2, (pixels.shape[2] - width) // 2
    return pixels[:, top : top + height, left : left + width]
