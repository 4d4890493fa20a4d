"""What a run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass

from studio.data.imageset import ImageSet
from studio.project.archive import Project
from studio.project.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """The recipe, its pictures, where to compute, and the project whose model goes on learning, if any.

    `midst` is the same project where it holds a run that was cut short, which is gone on with if that can be.
    """

    recipe: Recipe
    images: ImageSet
    device: str
    previous: Project | None = None
    midst: Project | None = None
