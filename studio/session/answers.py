"""What the compute thread and the workers send back: frozen, torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.data.png import Levels
from studio.dream.canvas_record import Record
from studio.dream.mixer import Mixer
from studio.dream.place import Hold
from studio.dream.settings import DreamSettings
from studio.dream.snapshot import Snapshot
from studio.dream.strokes import Stroke
from studio.errors import StudioError
from studio.jobs.status import Outcome
from studio.models.altered import UNALTERED, Altered
from studio.project.archive import Project
from studio.project.held import Held
from studio.project.picture_recipe import PictureRecipe
from studio.session.composing import Besides

Bits = Literal[8, 16]  # a channel


@dataclass(frozen=True, slots=True)
class RunBegan:
    """Preparation is over and steps are being taken on this device; `midst` is the step a run goes on from.

    `error` says why a run that was cut short could not be gone on with, `note` what
    is to be said of the device.
    """

    device: str
    midst: int = 0
    error: StudioError | None = None
    note: str = ""


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
class ToSave:
    """A project on its way to a file: the session's half, and what was captured of a model where there is one."""

    path: Path
    besides: Besides
    project: Project | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ToAutosave:
    """A copy of unsaved work, the seconds it took from training, and which of the projects in hand it is."""

    project: Project
    seconds: float
    number: int = 0
    canvas: Record | None = None  # what is held and painted, as a project keeps it


@dataclass(frozen=True, slots=True)
class Canvas:
    """What the dream is really on: its settings in force, what is held on it and what a picture of it says of that."""

    settings: DreamSettings
    hold: Hold | None = None
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class AlteredNow:
    """How the model on the canvas is altered; `error` says why it is not as was asked for."""

    altered: Altered
    error: StudioError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """An altered model became the project's own, under this number."""

    base: int
    project: Project


@dataclass(frozen=True, slots=True)
class Rewound:
    """Where the dream was taken back to: the snapshot's number, what it is on, how it is mixed, what is painted."""

    number: int
    canvas: Canvas
    mixer: Mixer
    strokes: tuple[Stroke, ...] = ()
    altered: Altered = UNALTERED


@dataclass(frozen=True, slots=True, eq=False)
class SnapshotPicture:
    """A snapshot at its full size, or as the screen wants it: its chains as (n, H, W, C) uint8."""

    snapshot: Snapshot
    pictures: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class FilterPicture:
    """The sheet of filters as one picture (H, W, C), on its way to a file."""

    path: Path
    pixels: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class CodeWalk:
    """Pictures (n, H, W, C) on the way through codes, or the one of a mixture, to be written to a file."""

    path: Path
    pictures: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class ToMask:
    """A hole (H, W) on its way to a file, white."""

    path: Path
    hole: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class DreamPicture:
    """The dream as one picture (H, W, C), on its way to a file; where it stands."""

    path: Path
    pixels: NDArray[np.float32]
    sweeps: int
    model_hash: str
    exact: bool  # false when settings changed or training went on since it started
    bits: Bits = 8
    sheet: tuple[int, int] = (1, 1)  # columns and rows of copies
    held: Held | None = None
    alpha: NDArray[np.float32] | None = None  # (H, W) in 0..1


@dataclass(frozen=True, slots=True, eq=False)
class FilmTaken:
    """Frames (n, H, W, C) as whole numbers, with the settings they were dreamt by and where the first one stands."""

    frames: Levels
    settings: DreamSettings
    sweeps: int
    model_hash: str
    exact: bool
    held: Held | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ToExport:
    """A picture (H, W, C) on its way to a file, as a sheet of copies, with its recipe where it has one.

    `exact` is false when the recipe leads only near it; `axes` are those along
    which it should meet itself, 0 from bottom to top and 1 from right to left.
    """

    path: Path
    pixels: NDArray[np.float32]
    recipe: PictureRecipe | None = None
    exact: bool | None = None
    bits: Bits = 8
    sheet: tuple[int, int] = (1, 1)
    axes: tuple[int, ...] = ()
    alpha: NDArray[np.float32] | None = None
