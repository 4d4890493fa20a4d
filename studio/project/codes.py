"""Between pictures and the codes of a trained autoencoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.errors import SettingsError
from studio.models.latent_rbm import LatentRbm
from studio.project.holding import planes
from studio.project.maps import picture_at
from studio.project.trained import Trained

Values = NDArray[np.float32]
AT_ONCE = 32  # pictures decoded between two words on how far it is


def code_model(trained: Trained) -> LatentRbm:
    """Return the model; raises SettingsError where it has no codes."""
    if not isinstance(trained.model, LatentRbm):
        raise SettingsError("This model has no codes of pictures.", "Use a project whose model is an autoencoder.")
    return trained.model


def spherical(model: LatentRbm) -> bool:
    """Tell whether codes were drawn from N(0, 1) while they were learned, and so lie near a sphere."""
    return model.spec.beta > 0


@torch.no_grad()
def file_codes(trained: Trained, paths: Sequence[Path]) -> Tensor:
    """Return the codes (n, code) of picture files, prepared as the project's own pictures are."""
    model = code_model(trained)
    pictures = np.concatenate([planes(picture_at(path, trained)) for path in paths])
    return model.autoencoder.encode(trained.to_model(pictures))


@torch.no_grad()
def decoded(trained: Trained, codes: Tensor, told: Callable[[int, int], None] | None = None) -> Values:
    """Return the pictures (n, H, W, C) of codes (n, code), in 0..1; `told` hears how many of how many are done."""
    model = code_model(trained)
    parts = []
    for first in range(0, len(codes), AT_ONCE):
        parts.append(trained.to_pictures(model.autoencoder.decode(codes[first : first + AT_ONCE])))
        if told is not None:
            told(min(first + AT_ONCE, len(codes)), len(codes))
    return np.concatenate(parts)
