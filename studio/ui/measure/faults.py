"""Sessions killed at random moments of training, saving and copying: what was lost, and whether a file was damaged."""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtCore import QCoreApplication

from studio.cli.report import Figure
from studio.errors import StudioError
from studio.project.archive import Project, read_project, write_project
from studio.project.recipe import Recipe
from studio.session.rescues import Claims
from studio.ui.measure import refusals
from studio.ui.measure.decoding import decoding
from studio.ui.measure.equality import equality
from studio.ui.measure.patient import COPIED, STEP, Case, live

INTERVAL = 1.0  # seconds between copies
PATIENCE = 90.0  # seconds until a session trains
PRELOADED = ["studio.session.workshop", "studio.ui.measure.patient", "studio.ui.measure.refusals"]


@dataclass(slots=True)
class Tally:
    """What came of the sessions that were killed."""

    killed: int = 0
    copies_opened: int = 0
    copies_damaged: int = 0
    files: int = 0
    files_damaged: int = 0
    left_half_written: int = 0
    lost: list[float] = field(default_factory=list)  # seconds of training, each time
    slowest: float = 0.0  # seconds until a copy was on the disk
    trouble: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Life:
    """What a session told before it was killed: when it reached which step, and when it was copied."""

    began: float
    steps: tuple[tuple[float, int], ...]
    copies: tuple[float, ...]  # the seconds each took
    killed: float

    def lost(self, step: int) -> float:
        """Return the seconds of training that a state at this step lacks; between two reports, the earlier one."""
        return self.killed - max((at for at, reached in self.steps if reached <= step), default=self.began)


def context() -> BaseContext:
    """Return a way to start processes that hold torch already; on Windows each one loads it."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    chosen = multiprocessing.get_context("forkserver")
    chosen.set_forkserver_preload(PRELOADED)
    return chosen


def bench_faults(
    kills: int, seconds: float, resume: bool, pictures: bool, say: Callable[[str], None]
) -> Mapping[str, Figure]:
    """Kill sessions, look at what they left, then refuse them the disk; returns the figures."""
    _application = QCoreApplication.instance() or QCoreApplication([])
    made = context()
    tally = Tally()
    chosen = random.Random(1)
    for number in range(kills):
        with TemporaryDirectory(prefix="harmonium-") as folder:
            one(made, Path(folder), number, INTERVAL + chosen.uniform(0, seconds), tally)
        say(f"{tally.killed} of {kills} killed, most lost {max(tally.lost):.2f} s, {len(tally.trouble)} in trouble")
    figures = figures_of(tally)
    for name, found in refusals.tried(made, say):
        figures[f"faults.{name}"] = Figure(float(found), "old file whole, one sentence", 1.0, float(found))
    if resume:
        figures.update(equality(say))
    if pictures:
        figures.update(decoding(say))
    if tally.trouble:
        raise StudioError(f"Something was lost: {tally.trouble[0]}", f"{len(tally.trouble)} of {kills} sessions.")
    return figures


def one(made: BaseContext, folder: Path, number: int, after: float, tally: Tally) -> None:
    """Kill one session and count what it left."""
    file = folder / "mine.harmonium" if number % 2 else None
    if file is not None:
        write_project(file, Project(Recipe()))
    case = Case(folder, file, INTERVAL, number)
    life = killed(made, case, after)
    tally.killed += 1
    tally.slowest = max(tally.slowest, *life.copies, 0.0)
    states: list[Project] = []
    if file is not None:
        tally.files += 1
        read(file, states, tally, "files_damaged")
    rescues = Claims(folder / "recovery").find("")
    if life.copies and not rescues and file is None:
        tally.trouble.append(f"session {number} was copied, and nothing was found")
    for rescue in rescues:
        if read(rescue.found.autosave, states, tally, "copies_damaged"):
            tally.copies_opened += 1
    tally.left_half_written += sum(1 for _ in folder.rglob("*.tmp"))
    tally.lost.append(life.lost(max((steps_of(state) for state in states), default=0)))


def read(path: Path, states: list[Project], tally: Tally, damaged: str) -> bool:
    try:
        states.append(read_project(path))
    except StudioError as error:
        setattr(tally, damaged, getattr(tally, damaged) + 1)
        tally.trouble.append(str(error))
        return False
    return True


def steps_of(project: Project) -> int:
    return int(project.meta.get("steps", 0)) if project.runs else 0


def killed(made: BaseContext, case: Case, after: float) -> Life:
    """Let a session train for so many seconds, then end it as the system does when memory is short."""
    hears, tells = made.Pipe(duplex=False)
    process: BaseProcess = made.Process(target=live, args=(case, tells))  # type: ignore[attr-defined]  # each context has it
    process.start()
    tells.close()
    heard: list[tuple[str, float, Any]] = []
    try:
        hear(hears, heard, PATIENCE, until_trained=True)
        hear(hears, heard, after)
    finally:
        process.kill()
        ended = time.monotonic()
        process.join()
    hear(hears, heard, 0.0)
    steps = tuple((at, value) for what, at, value in heard if what == STEP)
    if not steps:
        raise StudioError("The session did not train.", said(heard))
    copies = tuple(value for what, _, value in heard if what == COPIED)
    return Life(steps[0][0], steps, copies, ended)


def hear(hears: Connection, heard: list[tuple[str, float, Any]], seconds: float, until_trained: bool = False) -> None:
    """Take what is told for so long, or until a first step is reached."""
    end = time.monotonic() + seconds
    try:
        while hears.poll(max(0.0, end - time.monotonic())):
            heard.append(hears.recv())
            if until_trained and heard[-1][0] == STEP:
                return
    except (EOFError, OSError):
        return


def said(heard: Iterable[tuple[str, float, Any]]) -> str:
    return "; ".join(str(value) for _, _, value in heard)[:200]


def figures_of(tally: Tally) -> dict[str, Figure]:
    most = max(tally.lost, default=0.0)
    return {
        "faults.killed": Figure(tally.killed, "sessions"),
        "faults.copies_opened": Figure(tally.copies_opened, "projects"),
        "faults.copies_damaged": Figure(tally.copies_damaged, "projects", 0.0),
        "faults.files": Figure(tally.files, "the user's own"),
        "faults.files_damaged": Figure(tally.files_damaged, "the user's own", 0.0),
        "faults.most_lost": Figure(most, "s", INTERVAL, most / INTERVAL),
        "faults.slowest_copy": Figure(tally.slowest, "s"),
        "faults.left_half_written": Figure(tally.left_half_written, "temporary files"),
    }
