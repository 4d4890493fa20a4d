"""A trained model with what is needed to show what it sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.scaling import transform_from_arrays
from studio.data.spec import Flips
from studio.data.transform import PictureTransform
from studio.data.whitening import Whitening
from studio.models.build import Model, build_model, load_weights
from studio.models.chain import Size
from studio.models.conv_grid import Wrap
from studio.models.conv_instrument import NOWHERE
from studio.models.latent_rbm import LatentRbm
from studio.models.rbm import Rbm
from studio.project.archive import Project
from studio.project.recipe import Recipe

BAND = 1 << 24  # numbers of a picture transformed at once


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model with what is needed to show what it sees: its transform, its recipe and its device."""

    model: Model
    transform: PictureTransform | None
    recipe: Recipe
    device: str

    @property
    def mirrored(self) -> bool:
        """Whether each picture was learned as often from left to right as from right to left."""
        return self.recipe.preprocess.flips in (Flips.HORIZONTAL, Flips.BOTH)

    def to_pictures(self, values: Tensor, wrap: Wrap | None = None) -> NDArray[np.float32]:
        """Return (n, C, H, W) in model space as pictures (n, H, W, C) in 0..1; what is no number is mid-grey.

        `wrap` says which sides meet; without it, those that met in learning.
        """
        array = values.cpu().numpy()
        count, channels, height, width = array.shape
        rows = max(1, BAND // max(1, count * channels * width)) if pointwise(self.transform) else height
        if rows >= height:
            return self._shown(array, wrap or self.model.own_wrap)
        pictures = np.empty((count, height, width, channels), np.float32)
        for first in range(0, height, rows):
            pictures[:, first : first + rows] = self._shown(array[:, :, first : first + rows], NOWHERE)
        return pictures

    def _shown(self, array: NDArray[np.float32], wrap: Wrap) -> NDArray[np.float32]:
        if isinstance(self.transform, Whitening):
            shown = self.transform.invert(array, wrap)
        else:
            shown = self.transform.invert(array) if self.transform else np.clip(array, 0, 1)
        return np.nan_to_num(np.ascontiguousarray(np.moveaxis(shown, 1, 3), dtype=np.float32), copy=False, nan=0.5)

    def to_model(self, pictures: NDArray[np.float32]) -> Tensor:
        """Return pictures (n, C, H, W) in 0..1 in model space."""
        values = self.transform.apply(pictures) if self.transform else pictures
        return torch.from_numpy(np.ascontiguousarray(values)).to(self.device)

    def mean_picture(self, size: Size) -> NDArray[np.float32]:
        """Return the mean of what was learned, as far as the model keeps it, (H, W, C) in 0..1; else mid-grey."""
        shape = 1, self.model.shape[0], *size
        if self.transform is not None:
            pictures = self.to_pictures(torch.zeros(shape))
        elif isinstance(self.model, Rbm):
            pictures = self.to_pictures(self.model.start_mean.view(shape))
        elif isinstance(self.model, LatentRbm):
            pictures = self.to_pictures(self.model.mean_picture[None])
        else:
            pictures = self.to_pictures(torch.full(shape, 0.5))
        return np.ascontiguousarray(pictures[0])


def pointwise(transform: PictureTransform | None) -> bool:
    """Tell whether each pixel is transformed by itself and alike, so that a picture may be taken in bands."""
    return transform is None or (
        not isinstance(transform, Whitening) and transform.arrays()["mean"].shape[1:] == (1, 1)
    )


def open_trained(project: Project, device: str) -> Trained:
    """Return the model of an opened project on a device; raises ProjectError when its parts do not fit."""
    model = build_model(project.recipe.model, project.recipe.preprocess.shape, project.recipe.framed)
    load_weights(model, project.weights)
    transform = transform_from_arrays(project.transform, model.shape)
    return Trained(model.to(device), transform, project.recipe, device)


def transform_arrays(transform: PictureTransform | None) -> Mapping[str, NDArray[Any]]:
    return transform.arrays() if transform else {}
