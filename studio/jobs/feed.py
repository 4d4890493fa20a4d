"""Worker to asker: metrics arrive whole, pictures only as the latest of their kind."""

from __future__ import annotations

import threading
from collections.abc import Iterable

Point = tuple[str, int, float]  # metric name, step, value
LOADING, TASK, MODEL = "loading", "task", "model"  # kinds of frames that are of no model, and what tells of another one


class Feed:
    """A thread-safe, one-way door from a run to whoever watches it.

    Pulled at display rate rather than signalled per step: a queued signal a step
    floods the event loop, an overwritten slot cannot.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._points: list[Point] = []
        self._latest: dict[str, object] = {}

    def extend(self, points: Iterable[Point]) -> None:
        with self._lock:
            self._points.extend(points)

    def drain(self) -> list[Point]:
        """Return all points since the last drain."""
        with self._lock:
            points, self._points = self._points, []
        return points

    def put(self, kind: str, frame: object) -> None:
        """Replace the latest frame of this kind."""
        with self._lock:
            self._latest[kind] = frame

    def begin(self, model: int) -> None:
        """Let what is put from now on be of another model, and forget what was of the one before."""
        with self._lock:
            kept = {kind: frame for kind, frame in self._latest.items() if kind in (LOADING, TASK)}
            self._latest = {**kept, MODEL: model}

    def take(self) -> dict[str, object]:
        """Return and clear the latest frame of every kind that has a new one; that another model began comes first."""
        with self._lock:
            latest, self._latest = self._latest, {}
        return latest
