"""Samples of an RBM drawn along the history of its training, which a project keeps as a time-lapse."""

from __future__ import annotations

import torch

from studio.errors import SettingsError
from studio.jobs.stepwise import Stepwise
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.trajectory import Trajectory
from studio.project.lapse import Lapse
from studio.project.lapse_look import trained_at
from studio.project.trained import Trained

ROUNDS, LOOK = 8, 24  # sweeps of a round, after which models are put in or left out
LARGEST = 160  # models
CHAINS = 16  # at least, or shares of swaps are known too badly
LOWEST = 0.02  # share of swaps below which two models are strangers
FEWEST = 3  # steps of a history


@torch.no_grad()
def drawn_along(trained: Trained, lapse: Lapse, count: int, sweeps: int, noise: Noise) -> Stepwise[Trajectory]:
    """Space the history so that neighbours swap, then sweep all of it; returns its chains.

    Raises SettingsError for other models than an RBM of on-off hidden units, and where the
    steps that were kept are too few, or so far apart that no model between them helps.
    """
    final = trained.model
    if not isinstance(final, Rbm):
        raise SettingsError(
            "Only a plain RBM can be sampled along its training.", "Leave it out; --drive helps other models to move."
        )
    if len(lapse.steps) < FEWEST:
        raise SettingsError(
            f"This project keeps {len(lapse.steps)} steps of its training, too few to sample along it.",
            "Train it again: a time-lapse is kept while a model learns.",
        )
    models = [trained_at(trained, lapse, step).model for step in lapse.steps]
    own = [model for model in models if isinstance(model, Rbm)]
    trajectory = Trajectory([*own, final], max(count, CHAINS), noise)
    total = ROUNDS * LOOK + sweeps
    for taken in range(ROUNDS * LOOK):
        yield taken, total
        trajectory.step()
        late = taken % LOOK == LOOK - 1
        if late and (trajectory.space() or len(trajectory.models) > LARGEST):
            break
    trajectory.begin_to_count()
    for taken in range(sweeps):
        yield total - sweeps + taken, total
        trajectory.step()
    if float(trajectory.swapped.min()) < LOWEST:
        raise SettingsError(
            "The steps of its training that this project keeps lie too far apart to sample along it.",
            "Train it again with a lower learning rate, or begin from noise.",
        )
    return trajectory
