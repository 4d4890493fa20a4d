"""The part of the session that takes things away: films, maps and batches behind one another, copies, files to drag."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSettings, QTemporaryDir

from studio.data.frames import FRAMES_A_SECOND, check_frames, write_film
from studio.data.png import Levels
from studio.data.still import whole_levels, write_still
from studio.dream.settings import Start
from studio.dream.take import Bits, Take
from studio.errors import Cancelled, SettingsError, StudioError
from studio.jobs.feed import TASK
from studio.project.batch import Batch, Dreamt
from studio.project.batch_files import taker
from studio.project.film import film_of
from studio.project.map_files import MapFiles, MapWish, PixelMap
from studio.project.picture_recipe import PictureRecipe, to_text
from studio.session.answers import DreamPicture, FilmTaken
from studio.session.dreaming import Dreaming
from studio.session.files import Exported
from studio.session.notices import Concern, Level, Notice
from studio.session.task_queue import TaskEnded, TaskPart, TaskProgress
from studio.session.worker import Reply

if TYPE_CHECKING:
    from studio.session.workshop import Workshop

GRAB = "Copying the picture"
DRAG = "Making a file to drag"
PART = "part of task"
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """A task as it is shown: what it makes, and how far it is; `total` is 0 while it waits."""

    number: int
    name: str
    done: int = 0
    total: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Grabbed:
    """The dream as it stands, (H, W, C) bytes."""

    pixels: NDArray[np.uint8]


@dataclass(slots=True)
class Pending:
    """A task of ours while it goes on; `keep` writes a part of it, `finish` the whole, both on the thread for files."""

    path: Path
    made: PictureRecipe
    stop: threading.Event = field(default_factory=threading.Event)  # wanted by whoever asked, or for want of room
    exact: bool | None = None
    keep: Callable[[object], object] | None = None
    finish: Callable[[object], Exported] | None = None
    stopped: Callable[[], str] = lambda: "Nothing was written."  # what is kept, in words

    def keep_part(self, value: object) -> None:
        """Write a part, unless one before it could not be written."""
        if self.keep is None or self.stop.is_set():
            return
        try:
            self.keep(value)
        except StudioError:
            self.stop.set()
            raise

    def end(self, value: object, cancelled: bool) -> Exported:
        """Write the whole, or say what is kept of it."""
        if self.finish is None or cancelled or self.stop.is_set():
            return Exported(self.path, words=self.stopped(), stopped=True)
        try:
            return self.finish(value)
        except Cancelled:
            return Exported(self.path, words=self.stopped(), stopped=True)


class Taking(Dreaming):
    """Tasks are numbered; what they make on their way is written at once, and stays when they are cancelled."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._numbers = 0
        self._tasks: dict[int, TaskInfo] = {}
        self._running: dict[int, Pending] = {}
        self._dragged: QTemporaryDir | None = None
        self.files.failed.connect(self._part_failed)
        self.files.worker.replied.connect(self._written)
        self.closed.connect(self._forget_dragged)

    @property
    def tasks(self) -> tuple[TaskInfo, ...]:
        """What is being done or waits, first come first."""
        return tuple(self._tasks.values())

    def take_film(self, path: Path, take: Take, per_second: float = FRAMES_A_SECOND, across: int = 0) -> None:
        """Save the dream as it goes on from now as frames of the kind that the name tells."""
        if not self._may(lambda: check_frames(path, take.bits)):
            return
        made = self._made(self._sweep, "", self._held)
        number, name, running = self._begin(path, made)

        def finish(value: object) -> Exported:
            assert isinstance(value, FilmTaken)
            recipe = dataclasses.replace(
                made,
                dream=value.settings,
                sweeps=value.sweeps,
                model_hash=value.model_hash,
                held=value.held,
                exact=value.exact,
            )
            filmed = write_film(
                path, film_of(value.frames, take, recipe, per_second, across), self._telling(number, running.stop)
            )
            return Exported(path, value.exact, words=f"{filmed.words}. {filmed.loop_words(take.fade)}")

        running.finish = finish
        stop = running.stop.is_set

        def ask(workshop: Workshop) -> None:
            from studio.session import takes

            takes.film(workshop, number, name, take, stop)

        self._compute.ask(name, ask)

    def take_maps(self, path: Path, wish: MapWish) -> None:
        """Save maps of the dream as it stands as 16-bit pictures beside a name."""
        files = MapFiles(path, wish)
        if not self._may(files.check_new):
            return
        made = self._made(self._sweep, "", self._held)
        number, name, running = self._begin(path, made)
        stop = running.stop.is_set

        def keep(value: object) -> None:
            assert isinstance(value, PixelMap)
            files.take(value)

        running.keep = keep
        running.finish = lambda _value: Exported(path, words=f"{files.end()}.")
        running.stopped = lambda: f"{len(files.written)} maps are written and kept."

        def ask(workshop: Workshop) -> None:
            from studio.session import takes

            filters, recipe = takes.maps(workshop, number, name, wish, made, stop)
            files.expect(filters, to_text(recipe))

        self._compute.ask(name, ask)

    def take_batch(
        self, path: Path, batch: Batch, models: tuple[Path, ...] = (), bits: Bits = 8, suffix: str = ".png"
    ) -> None:
        """Dream every seed at every temperature into a folder, or onto a contact sheet, behind all that waits."""
        made = self._made(batch.sweeps, "", self._held)
        if made.held is None and made.start is Start.DATA:
            sentence = "A batch begins from noise or from a picture file, and this dream from a data picture."
            self.notify(Notice(Level.WARNING, sentence, "Choose noise under From."))
            return
        if models and (made.held is not None or made.start is not Start.NOISE):
            self.notify(
                Notice(Level.WARNING, "Several models dream a batch from noise only.", "Choose noise under From.")
            )
            return
        files = self._ready(lambda: taker(path, batch, 1 + len(models), bits, suffix))
        if files is None:
            return
        number, name, running = self._begin(path, made)
        stop = running.stop.is_set
        called = self.project.path.stem if self.project.path is not None else "untitled"

        def keep(value: object) -> None:
            assert isinstance(value, Dreamt)
            files.take(value)

        running.keep = keep
        running.finish = lambda _value: Exported(path, running.exact, words=f"{files.end()}.")
        running.stopped = lambda: f"{files.written_words}."

        def ask(workshop: Workshop) -> None:
            from studio.session import takes

            if not takes.batch(workshop, number, name, batch, called, models, made, stop):
                running.exact = False

        self._compute.ask(name, ask)

    def cancel_task(self, number: int) -> None:
        """End a task after its present step; what is written stays."""
        running = self._running.get(number)
        if running is not None:
            running.stop.set()

    def cancel_tasks(self) -> None:
        for number in list(self._running):
            self.cancel_task(number)

    def grab_picture(self) -> None:
        """Ask for the dream as it stands; picture_grabbed follows."""
        if self.has_model:
            self._compute.ask(GRAB, lambda workshop: workshop.dream_now(Path()))

    def make_drag_file(self) -> None:
        """Write the dream as it stands to a file that is kept until the session ends; drag_ready follows."""
        if self.has_model:
            self._compute.ask(DRAG, lambda workshop: workshop.dream_now(Path()))

    def tell_task(self, progress: TaskProgress) -> None:
        """Show how far a task is."""
        info = self._tasks.get(progress.number)
        if info is not None:
            self._tasks[progress.number] = dataclasses.replace(
                info, done=progress.done, total=progress.total, words=progress.words
            )
            self.tasks_changed.emit(self.tasks)

    def _may(self, check: Callable[[], None]) -> bool:
        """Look whether something can be written there, and say why not."""

        def looked() -> bool:
            check()
            return True

        return self._ready(looked) is not None

    def _ready(self, make: Callable[[], Made]) -> Made | None:
        """Return what is to write there, or say why nothing can."""
        try:
            made = make()
        except StudioError as error:
            self.notify(Notice.of(error), Concern.FILES)
            return None
        if not self.has_model:
            self.notify(Notice.of(SettingsError("There is no dream to take away yet.", "Press Start first.")))
            return None
        return made

    def _begin(self, path: Path, made: PictureRecipe) -> tuple[int, str, Pending]:
        self._numbers += 1
        number, running = self._numbers, Pending(path, made)
        self._running[number] = running
        self._tasks[number] = TaskInfo(number, path.name)
        self.tasks_changed.emit(self.tasks)
        return number, f"{TASK} {number}", running

    def _telling(self, number: int, stop: threading.Event) -> Callable[[int, int], None]:
        """Return what tells how far the frames are packed, and ends that when the task is cancelled."""

        def tell(done: int, total: int) -> None:
            if stop.is_set():
                raise Cancelled
            self._feed.put(TASK, TaskProgress(number, done, total, "frames written"))

        return tell

    def _take_task(self, reply: Reply) -> bool:
        """Hand on what came of a task; False where the reply is about something else."""
        if reply.task in (GRAB, DRAG):
            self._take_grabbed(reply)
            return True
        number = number_of(reply.task)
        running = self._running.get(number)
        if not number:
            return False
        if running is None:
            return True  # it has failed, and is forgotten
        value = reply.value
        if isinstance(value, TaskPart):
            part = value.value
            self.files.write(f"{PART} {number}", lambda: running.keep_part(part))
        elif isinstance(value, TaskEnded) and value.error is None:
            result, cancelled = value.value, value.cancelled
            self.files.write(reply.task, lambda: running.end(result, cancelled))  # behind its parts
        elif isinstance(value, TaskEnded) and value.error is not None:
            self._fail(number, value.error)
        elif reply.error is not None:
            self._fail(number, reply.error)
        return True

    def _fail(self, number: int, error: StudioError) -> None:
        self.notify(Notice.of(error), Concern.FILES)
        self._forget(number)

    def _part_failed(self, task: str, _error: StudioError) -> None:
        """Give up a task whose files cannot be written: the disk is full, or the folder has gone."""
        number = number_of(task)
        self.cancel_task(number)
        self._forget(number)

    def _written(self, reply: Reply) -> None:
        """Forget a task whose last file is there, and tell of a file to drag."""
        if reply.task == DRAG:
            self.drag_ready.emit(reply.value)
        elif isinstance(reply.value, Exported):
            self._forget(number_of(reply.task))

    def _forget(self, number: int) -> None:
        self._running.pop(number, None)
        if self._tasks.pop(number, None) is not None:
            self.tasks_changed.emit(self.tasks)

    def _take_grabbed(self, reply: Reply) -> None:
        if not isinstance(reply.value, DreamPicture):
            if reply.error is not None:
                self.notify(Notice.of(reply.error))
            if reply.task == DRAG:
                self.drag_ready.emit(None)
            return
        value = reply.value
        if reply.task == GRAB:
            self.picture_grabbed.emit(Grabbed(bytes_of(whole_levels(value.pixels, 8))))
            return
        if self._dragged is None:
            self._dragged = QTemporaryDir()
        self._numbers += 1
        path = Path(self._dragged.path()) / f"dream-{self._numbers}.png"
        text = to_text(self._made(value.sweeps, value.model_hash, value.held, value.exact))
        self.files.write(DRAG, lambda: write_drag(path, value.pixels, text))

    def _forget_dragged(self) -> None:
        if self._dragged is not None:
            self._dragged.remove()
            self._dragged = None


def number_of(task: str) -> int:
    """Return the number of the task that a request was made for, 0 for any other request."""
    for name in (TASK, PART):
        if task.startswith(f"{name} "):
            return int(task.removeprefix(f"{name} "))
    return 0


def write_drag(path: Path, pixels: NDArray[np.float32], text: Mapping[str, str]) -> Path:
    """Write a picture to be dragged out, and return where."""
    write_still(path, pixels, text)
    return path


def bytes_of(levels: Levels) -> NDArray[np.uint8]:
    """Return whole numbers that are known to be bytes as such."""
    return levels.astype(np.uint8, copy=False)
