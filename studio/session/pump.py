"""Pulls what the compute thread has published, at display rate, on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from studio.jobs.feed import LOADING, MODEL, TASK, Feed

INTERVAL_MS = 33


class FramePump(QObject):
    """Emits the points and the latest frames since its last turn; nothing when there are none.

    Frames of other models than the one at hand are nobody's: what a model published
    before it was put away may come after another was asked for.
    """

    points_arrived = Signal(object)  # list[Point]
    frame_arrived = Signal(str, object)

    def __init__(self, feed: Feed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._model = self._published = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.pump)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def another_model(self) -> int:
        """Return the number under which the frames of another model are to be published from now on."""
        self._model += 1
        return self._model

    def pump(self) -> None:
        """Deliver everything published so far."""
        points = self._feed.drain()
        if points:
            self.points_arrived.emit(points)
        for kind, frame in self._feed.take().items():
            if kind == MODEL and isinstance(frame, int):
                self._published = frame
            elif kind in (LOADING, TASK) or self._published == self._model:
                self.frame_arrived.emit(kind, frame)
