"""What each filter of a convolutional model sees at each place of a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from studio.errors import SettingsError
from studio.models.cdbn import Cdbn
from studio.models.conv_rbm import ConvRbm, pooled_maps
from studio.project.taking import taken, upright
from studio.project.trained import Trained

Values = NDArray[np.float32]


@torch.no_grad()
def maps_of(trained: Trained, picture: Values, layer: int = 0) -> Values:
    """Return P(pool=1) of each filter of a layer over a picture (H, W, C) in 0..1: (K, rows, columns).

    With several layers each is given its neighbours', by mean field. Raises
    SettingsError where the model has no such layer, or no maps.
    """
    model = trained.model
    if not isinstance(model, ConvRbm | Cdbn):
        raise SettingsError("This model has no maps: its filters see whole pictures or tiles.", "Leave out --maps.")
    if layer >= len(model.layers()):
        raise SettingsError(f"This model has no layer {layer + 1}.", f"Choose 1 to {len(model.layers())}.")
    v = model.whole(trained.to_model(np.ascontiguousarray(np.moveaxis(picture, 2, 0))[None]))
    every = model.mean_field(v) if isinstance(model, Cdbn) else (model.hidden_given_visible(v),)
    found: Values = pooled_maps(every[layer], model.stack[layer][1])[0].cpu().numpy()
    return found


def picture_at(path: Path, trained: Trained) -> Values:
    """Return a picture file as the model takes it, (H, W, C) in 0..1: materials at their size, others at its own."""
    return upright(taken(path, trained.model, trained.recipe.preprocess, transparency=False).pixels)


def maps_sheet(maps: Values) -> Values:
    """Return maps (K, rows, columns) as pictures (K, rows, columns, 1), the strongest answer of all white."""
    largest = float(maps.max())
    return (maps / largest if largest > 0 else maps)[..., None]
