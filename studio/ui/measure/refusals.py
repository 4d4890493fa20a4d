"""A session that is refused the disk: the old file stays whole, and one sentence says what is wrong."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from studio.errors import StudioError
from studio.project.archive import Project, read_project, write_project
from studio.project.recipe import Recipe
from studio.session.autosave import Autosave
from studio.session.notices import Level, Notice
from studio.ui.measure.patient import PRESET, Case, session_of

NOBODY = 65534
PATIENCE_MS = 60_000
FEW_BYTES = 512


def fill_the_disk(_folder: Path) -> None:
    """Let no file grow: the system answers a write as it does where a disk has a limit."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (FEW_BYTES, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def close_the_folder(folder: Path) -> None:
    """Forbid writing; whom modes do not bind becomes somebody whom they do."""
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
    if os.geteuid() == 0:
        recovery = folder.parent / "recovery"
        recovery.mkdir(exist_ok=True)
        recovery.chmod(0o777)
        folder.parent.chmod(0o755)
        os.seteuid(NOBODY)


def remove_the_folder(folder: Path) -> None:
    shutil.rmtree(folder)


FAULTS: dict[str, tuple[Callable[[Path], None], bool]] = {  # and whether a copy can still be written elsewhere
    "disk_full": (fill_the_disk, False),
    "folder_read_only": (close_the_folder, True),
    "folder_removed": (remove_the_folder, True),
}


class Refused(QObject):
    """Changes a project, meets the fault, saves and copies, and tells every warning it heard."""

    def __init__(self, case: Case, name: str, told: Connection) -> None:
        super().__init__()
        self._case, self._name, self._told = case, name, told
        self._heard: list[str] = []
        self._copied = False
        self.session = session = session_of(case)
        self._opened = False
        session.project_changed.connect(self._changed)
        session.notice_posted.connect(self._hear)
        session.autosaved.connect(self._note)
        session.begin()
        assert case.file is not None
        session.open_project(case.file)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.timeout.connect(self._end)
        self._late.start(PATIENCE_MS)

    @property
    def _autosave(self) -> Autosave:
        return self.session.autosave

    def _changed(self, _info: object) -> None:
        if self._opened or self.session.project.path is None:
            return
        self._opened = True
        QTimer.singleShot(0, self, self._meet)

    def _meet(self) -> None:
        assert self._case.file is not None
        self.session.apply_preset(PRESET)
        FAULTS[self._name][0](self._case.file.parent)
        self.session.save_project()

    def _hear(self, notice: Notice) -> None:
        if notice.level is Level.INFO:
            return
        self._heard.append(notice.message)
        if notice.level is Level.ERROR:
            self._autosave.settled.connect(self._end)
            self._autosave.now()

    def _note(self, _kept: object) -> None:
        self._copied = True

    def _end(self) -> None:
        self._told.send((self._heard, self._copied, self.session.project.dirty))
        os._exit(0)


def meet(case: Case, name: str, told: Connection) -> None:
    """Live through one fault."""
    application = QCoreApplication([])
    refused = Refused(case, name, told)
    application.exec()
    del refused


def tried(made: BaseContext, say: Callable[[str], None]) -> Iterator[tuple[str, bool]]:
    """Yield each fault and whether the old file was whole and one sentence was said; Windows has only the last."""
    for name in FAULTS if sys.platform != "win32" else ("folder_removed",):
        with TemporaryDirectory(prefix="harmonium-") as folder:
            problem = trial(made, Path(folder), name, say)
        if problem:
            say(f"{name}: {problem}")
        yield name, not problem


def trial(made: BaseContext, folder: Path, name: str, say: Callable[[str], None]) -> str:
    """Return what went otherwise than it should, nothing where all went well."""
    file = folder / "projects" / "mine.harmonium"
    file.parent.mkdir()
    write_project(file, Project(Recipe()))
    before = file.read_bytes()
    hears, tells = made.Pipe(duplex=False)
    process: BaseProcess = made.Process(  # type: ignore[attr-defined]  # each context has it
        target=meet, args=(Case(folder, file, 3600.0, 0), name, tells)
    )
    process.start()
    tells.close()
    try:
        heard, copied, dirty = hears.recv()
    except EOFError:
        return "the session broke down"
    finally:
        process.join()
        if file.parent.exists():
            file.parent.chmod(0o755)
    return verdict(name, file, before, heard, copied, dirty, say)


def verdict(
    name: str, file: Path, before: bytes, heard: list[str], copied: bool, dirty: bool, say: Callable[[str], None]
) -> str:
    elsewhere = FAULTS[name][1]
    if file.parent.exists():
        if file.read_bytes() != before:
            return "the old file was changed"
        try:
            read_project(file)
        except StudioError as error:
            return str(error)
        left = [path.name for path in file.parent.iterdir() if path.suffix == ".tmp"]
        if left:
            return f"{left[0]} was left behind"
    sentences = 1 if elsewhere else 2  # where no copy can be written either, that is said, too
    if len(heard) != sentences:
        return f"{len(heard)} sentences instead of {sentences}: {heard}"
    if copied is not elsewhere:
        return "a copy was written" if copied else "no copy was written"
    if not dirty:
        return "the work counts as saved"
    say(f"{name}: {heard[0]}")
    return ""
