"""What a chain shows as one picture that is taken away, and which of its pixels were held."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from studio.data.sheet import grid
from studio.dream.settings import Show
from studio.dream.take import Alpha
from studio.errors import SettingsError
from studio.models.chain import GibbsChain
from studio.project.trained import Trained

Values = NDArray[np.float32]
PutBack = Callable[[Values], Values]


def unchanged(pictures: Values) -> Values:
    return pictures


def each(put_back: PutBack) -> PutBack:
    """Return what puts pixels back into pictures (n, H, W, C) from what does so into one."""
    return lambda pictures: np.stack([put_back(picture) for picture in pictures])


def shown_by(chain: GibbsChain, trained: Trained, show: Show, put_back: PutBack = unchanged) -> Values:
    """Return what a chain shows as one picture (H, W, C), several side by side; `put_back` gets all (n, H, W, C)."""
    shown = chain.sample() if show is Show.SAMPLE else chain.mean()
    pictures = put_back(trained.to_pictures(shown, chain.controls.wrap))
    return pictures[0] if chain.count == 1 else grid(pictures)


def alpha_of(chain: GibbsChain, wanted: Alpha) -> Values | None:
    """Return how opaque each pixel of one chain is, (H, W) of 0 and 1; None where everything is.

    Raises SettingsError where nothing is held, so that all or nothing would be transparent.
    """
    if wanted is Alpha.NONE:
        return None
    mask = chain.controls.mask
    if mask is None or chain.count > 1:
        raise SettingsError(
            "Nothing is held on the canvas, so there is no mask to be transparent by.",
            "Hold a picture first, or save without transparency.",
        )
    rows = mask.reshape(-1, *mask.shape[-2:]).any(0)
    held = torch.broadcast_to(rows, chain.size).cpu().numpy()
    return np.asarray(held if wanted is Alpha.HELD else ~held, np.float32)
