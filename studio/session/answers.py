"""What the compute thread and the workers send back: frozen, torch-free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.errors import StudioError
from studio.jobs.status import Outcome
from studio.project.archive import Project


@dataclass(frozen=True, slots=True)
class RunBegan:
    """Preparation is over and steps are being taken on this device."""

    device: str


@dataclass(frozen=True, slots=True, eq=False)
class RunEnded:
    """A run is over: its figures, what was kept (None when discarded), the error that ended it."""

    outcome: Outcome
    steps: int = 0
    seconds: float = 0.0
    images_per_second: float = 0.0
    changes: tuple[tuple[int, str, float], ...] = ()
    kept: Project | None = None
    error: StudioError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DreamPicture:
    """The dream as one picture (H, W, C), where it stands, and how it started."""

    pixels: NDArray[np.float32]
    sweeps: int
    model_hash: str
    exact: bool  # false when settings changed or training went on since it started
