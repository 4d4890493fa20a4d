"""Going on with a run that was cut short, exactly where it stood: as if nothing had happened."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from studio.data.imageset import ImageSet
from studio.errors import ProjectError
from studio.models.build import load_weights
from studio.project.archive import Project
from studio.project.cut_short import INSTEAD
from studio.project.job import prepare
from studio.project.prepared import Prepared
from studio.project.stage import STAGE, stage_of
from studio.training.schedule import steps_per_epoch, total_steps


@torch.no_grad()
def resumed(project: Project, images: ImageSet, device: str) -> Prepared:
    """Return the plan of a run that was cut short, from the very step it stood at.

    All is prepared as at the beginning of that run, so that stages to come draw what they would have drawn; then the
    stage that was learning is put where it was. Same pictures, processor and threads: same bits.

    Raises
    ------
    StudioError
        Where the pictures are others, or what the project holds of the run does not belong together.
    """
    require_finite(project.state)
    prepared = prepare(project.recipe, images, device)
    plan = prepared.plan
    stage = stage_of(project.state)
    if stage >= len(plan.stages):
        raise damaged()
    load_weights(prepared.trained.model, project.weights)
    before, ahead = plan.stages[:stage], plan.stages[stage:]
    try:
        ahead[0].trainer.restore({name: one for name, one in project.state.items() if name != STAGE}, project.meta)
    except (KeyError, ValueError, TypeError, RuntimeError, IndexError, OverflowError) as error:
        raise damaged() from error
    done = tuple(
        dataclasses.replace(one.settings, steps=total_steps(one.settings, one.pictures) or 0) for one in before
    )
    epochs = sum(part.steps / steps_per_epoch(part, one.pictures) for part, one in zip(done, before, strict=True))
    rest = dataclasses.replace(plan, stages=ahead, first=stage, done=done, epochs_done=epochs)
    return dataclasses.replace(prepared, plan=rest)


def require_finite(state: Mapping[str, Any]) -> None:
    for array in state.values():
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
            raise damaged()


def damaged() -> ProjectError:
    return ProjectError("What this project holds of the run that was cut short is damaged.", INSTEAD)
