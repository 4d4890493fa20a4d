"""A look at one step of a time-lapse: its filters, and what it dreams."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from numpy.typing import NDArray

from studio.data.sheet import filter_pictures, grid
from studio.dream.begin import begin
from studio.dream.settings import DreamSettings
from studio.errors import ProjectError
from studio.jobs.frames import as_levels
from studio.jobs.lapse_frames import LapsePicture
from studio.models.build import build_alike, load_weights
from studio.project.lapse import Lapse
from studio.project.trained import Trained

SEED = 1
SWEEPS = 15  # few: one waits for it, and the first show most of what was learned
CHAINS = 9
SIDE = 96  # px of a texture
SHOWN = 64  # filters


def trained_at(trained: Trained, lapse: Lapse, step: int) -> Trained:
    """Return the model as it was at a step; raises SettingsError where that was not kept, ProjectError if damaged."""
    model = build_alike(trained.model, trained.recipe.model)
    try:
        load_weights(model, lapse.at(step))
    except ProjectError:
        raise ProjectError("The time-lapse in this project does not belong to its model.", "Train it again.") from None
    return dataclasses.replace(trained, model=model.to(trained.device))


@torch.no_grad()
def look_at(trained: Trained, lapse: Lapse, step: int) -> LapsePicture:
    """Return filters of the first layer and a dream of a fixed seed; it draws from generators of its own."""
    then = trained_at(trained, lapse, step)
    filters = then.model.filters(0)[:SHOWN].permute(0, 2, 3, 1).cpu().numpy()
    sheet = grid(filter_pictures(filters, "rgb" if filters.shape[3] == 3 else "grey"))
    return LapsePicture(step, as_levels(sheet), dreamt(then) if then.recipe.model.dreams else None)


def dreamt(trained: Trained) -> NDArray[np.uint8]:
    model = trained.model
    if model.any_size and any(model.own_wrap):
        side = -(-SIDE // model.multiple) * model.multiple
        settings = DreamSettings(seed=SEED, width=side, height=side)
    else:
        settings = DreamSettings(seed=SEED, chains=CHAINS)
    chain = begin(model, settings, trained.device)
    chain.step(SWEEPS)
    pictures = trained.to_pictures(chain.mean())
    return as_levels(grid(pictures) if len(pictures) > 1 else pictures[0])
