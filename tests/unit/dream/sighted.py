"""Small models that see pictures: one of each family, with random weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.chain import Instrument
from studio.models.rbm import Rbm
from studio.models.spec import TiledSpec, Visible
from tests.unit.models.enumeration import random_rbm
from tests.unit.models.test_tiled_rbm import random_tiled

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Eye:
    """A model that sees pictures as they are, or with mean 1/2 and deviation `scale`."""

    model: Instrument
    centre: float = 0.5
    scale: float = 0.25
    device: str = "cpu"
    mirrored: bool = False

    def to_pictures(self, values: Tensor, wrap: tuple[bool, bool] | None = None) -> Values:  # noqa: ARG002  # of a Sighted
        return np.moveaxis(np.clip(values.numpy() * self.scale + self.centre, 0, 1), 1, 3)

    def to_model(self, pictures: Values) -> Tensor:
        return torch.from_numpy((pictures - self.centre) / self.scale)


def undecided(model: Rbm) -> Rbm:
    """Weaken a model whose hidden units would otherwise hardly ever be drawn differently."""
    model.weights.mul_(0.2)
    return model.float()


def eyes() -> dict[str, Eye]:
    """Return one model of each family by name."""
    return {
        "bernoulli": Eye(undecided(random_rbm(1, Visible.BERNOULLI, (1, 6, 7), 12)), 0, 1),
        "gaussian": Eye(undecided(random_rbm(2, Visible.GAUSSIAN, (3, 6, 7), 12))),
        "texture": Eye(random_tiled(TiledSpec(tile=3, filters=4), 3)),
    }


def picture_for(name: str) -> Values:
    """Return a picture (6, 7, C) in 0..1."""
    channels = 1 if name == "bernoulli" else 3
    return np.random.default_rng(5).integers(0, 256, (6, 7, channels)).astype(np.float32) / np.float32(255)
