"""The codes of training pictures, their principal directions, and pictures of codes along them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.imageset import ImageSet
from studio.dream.codes import along, mixture, path
from studio.dream.walk import Walk
from studio.jobs.code_frames import CodeMap, CodePicture, CodePoint, CodeWish
from studio.jobs.frames import publish
from studio.models.kinds import Visible
from studio.models.latent_rbm import LatentRbm
from studio.project.codes import Values, code_model, decoded, spherical
from studio.project.looks import seen_by, spread
from studio.project.trained import Trained

MAPPED = 500  # pictures
DIRECTIONS = 6
FEWEST = 3  # pictures that span a plane
SMALL = 32  # pixels of a thumbnail's side, at most
LEAST_DEVIATION = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class CodeSpace:
    """A model with codes of its pictures (n, code) and the strongest directions (k, code) in which they differ.

    Where there are too few pictures there are no directions, and every point is the mean code.
    """

    trained: Trained
    codes: Tensor
    mean: Tensor
    directions: Tensor
    deviations: Tensor

    @property
    def model(self) -> LatentRbm:
        return code_model(self.trained)

    def steps(self) -> Tensor:
        """Return where the pictures are, in deviations along the directions: (n, k)."""
        return (self.codes - self.mean) @ self.directions.t() / self.deviations

    def code(self, point: CodePoint) -> Tensor:
        """Return the code (code,) of a point."""
        code = self.mean
        if 0 <= point.picture < len(self.codes):
            away = self.codes[point.picture] - self.mean
            code = self.mean + away - (away @ self.directions.t()) @ self.directions
        count = min(len(point.steps), len(self.directions))
        steps = torch.tensor(point.steps[:count]) * self.deviations[:count]
        return self._allowed(code + steps @ self.directions[:count])

    def _allowed(self, codes: Tensor) -> Tensor:
        return codes.clamp(0, 1) if self.model.spec.codes is Visible.BERNOULLI else codes

    def show(self, wish: CodeWish) -> CodePicture:
        """Return the picture of what is wished for."""
        codes = self._codes_of(wish.points)
        if wish.weights:
            code = mixture(codes, wish.weights)
        else:
            code = along(codes, wish.share, wish.loop, spherical(self.model))
        return CodePicture(wish, publish(self._pictures(code)[0]))

    def walk(self, points: Sequence[CodePoint], walk: Walk) -> Values:
        """Return the pictures (frames, H, W, C) on the way through points."""
        return self._pictures(path(self._codes_of(points), replace(walk, spherical=spherical(self.model))))

    def _codes_of(self, points: Sequence[CodePoint]) -> Tensor:
        return torch.stack([self.code(point) for point in points])

    def _pictures(self, codes: Tensor) -> Values:
        return decoded(self.trained, codes.to(self.trained.device))


@torch.no_grad()
def space_of(trained: Trained, images: ImageSet | None) -> tuple[CodeSpace, CodeMap]:
    """Return the space of a model's codes, with a map of the pictures at hand where they are the model's."""
    model = code_model(trained)
    chosen = np.zeros(0, np.int64)
    if images is not None and images.shape == model.shape:
        chosen = spread(images.training(), MAPPED)
    if images is None or len(chosen) < FEWEST or model.spec.code < 2:
        nothing = torch.zeros(0, model.spec.code)
        middle = model.autoencoder.encode(model.mean_picture[None])[0].cpu()
        space = CodeSpace(trained, nothing, middle, nothing, torch.zeros(0))
        return space, CodeMap(np.zeros((0, 0), np.float32), np.zeros((0, 1, 1, 1), np.uint8))
    codes = torch.cat(
        [
            model.autoencoder.encode(seen_by(trained, images, chosen[first : first + 100])).cpu()
            for first in range(0, len(chosen), 100)
        ]
    )
    mean = codes.mean(0)
    _, values, rows = torch.linalg.svd(codes - mean, full_matrices=False)
    count = min(DIRECTIONS, len(chosen) - 1, len(values))
    signs = torch.sign(rows[:count].gather(1, rows[:count].abs().argmax(1, keepdim=True)))
    deviations = (values[:count] / len(codes) ** 0.5).clamp_min(LEAST_DEVIATION)
    # A direction and its opposite are the same: its largest number is positive, so that a map comes out the same again.
    space = CodeSpace(trained, codes, mean, rows[:count] * signs, deviations)
    return space, CodeMap(publish(space.steps().numpy()), small(images.pixels[chosen]))


def small(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return pictures (n, C, H, W) as thumbnails (n, h, w, C), means of blocks of pixels."""
    count, channels, height, width = pixels.shape
    side = max(1, -(-max(height, width) // SMALL))
    side = min(side, height, width)
    rows, columns = height // side, width // side
    whole = pixels[:, :, : rows * side, : columns * side].reshape(count, channels, rows, side, columns, side)
    made = np.ascontiguousarray(np.moveaxis(whole.mean((3, 5)), 1, 3).round().astype(np.uint8))
    made.setflags(write=False)
    return made
