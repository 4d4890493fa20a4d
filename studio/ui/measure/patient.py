"""A process that trains, saves and is copied, until somebody ends it: the session itself, without a window."""

from __future__ import annotations

import dataclasses
import math
import random
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QSettings, QTimer

from studio.data.spec import DatasetSpec
from studio.jobs.status import Progress
from studio.models.spec import RbmSpec
from studio.session.autosave import FOLDER_KEY, MINUTES_KEY
from studio.session.session import Session

PRESET, SAMPLE = "bars-rbm", "sample:bars"
HIDDEN = 2000  # some megabytes, so that a copy is being written for a good part of the time
FOREVER = 10**9
SAVES_MS = (200, 1200)
STEP, COPIED, SAID = "step", "copied", "said"


@dataclass(frozen=True, slots=True)
class Case:
    """Where a session works: its own folder, the user's file if there is one, how often it is copied."""

    folder: Path
    file: Path | None
    interval: float  # seconds
    seed: int


def session_of(case: Case) -> Session:
    """Return a session with settings and copies in the case's folder."""
    settings = QSettings(str(case.folder / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue(FOLDER_KEY, str(case.folder / "recovery"))
    settings.setValue(MINUTES_KEY, case.interval / 60)
    session = Session(settings)
    session.autosave.share = math.inf  # killed within seconds, it may spend them on copying
    return session


class Patient(QObject):
    """Trains as long as it lives, saves at random, and tells each step with the time it was reached."""

    def __init__(self, case: Case, told: Connection) -> None:
        super().__init__()
        self._case = case
        self._told = told
        self._asked = 0.0
        self._random = random.Random(case.seed)
        self.session = session = session_of(case)
        self._saves = QTimer(self)
        self._saves.setSingleShot(True)
        self._saves.timeout.connect(self._save)
        session.progressed.connect(self._step)
        session.project_changed.connect(self._project)
        session.autosave.due.connect(self._due)
        session.autosaved.connect(self._copied)
        session.notice_posted.connect(self._say)
        session.begin()
        if case.file is not None:
            session.open_project(case.file)
        else:
            self._start()

    def _project(self, _info: object) -> None:
        if self.session.project.path is not None and not self._saves.isActive() and not self.session.status.busy:
            self._start()
            self._plan()

    def _start(self) -> None:
        session = self.session
        session.apply_preset(PRESET)
        session.set_model(RbmSpec(HIDDEN))
        session.set_data(DatasetSpec((SAMPLE,)))
        session.set_training(dataclasses.replace(session.recipe.training, steps=FOREVER))
        session.start()

    def _plan(self) -> None:
        self._saves.start(self._random.randint(*SAVES_MS))

    def _save(self) -> None:
        self.session.save_project()
        self._plan()

    def _step(self, progress: Progress) -> None:
        self._tell(STEP, progress.step)

    def _due(self) -> None:
        self._asked = time.monotonic()

    def _copied(self, _kept: object) -> None:
        self._tell(COPIED, time.monotonic() - self._asked)

    def _say(self, notice: object) -> None:
        self._tell(SAID, notice)

    def _tell(self, what: str, value: object) -> None:
        self._told.send((what, time.monotonic(), value))


def live(case: Case, told: Connection) -> None:
    """Train until the end."""
    application = QCoreApplication([])
    patient = Patient(case, told)
    application.exec()
    del patient
