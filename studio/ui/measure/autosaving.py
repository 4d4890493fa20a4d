"""What copying unsaved work takes from training: one run, by turns with copies and without."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from studio.cli.options import dataset
from studio.cli.report import Figure
from studio.errors import StudioError
from studio.jobs.status import Progress, RunState
from studio.session.autosave import SHARE, AutosaveSettings
from studio.session.notices import Level, Notice
from studio.session.session import Session
from studio.ui.measure.patient import FOREVER, Case, session_of

OFTEN = 0.001  # minutes: as often as the share allows
WARM = 3.0  # seconds


class Turns(QObject):
    """Trains, and switches copying on and off; `speeds` are steps a second while warming, off, on, off, on."""

    def __init__(self, session: Session, preset: str, data: str, seconds: float, turns: int) -> None:
        super().__init__()
        self._session = session
        self._seconds, self._left = seconds, 2 * turns
        self.speeds: list[float] = []
        self.copies = 0
        self.held = 0.0  # seconds the training waited for copies
        self.problem = ""
        self._mark: tuple[float, int] | None = None
        self._latest = (0.0, 0)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._turn)
        session.progressed.connect(self._follow)
        session.autosaved.connect(self._count)
        session.notice_posted.connect(self._read)
        session.set_autosave(AutosaveSettings(minutes=0))
        session.apply_preset(preset)
        session.set_training(dataclasses.replace(session.recipe.training, steps=FOREVER))
        session.set_data(dataset([data]))
        session.start()

    def _follow(self, progress: Progress) -> None:
        now = time.perf_counter()
        if self._session.status.state is not RunState.TRAINING:
            return
        if not self._timer.isActive() and self._mark is None:
            self._mark = now, progress.step
            self._timer.start(round(1000 * WARM))
        self._latest = now, progress.step

    def _turn(self) -> None:
        """End one turn, by the latest report, and begin the other kind."""
        assert self._mark is not None
        (began, first), (ended, last) = self._mark, self._latest
        self.speeds.append((last - first) / max(1e-9, ended - began))
        if self._left == 0:
            QCoreApplication.quit()
            return
        self._session.set_autosave(AutosaveSettings(minutes=OFTEN if self._left % 2 else 0))
        self._left -= 1
        self._mark = self._latest
        self._timer.start(round(1000 * self._seconds))

    def _count(self, _kept: object) -> None:
        self.copies += 1
        self.held += self._session.autosave.captured

    def _read(self, notice: Notice) -> None:
        if notice.level is not Level.INFO:
            self.problem = f"{notice.message} {notice.hint}".strip()
            QCoreApplication.quit()


def bench_autosave(
    preset: str, data: str, seconds: float, turns: int, say: Callable[[str], None]
) -> Mapping[str, Figure]:
    """Return how much slower training is while it is copied as often as the share of the time allows."""
    application = QCoreApplication.instance() or QCoreApplication([])
    with TemporaryDirectory(prefix="harmonium-") as folder:
        session = session_of(Case(Path(folder), None, 3600.0, 0))
        session.autosave.share = SHARE
        session.begin()
        measured = Turns(session, preset, data, seconds, turns)
        application.exec()
        session.closed.connect(application.quit)
        session.shutdown()
        application.exec()
    pairs = list(zip(measured.speeds[1::2], measured.speeds[2::2], strict=True)) if not measured.problem else []
    if not pairs:
        raise StudioError("The training could not be measured.", measured.problem)
    for without, with_copies in pairs:
        say(f"{without:8.1f} steps/s without copies, {with_copies:8.1f} with")
    slower = 100 * (1 - statistics.median(with_copies / without for without, with_copies in pairs))
    waited = 100 * measured.held / (seconds * turns)
    limit = 100 * SHARE
    return {
        "autosave.copies": Figure(measured.copies, f"in {seconds * turns:.0f} s"),
        "autosave.held_up": Figure(waited, "% of the time", limit, waited / limit),
        "autosave.slower": Figure(slower, "% fewer steps", limit, slower / limit),
    }
