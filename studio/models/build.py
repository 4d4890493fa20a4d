"""From a spec to a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from studio.errors import ProjectError
from studio.models.cdbn import Cdbn
from studio.models.conv_rbm import ConvRbm
from studio.models.latent_rbm import LatentRbm
from studio.models.rbm import Rbm
from studio.models.spec import CodeSpec, ConvSpec, ModelSpec, Shape, TiledSpec
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm

Model = Rbm | TiledRbm | TiledPyramid | ConvRbm | Cdbn | LatentRbm


def build_model(spec: ModelSpec, shape: Shape, framed: bool = False) -> Model:
    """Return an untrained model for pictures of this shape; a convolutional one may be `framed`."""
    if isinstance(spec, CodeSpec):
        return LatentRbm(spec, shape)
    if isinstance(spec, ConvSpec):
        model = Cdbn(spec, shape) if spec.deeper else ConvRbm(spec, shape)
        model.framed = framed
        return model
    if isinstance(spec, TiledSpec):
        return TiledRbm(spec, shape) if spec.levels == 1 else TiledPyramid(spec, shape)
    return Rbm(spec, shape)


def build_alike(model: Model, spec: ModelSpec | None = None) -> Model:
    """Return an untrained model for the same pictures and canvases, of another spec where one is given."""
    return build_model(spec or model.spec, model.shape, isinstance(model, ConvRbm | Cdbn) and model.framed)


def load_weights(model: Model, weights: Mapping[str, NDArray[Any]]) -> None:
    """Copy saved weights into the model; raises ProjectError when they do not belong to it."""
    own = model.saved()
    if set(own) != set(weights):
        raise ProjectError("The weights in this project do not belong to its model.", "Open another copy of it.")
    for name, tensor in own.items():
        saved = np.asarray(weights[name])
        if saved.shape != tuple(tensor.shape) or saved.dtype != np.float32:
            raise ProjectError(
                f"The weights {name!r} in this project have the shape {saved.shape}, its model needs "
                f"{tuple(tensor.shape)}.",
                "Open another copy of it.",
            )
        tensor.copy_(torch.from_numpy(np.array(saved)))


def weights_of(model: Model) -> dict[str, NDArray[Any]]:
    """Return fresh host copies of the model's weights by name."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in model.saved().items()}
