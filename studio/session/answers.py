"""What the compute thread and the workers send back: frozen, torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.errors import StudioError
from studio.jobs.status import Outcome
from studio.project.archive import Project
from studio.project.recipe import Recipe
from studio.project.tensors import Arrays


@dataclass(frozen=True, slots=True)
class RunBegan:
    """Preparation is over and steps are being taken on this device."""

    device: str


@dataclass(frozen=True, slots=True, eq=False)
class Captured:
    """All that a project keeps of the model at hand, on the host."""

    recipe: Recipe
    weights: Arrays
    transform: Arrays
    state: Arrays
    meta: Mapping[str, object]
    thumbnails: Mapping[str, bytes]

    @classmethod
    def of(cls, project: Project) -> Captured:
        """Return the model of an opened project."""
        return cls(
            recipe=project.recipe,
            weights=project.weights,
            transform=project.transform,
            state=project.state,
            meta=project.meta,
            thumbnails=project.thumbnails,
        )

    def as_project(self, recipe: Recipe) -> Project:
        """Return a project of this model with the given recipe."""
        return Project(
            recipe=recipe,
            weights=self.weights,
            transform=self.transform,
            state=self.state,
            meta=self.meta,
            thumbnails=self.thumbnails,
        )


@dataclass(frozen=True, slots=True, eq=False)
class RunEnded:
    """A run is over: its figures, what was kept (None when discarded), the error that ended it."""

    outcome: Outcome
    steps: int = 0
    seconds: float = 0.0
    images_per_second: float = 0.0
    changes: tuple[tuple[int, str, float], ...] = ()
    kept: Captured | None = None
    error: StudioError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DreamPicture:
    """The dream as one picture (H, W, C), where it stands, and how it started."""

    pixels: NDArray[np.float32]
    sweeps: int
    model_hash: str
    exact: bool  # false when settings changed or training went on since it started
