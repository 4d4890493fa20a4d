"""Whether a project holds a run that was cut short; nothing here needs torch."""

from __future__ import annotations

import dataclasses
from pathlib import PurePath

from studio.data.spec import DatasetSpec
from studio.project.archive import Project
from studio.project.recipe import Recipe

UNFINISHED = "unfinished"  # of a project that was kept in the middle of a run
INSTEAD = "Training goes on with a new run from its weights instead."


def cut_short(project: Project | None, recipe: Recipe | None = None) -> bool:
    """Say whether a project holds the middle of a run, and that of this recipe if one is given."""
    if project is None or not project.state or project.meta.get(UNFINISHED) is not True:
        return False
    return recipe is None or recipe == project.recipe


def finished(project: Project) -> Project:
    """Return a project whose run is over, wherever it ended."""
    return dataclasses.replace(project, meta={key: one for key, one in project.meta.items() if key != UNFINISHED})


def alike(kept: DatasetSpec, now: DatasetSpec) -> bool:
    """Say whether these are the same pictures by name, wherever they lie now."""
    names = [[PurePath(path).name for path in spec.paths] for spec in (kept, now)]
    return names[0] == names[1] and kept.excluded == now.excluded
