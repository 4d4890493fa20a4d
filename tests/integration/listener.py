"""Keeps what a session says, so that a test can ask for it."""

from __future__ import annotations

from studio.errors import StudioError
from studio.jobs.frames import DreamFrame
from studio.jobs.status import Outcome, RunState, RunStatus
from studio.session.notices import Notice
from studio.session.session import Session


class Listener:
    def __init__(self, session: Session) -> None:
        self.notices: list[Notice] = []
        self.states: list[RunState] = []
        self.ends: list[tuple[Outcome, StudioError | None]] = []
        self.frames: dict[str, list[object]] = {}
        session.notice_posted.connect(self.notices.append)
        session.status_changed.connect(self._status)
        session.ended.connect(self._ended)
        session.frame_arrived.connect(self._frame)

    def _status(self, status: RunStatus) -> None:
        self.states.append(status.state)

    def _ended(self, outcome: Outcome, error: StudioError | None) -> None:
        self.ends.append((outcome, error))

    def _frame(self, kind: str, frame: object) -> None:
        self.frames.setdefault(kind, []).append(frame)

    def dreams(self) -> list[DreamFrame]:
        return [frame for frame in self.frames.get("dream", []) if isinstance(frame, DreamFrame)]
