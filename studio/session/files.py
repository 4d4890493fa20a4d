"""Files on disk: projects opened and saved, pictures written, on a thread of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSettings, Signal

from studio.atomic import sweep
from studio.data.occluded import plain_mask
from studio.data.picture import write_png
from studio.data.sequence import write_sequence
from studio.data.sheet import grid
from studio.data.still import write_still
from studio.dream.strokes import PackedMask
from studio.errors import StudioError
from studio.lab.seam import Seam, seam
from studio.project.archive import Project, read_project, write_project
from studio.project.picture_recipe import to_text
from studio.project.recipe_found import RecipeFound, find_recipe
from studio.project.recovery import Rescue
from studio.session.answers import CodeWalk, SnapshotPicture, ToExport, ToMask
from studio.session.composing import AsOf, OnCanvas, on_canvas
from studio.session.worker import Reply, Worker

RECENT_KEY = "recent"
MOST_RECENT = 10


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A project read from disk; `path` is None for the bundled one, which is nobody's file.

    One that was `recovered` comes from a copy, and belongs to `path`. What was on
    its `canvas` is unpacked where files are read: it may be hundreds of megabytes.
    """

    path: Path | None
    project: Project
    canvas: OnCanvas
    recovered: Rescue | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A project written to `path`, as it was when it was asked for."""

    path: Path
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class Exported:
    """A picture written to `path`; `exact` is false when its recipe leads only near it, None when it has none.

    `size` is its width and height, `seams` says for each axis how well it meets itself; `words` tell of several.
    """

    path: Path
    exact: bool | None = None
    size: tuple[int, int] = (0, 0)
    seams: tuple[tuple[int, Seam], ...] = ()
    words: str = ""
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class DrawnOut:
    """A snapshot written to `path`, to be taken away by another program."""

    number: int
    path: Path


@dataclass(frozen=True, slots=True)
class Looked:
    """A picture was looked into for a recipe; `error` says why what it carries cannot be used."""

    path: Path
    found: RecipeFound | None = None
    error: StudioError | None = None


class Files(QObject):
    """Reads and writes off the window's thread; remembers recent projects."""

    opened = Signal(object)  # Opened
    saved = Signal(object)  # Saved
    exported = Signal(object)  # Exported
    mask_read = Signal(object)  # PackedMask
    recipe_looked_for = Signal(object)  # Looked
    drawn_out = Signal(int, object)  # number of a snapshot, Path
    failed = Signal(str, object)  # task, StudioError
    recent_changed = Signal(object)  # tuple[Path, ...]
    work_changed = Signal(str)

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.worker = Worker("files", self)
        self.worker.replied.connect(self._take)

    @property
    def recent(self) -> tuple[Path, ...]:
        """Projects opened or saved lately that are still there, newest first."""
        stored = self._settings.value(RECENT_KEY) or []
        names = [stored] if isinstance(stored, str) else [str(name) for name in stored]
        return tuple(Path(name) for name in names if Path(name).is_file())

    def remember(self, path: Path) -> None:
        path = path.absolute()
        others = [str(other) for other in self.recent if other != path]
        self._settings.setValue(RECENT_KEY, [str(path), *others][:MOST_RECENT])
        self.recent_changed.emit(self.recent)

    def open(self, path: Path, *, bundled: bool = False) -> None:
        """Read a project; `opened` follows."""
        self._ask(f"Opening {path.name}", partial(_open, path, bundled), reads=True)

    def recover(self, rescue: Rescue) -> None:
        """Read the copy of a project; `opened` follows."""
        self._ask(f"Opening {rescue.found.title}", partial(_recover, rescue), reads=True)

    def save(self, path: Path, project: Project, as_of: AsOf) -> None:
        """Write a project; `saved` follows."""
        self._ask(f"Saving {path.name}", partial(_save, path, project, as_of))

    def export(self, picture: ToExport) -> None:
        """Write a picture; `exported` follows."""
        self._ask(f"Exporting {picture.path.name}", partial(_export, picture))

    def export_walk(self, walk: CodeWalk) -> None:
        """Write pictures in order; `exported` follows."""
        self._ask(f"Exporting {walk.path.name}", partial(_export_walk, walk))

    def write(self, task: str, work: Callable[[], object]) -> None:
        """Write something; `exported` follows where the work returns an Exported, `failed` where it cannot be."""
        self.worker.ask(task, work)

    def write_mask(self, mask: ToMask) -> None:
        """Write a hole, white; `exported` follows."""
        self._ask(f"Saving {mask.path.name}", partial(_write_mask, mask))

    def read_mask(self, path: Path) -> None:
        """Read a mask; `mask_read` follows."""
        self._ask(f"Reading {path.name}", partial(_read_mask, path), reads=True)

    def find_recipe(self, path: Path, weights: Mapping[str, NDArray[Any]]) -> None:
        """Read whether a picture carries a recipe, drawn by a model of these weights; `recipe_looked_for` follows."""
        self._ask(f"Reading {path.name}", partial(_find_recipe, path, weights), reads=True)

    def draw_out(self, path: Path, snapshot: SnapshotPicture) -> None:
        """Write a snapshot where another program may take it from; `drawn_out` follows."""
        self._ask(f"Writing {path.name}", partial(_draw_out, path, snapshot))

    def _ask(self, task: str, work: Callable[[], object], *, reads: bool = False) -> None:
        self.work_changed.emit(task)
        self.worker.ask(task, work, reads=reads)

    def _take(self, reply: Reply) -> None:
        self.work_changed.emit("")
        match reply.value:
            case Opened() as opened:
                if opened.path is not None:
                    self.remember(opened.path)
                self.opened.emit(opened)
            case Saved() as saved:
                self.remember(saved.path)
                self.saved.emit(saved)
            case Exported() as exported:
                self.exported.emit(exported)
            case Looked() as looked:
                self.recipe_looked_for.emit(looked)
            case PackedMask() as mask:
                self.mask_read.emit(mask)
            case DrawnOut() as drawn:
                self.drawn_out.emit(drawn.number, drawn.path)
        if isinstance(reply.error, StudioError):
            self.failed.emit(reply.task, reply.error)


def _open(path: Path, bundled: bool) -> Opened:
    project = read_project(path)
    return Opened(None if bundled else path, project, on_canvas(project))


def _recover(rescue: Rescue) -> Opened:
    project = read_project(rescue.found.autosave)
    return Opened(rescue.found.project, project, on_canvas(project), rescue)


def _save(path: Path, project: Project, as_of: AsOf) -> Saved:
    write_project(path, project)
    sweep(path.parent)
    return Saved(path, as_of)


def _export(picture: ToExport) -> Exported:
    seams = tuple((axis, seam(picture.pixels, axis)) for axis in picture.axes)
    columns, rows = picture.sheet
    text = to_text(picture.recipe) if picture.recipe is not None else {}
    remark = write_still(picture.path, picture.pixels, text, picture.bits, (rows, columns), picture.alpha)
    height, width, _ = picture.pixels.shape
    return Exported(picture.path, picture.exact, (columns * width, rows * height), seams, remark)


def _draw_out(path: Path, value: SnapshotPicture) -> DrawnOut:
    pictures = np.divide(value.pictures, 255, dtype=np.float32)
    write_png(path, grid(pictures) if len(pictures) > 1 else pictures[0])
    return DrawnOut(value.snapshot.number, path)


def _export_walk(walk: CodeWalk) -> Exported:
    if len(walk.pictures) == 1:
        write_png(walk.path, walk.pictures[0])
        height, width = walk.pictures.shape[1:3]
        return Exported(walk.path, size=(width, height))
    return Exported(walk.path, words=f"{write_sequence(walk.path, walk.pictures)}.")


def _find_recipe(path: Path, weights: Mapping[str, NDArray[Any]]) -> Looked:
    try:
        return Looked(path, find_recipe(path, weights))
    except StudioError as error:  # the picture itself may still be used
        return Looked(path, error=error)


def _write_mask(mask: ToMask) -> Exported:
    write_png(mask.path, mask.hole.astype(np.float32))
    height, width = mask.hole.shape
    return Exported(mask.path, size=(width, height), words="It is white where the hole is.")


def _read_mask(path: Path) -> PackedMask:
    return PackedMask.of(plain_mask(path))
